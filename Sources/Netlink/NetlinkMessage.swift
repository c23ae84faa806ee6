/// One request to the kernel under construction: the fixed part of its type, then attributes (`netlink(7)`).
///
/// ```
/// ┌ length 32 ┬ type 16 ┬ flags 16 ┬ sequence 32 ┬ port 32 ┬ fixed part ┬ attribute …
///                                                              attribute: ┌ length 16 ┬ type 16 ┬ value ┬ padding to 4
/// ```
///
/// Numbers are the host's own way round except where a `bigEndian` of them is put. What does not fit is noted and refused when it is sent.
public struct NetlinkMessage: Sendable {
    let type: UInt16
    var flags: UInt16
    /// The fixed part and the attributes.
    public private(set) var payload: [UInt8]
    /// What it does, for errors, as `add link 'hull0'`.
    public let purpose: String
    private(set) var isTooLong = false

    public init(_ type: UInt16, flags: UInt16 = 0, purpose: String, fixed: [UInt8]) {
        self.type = type
        self.flags = flags
        self.purpose = purpose
        payload = fixed
        pad()
    }

    /// The bytes of a header attribute: its length counts itself.
    static let attributeHeader = 4
    /// The bytes of `struct nlmsghdr`.
    static let header = 16
    private static let isNested: UInt16 = 0x8000

    public mutating func put(_ attribute: UInt16, _ value: some Collection<UInt8>) {
        let length = value.count + Self.attributeHeader
        guard length <= Int(UInt16.max) else {
            isTooLong = true
            return
        }
        payload.append(host: UInt16(length))
        payload.append(host: attribute)
        payload.append(contentsOf: value)
        pad()
    }

    public mutating func put(_ attribute: UInt16, _ value: UInt8) { put(attribute, CollectionOfOne(value)) }
    public mutating func put(_ attribute: UInt16, _ value: UInt16) { put(attribute, hostBytes(value)) }
    public mutating func put(_ attribute: UInt16, _ value: UInt32) { put(attribute, hostBytes(value)) }
    public mutating func put(_ attribute: UInt16, bigEndian value: UInt32) { put(attribute, hostBytes(value.bigEndian)) }
    public mutating func put(_ attribute: UInt16, bigEndian value: UInt16) { put(attribute, hostBytes(value.bigEndian)) }

    /// A text with a NUL behind it.
    public mutating func put(_ attribute: UInt16, _ text: String) { put(attribute, Array(text.utf8) + [0]) }

    /// An attribute that holds attributes, which `body` puts.
    public mutating func nest(_ attribute: UInt16, _ body: (inout NetlinkMessage) -> Void) {
        let start = payload.count
        payload.append(host: UInt16(0))
        payload.append(host: attribute | Self.isNested)
        body(&self)
        let length = payload.count - start
        guard length <= Int(UInt16.max) else {
            isTooLong = true
            return
        }
        let bytes = hostBytes(UInt16(length))
        payload[start] = bytes[0]
        payload[start + 1] = bytes[1]
    }

    /// A fixed part inside an attribute, as the peer of a veth has.
    public mutating func append(fixed: [UInt8]) {
        payload += fixed
        pad()
    }

    private mutating func pad() { while payload.count % 4 != 0 { payload.append(0) } }

    /// The whole message as it goes over the socket, padded to 4.
    func encoded(sequence: UInt32, adding extra: UInt16 = 0) throws(NetlinkError) -> [UInt8] {
        guard !isTooLong else { throw .tooLong(request: purpose) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.header + payload.count)
        bytes.append(host: UInt32(Self.header + payload.count))
        bytes.append(host: type)
        bytes.append(host: flags | extra | NLM.REQUEST)
        bytes.append(host: sequence)
        bytes.append(host: UInt32(0))
        return bytes + payload
    }
}

/// A number's bytes as this machine has them in memory.
func hostBytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    withUnsafeBytes(of: number) { Array($0) }
}

extension [UInt8] {
    /// Appends a number as this machine has it in memory.
    mutating func append<Number: FixedWidthInteger>(host number: Number) {
        Swift.withUnsafeBytes(of: number) { append(contentsOf: $0) }
    }
}
