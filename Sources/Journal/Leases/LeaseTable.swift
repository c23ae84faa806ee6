/// All leases of a store: the value of the key `OwnKeys.table`. They are of one boot, since whoever grants one has deleted those of older boots before.
///
///      0  u32  version, 1
///      4  u32  leases
///      8  16   boot id
///     24       a row of 32 bytes for each, in the order of their numbers:
///              0  i64  number
///              8  u8   kind: 1 deadline, 2 process
///              9  3    zeros
///             12  i32  pid, or 0
///             16  u64  deadline in ms of the boot-time clock; or the process's start time in clock ticks
///             24  u64  ms from grant to deadline; or the inode number of the PID namespace in which the pid is one
///
/// A table of up to 127 leases lies in the index beside its key.
struct LeaseTable: Equatable {
    static let headerSize = 24
    static let rowSize = 32
    static let version: UInt32 = 1

    struct Row: Equatable {
        enum Kind {
            static let deadline: UInt8 = 1
            static let process: UInt8 = 2
        }

        var id: LeaseID
        var kind: UInt8
        var pid: Int32 = 0
        /// Deadline or start time.
        var end: UInt64
        /// Granted milliseconds, or PID namespace.
        var scope: UInt64

        static func deadline(milliseconds: UInt64, from now: UInt64) -> Row {
            Row(id: 0, kind: Kind.deadline, end: now &+ milliseconds, scope: milliseconds)
        }

        static func process(_ pid: Int32, startTime: UInt64, namespace: UInt64) -> Row {
            Row(id: 0, kind: Kind.process, pid: pid, end: startTime, scope: namespace)
        }
    }

    var boot: Identifier
    var rows: [Row] = []

    init(boot: Identifier) { self.boot = boot }

    /// nil for bytes that are no table of leases with numbers; throws for those of a newer program.
    init?(_ bytes: UnsafeRawBufferPointer) throws(JournalError) {
        guard bytes.count >= Self.headerSize else { return nil }
        let version = bytes.number(UInt32.self, at: 0)
        if version > Self.version { throw .newerFormat(FormatVersion(major: 1, minor: UInt16(clamping: version))) }
        let count = Int(bytes.number(UInt32.self, at: 4))
        guard version == Self.version, bytes.count == Self.headerSize + count * Self.rowSize else { return nil }
        boot = bytes.identifier(at: 8)
        rows.reserveCapacity(count)
        for index in 0..<count {
            let at = Self.headerSize + index * Self.rowSize
            let id = bytes.number(Int64.self, at: at)
            // 0 is the number of no lease, which most keys have.
            guard id > 0 else { return nil }
            rows.append(
                Row(
                    id: id, kind: bytes[at + 8], pid: bytes.number(Int32.self, at: at + 12),
                    end: bytes.number(UInt64.self, at: at + 16), scope: bytes.number(UInt64.self, at: at + 24)))
        }
    }

    /// The bytes of a table; a lease that is being granted has the number 0, and gets the revision.
    func bytes(at revision: Revision) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.headerSize + rows.count * Self.rowSize)
        bytes.append(number: Self.version)
        bytes.append(number: UInt32(rows.count))
        bytes.append(number: boot.first)
        bytes.append(number: boot.second)
        for row in rows {
            bytes.append(number: row.id == 0 ? revision : row.id)
            bytes.append(number: UInt32(row.kind))
            bytes.append(number: row.pid)
            bytes.append(number: row.end)
            bytes.append(number: row.scope)
        }
        return bytes
    }

    func index(of id: LeaseID) -> Int? { rows.firstIndex { $0.id == id } }
}
