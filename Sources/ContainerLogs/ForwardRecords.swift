import LinuxKernel
import LinuxTypes

/// The records of a file from a place on, each as its bytes without the newline.
struct ForwardRecords: ~Copyable {
    /// Bytes. What is longer is no record; memory is no longer than that.
    static let longest = 1 << 20

    let source: LogSource
    private var buffer: [UInt8] = []
    /// The first byte of `buffer` that was not given out.
    private var at = 0
    /// How far `buffer` holds the file from `at` on without a newline: where to look on.
    private var searched = 0
    /// Where in the file the end of `buffer` is.
    private var offset: Int64
    private var isSkipping = false

    init(_ source: consuming LogSource, from offset: Int64) {
        self.source = source
        self.offset = offset
    }

    enum Step {
        case record
        /// Something too long to be one.
        case overlong
        /// No whole record is left at the moment.
        case end
    }

    /// Calls `body` with the next whole record, if there is one.
    mutating func next(_ body: (UnsafeRawBufferPointer) -> Void) throws(KernelError) -> Step {
        while true {
            let found = buffer.withUnsafeBytes { bytes -> Int? in
                guard let newline = bytes.from(at + searched).firstOffset(of: UInt8(ascii: "\n")) else { return nil }
                let end = at + searched + newline
                if !isSkipping { body(UnsafeRawBufferPointer(rebasing: bytes[at..<end])) }
                return end
            }
            if let found {
                at = found + 1
                searched = 0
                let step: Step = isSkipping ? .overlong : .record
                isSkipping = false
                return step
            }
            searched = buffer.count - at
            if searched > Self.longest {
                isSkipping = true
                drop(all: true)
            }
            if try !fill() { return .end }
        }
    }

    /// What stands at the end without a newline, once no more comes.
    func withTorn<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result? {
        isSkipping || at == buffer.count ? nil : buffer.withUnsafeBytes { body($0.from(at)) }
    }

    /// Reads on; false where nothing is there.
    private mutating func fill() throws(KernelError) -> Bool {
        drop(all: false)
        let kept = buffer.count
        buffer.append(contentsOf: repeatElement(0, count: Self.block))
        var got = 0
        defer { buffer.removeLast(Self.block - got) }
        let file = source.handle.descriptor
        let offset = self.offset
        got = try buffer.withMutableBytes { bytes throws(KernelError) in
            try file.read(at: offset, into: UnsafeMutableRawBufferPointer(rebasing: bytes[kept...]))
        }
        self.offset += Int64(got)
        if got > 0 { return true }
        guard try file.status().size < self.offset else { return false }
        // Somebody has cut it, as `copytruncate` does: what comes now stands at its start.
        self.offset = 0
        at = kept
        searched = 0
        return false
    }

    private mutating func drop(all: Bool) {
        buffer.removeSubrange(..<(all ? buffer.count : at))
        at = 0
        if all { searched = 0 }
    }

    private static let block = 64 * 1024
}
