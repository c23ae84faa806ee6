/// One classic BPF instruction, `struct sock_filter`: eight bytes.
public struct FilterInstruction: Hashable, Sendable {
    public let code: UInt16
    public let jumpTrue: UInt8
    public let jumpFalse: UInt8
    public let constant: UInt32

    public init(code: UInt16, jumpTrue: UInt8, jumpFalse: UInt8, constant: UInt32) {
        self.code = code
        self.jumpTrue = jumpTrue
        self.jumpFalse = jumpFalse
        self.constant = constant
    }
}
