import CLinux
import Glibc
import LinuxTypes

/// The text of a `mountinfo` file, `proc_pid_mountinfo(5)`.
public struct MountTable: Sendable {
    private let bytes: [UInt8]

    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Where a mount is mounted, by its id.
    public func mountPoint(ofID id: UInt64) -> String? {
        let wanted = Array("\(id)".utf8)
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 5)
            if fields.count > 4, fields[0].elementsEqual(wanted) { return Self.unescaped(fields[4]) }
        }
        return nil
    }

    /// Whether a mount passes on what is mounted below it.
    public func isShared(id: UInt64) -> Bool {
        let wanted = Array("\(id)".utf8)
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: UInt8(ascii: " "))
            guard fields.first?.elementsEqual(wanted) == true else { continue }
            // Six fields, then optional ones up to a dash.
            return fields.dropFirst(6).prefix { !$0.elementsEqual("-".utf8) }.contains { $0.starts(with: "shared:".utf8) }
        }
        return false
    }

    /// `\040` and its like are one byte.
    static func unescaped(_ field: ArraySlice<UInt8>) -> String {
        var plain: [UInt8] = []
        var rest = field
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\\"), rest.count >= 3 {
                let octal = rest.prefix(3)
                plain.append(octal.reduce(UInt8(0)) { $0 &* 8 &+ ($1 &- 0x30) })
                rest = rest.dropFirst(3)
            } else {
                plain.append(byte)
            }
        }
        return String(decoding: plain, as: UTF8.self)
    }
}

extension FileDescriptor {
    /// The id of the mount that an open file lies on, `STATX_MNT_ID` (Linux 5.8).
    public func mountID() throws(KernelError) -> UInt64 {
        // struct statx: 256 bytes; stx_mnt_id is at 0x90.
        let (result, id) = withUnsafeTemporaryAllocation(byteCount: 256, alignment: 8) { buffer -> (Int, UInt64) in
            let result = "".withCString {
                systemCall(__NR_statx, argument, address($0), AT_EMPTY_PATH_FLAG, 0x1000, address(buffer.baseAddress))
            }
            return (result, result < 0 ? 0 : buffer.load(fromByteOffset: 0x90, as: UInt64.self))
        }
        try check("statx", "", result)
        return id
    }
}

/// `move_mount(2)` of the mount whose root is the working directory onto another directory.
public func moveWorkingDirectoryMount(onto target: FileDescriptor) throws(KernelError) {
    let result = ".".withCString { here in
        "".withCString { systemCall(__NR_move_mount, Int(AT_FDCWD), address(here), target.argument, address($0), 0x40) }
    }
    try check("move_mount", "/", result)
}
