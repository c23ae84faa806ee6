public import LinuxTypes

extension NamespaceKind: WireValue {}
extension MountAttributes: WireValue {}
extension MountPropagation: WireValue {}
extension ResourceLimitKind: WireValue {}
extension CapabilitySet: WireValue {}
extension Errno: WireValue {}
extension FileType: WireValue {}

extension DeviceNumber: WireValue {
    public func write(to writer: inout WireWriter) { encoded.write(to: &writer) }
    public init(from reader: inout WireReader) throws(WireError) { self.init(encoded: try UInt64(from: &reader)) }
}

extension ContainerPath: WireValue {
    public func write(to writer: inout WireWriter) { string.write(to: &writer) }
    public init(from reader: inout WireReader) throws(WireError) {
        guard let path = ContainerPath(try String(from: &reader)) else { throw reader.failure }
        self = path
    }
}

extension HostPath: WireValue {
    public func write(to writer: inout WireWriter) { string.write(to: &writer) }
    public init(from reader: inout WireReader) throws(WireError) {
        guard let path = HostPath(try String(from: &reader)) else { throw reader.failure }
        self = path
    }
}

extension CapabilitySets: WireValue {
    public func write(to writer: inout WireWriter) {
        for set in [bounding, effective, inheritable, permitted, ambient] { set.write(to: &writer) }
    }

    public init(from reader: inout WireReader) throws(WireError) {
        self.init(
            bounding: try CapabilitySet(from: &reader), effective: try CapabilitySet(from: &reader),
            inheritable: try CapabilitySet(from: &reader), permitted: try CapabilitySet(from: &reader),
            ambient: try CapabilitySet(from: &reader))
    }
}

/// Instructions travel as one block: there are thousands of them.
public struct FilterProgram: Hashable, WireValue {
    public var instructions: [FilterInstruction]
    /// `SECCOMP_FILTER_FLAG_*`.
    public var flags: UInt32

    public init(instructions: [FilterInstruction], flags: UInt32) {
        self.instructions = instructions
        self.flags = flags
    }

    public func write(to writer: inout WireWriter) {
        flags.write(to: &writer)
        UInt32(instructions.count).write(to: &writer)
        instructions.withUnsafeBytes { writer.append(raw: $0) }
    }

    public init(from reader: inout WireReader) throws(WireError) {
        flags = try UInt32(from: &reader)
        let count = try reader.count(unit: 8)
        let bytes = try reader.raw(count * 8)
        instructions = bytes.withUnsafeBytes { source in
            [FilterInstruction](unsafeUninitializedCapacity: count) { buffer, initialized in
                UnsafeMutableRawBufferPointer(buffer).copyMemory(from: source)
                initialized = count
            }
        }
    }
}
