// bpf(2), as far as device rules of cgroup v2 need it. `union bpf_attr` is laid out by hand: its header drags in structures that Swift
// does not import, and of each command only the first fields matter; the kernel takes what is left out as zero.

import CLinux

/// One eBPF instruction, `struct bpf_insn`: operation 8 bits, registers 4 + 4, offset 16, immediate 32; little end first.
public struct BPFInstruction: Hashable, Sendable {
    public let operation: UInt8
    public let destination: UInt8
    public let source: UInt8
    public let offset: Int16
    public let immediate: Int32

    public init(operation: UInt8, destination: UInt8 = 0, source: UInt8 = 0, offset: Int16 = 0, immediate: Int32 = 0) {
        self.operation = operation
        self.destination = destination
        self.source = source
        self.offset = offset
        self.immediate = immediate
    }

    /// The eight bytes as one little-endian word.
    public var encoded: UInt64 {
        UInt64(operation) | UInt64(destination & 0xf) << 8 | UInt64(source & 0xf) << 12
            | UInt64(UInt16(bitPattern: offset)) << 16 | UInt64(UInt32(bitPattern: immediate)) << 32
    }
}

/// `BPF_PROG_LOAD` of a `BPF_PROG_TYPE_CGROUP_DEVICE`. Needs `CAP_BPF` (or `CAP_SYS_ADMIN`) in the initial user namespace.
public func loadCgroupDeviceProgram(_ instructions: [BPFInstruction]) throws(KernelError) -> OwnedDescriptor {
    let code = instructions.map(\.encoded)
    let result = code.withUnsafeBufferPointer { code in
        "Apache-2.0".withCString { license in
            // prog_type, insn_cnt; insns; license; log_level, log_size; log_buf; kern_version, prog_flags.
            var attributes: (UInt32, UInt32, UInt, UInt, UInt64, UInt64, UInt64) = (
                15, UInt32(code.count), UInt(bitPattern: code.baseAddress), UInt(bitPattern: license), 0, 0, 0
            )
            return withUnsafePointer(to: &attributes) { bpf(5, $0) }
        }
    }
    return OwnedDescriptor(try check("bpf", "BPF_PROG_LOAD", result))
}

extension FileDescriptor {
    /// `BPF_PROG_ATTACH` of a device program to this cgroup v2 directory, beside programs of the cgroups above: all must allow. `replaced` is
    /// the attached program whose place it takes, without a moment in between (Linux 5.6).
    public func attachCgroupDeviceProgram(
        _ program: FileDescriptor, replacing replaced: FileDescriptor? = nil
    ) throws(KernelError) {
        let allowMultiple: UInt32 = 2
        let replace: UInt32 = 4
        // target_fd, attach_bpf_fd, attach_type, attach_flags, replace_bpf_fd.
        var attributes: (UInt32, UInt32, UInt32, UInt32, UInt32) = (
            UInt32(number), UInt32(program.number), cgroupDeviceAttachType,
            replaced == nil ? allowMultiple : allowMultiple | replace, UInt32(replaced?.number ?? 0)
        )
        try check("bpf", "BPF_PROG_ATTACH", withUnsafePointer(to: &attributes) { bpf(8, $0) })
    }

    /// `BPF_PROG_QUERY`: the ids of the device programs attached to this cgroup v2 directory itself, at most 64.
    public func cgroupDeviceProgramIDs() throws(KernelError) -> [UInt32] {
        var failure: KernelError?
        let ids = [UInt32](unsafeUninitializedCapacity: 64) { ids, count in
            // target_fd, attach_type; query_flags, attach_flags; prog_ids; prog_cnt.
            var attributes: (UInt32, UInt32, UInt32, UInt32, UInt, UInt32, UInt32) = (
                UInt32(number), cgroupDeviceAttachType, 0, 0, UInt(bitPattern: ids.baseAddress), UInt32(ids.count), 0
            )
            do throws(KernelError) {
                try check("bpf", "BPF_PROG_QUERY", withUnsafePointer(to: &attributes) { bpf(16, $0) })
                count = Int(attributes.5)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return ids
    }
}

/// `BPF_PROG_GET_FD_BY_ID`: an open program by the number that a query gave.
public func openBPFProgram(id: UInt32) throws(KernelError) -> OwnedDescriptor {
    // prog_id, next_id, open_flags.
    var attributes: (UInt32, UInt32, UInt32) = (id, 0, 0)
    return OwnedDescriptor(
        try check("bpf", "BPF_PROG_GET_FD_BY_ID", withUnsafePointer(to: &attributes) { bpf(13, $0) }))
}

/// `BPF_CGROUP_DEVICE`.
private let cgroupDeviceAttachType: UInt32 = 6

private func bpf<Attributes>(_ command: Int, _ attributes: UnsafePointer<Attributes>) -> Int {
    systemCall(__NR_bpf, command, address(attributes), MemoryLayout<Attributes>.size)
}
