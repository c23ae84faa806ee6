/// Keys in which the store keeps its leases. They lie in the log and the index as any key does, and so go through every crash, compaction and repair as keys
/// do; no read shows them, and nobody can put one. To a program that knows nothing of leases they are keys with odd names.
///
///     "\0lease"                            the table of all leases
///     "\0lease/" 16 hex digits "/" key     the key hangs on the lease of this number; an empty value
///
/// What the second says is true only if the key's own lease says the same: a program that does not know leases takes keys off theirs.
enum OwnKeys {
    static let table: [UInt8] = [0] + Array("lease".utf8)

    /// All of them.
    static let all = KeyRange.prefix(Key(table))

    @inline(__always)
    static func contains(_ key: [UInt8]) -> Bool { key.first == 0 && key.starts(with: table) }

    @inline(__always)
    static func contains(_ key: UnsafeRawBufferPointer) -> Bool { key.first == 0 && key.starts(with: table) }

    static func attachment(of key: [UInt8], to lease: LeaseID) -> [UInt8] { prefix(lease) + key }

    /// Those of all keys that hang on a lease.
    static func attachments(to lease: LeaseID) -> KeyRange { .prefix(Key(prefix(lease))) }

    /// The key of an attachment.
    static func key(ofAttachment bytes: UnsafeRawBufferPointer) -> [UInt8] { Array(bytes.dropFirst(table.count + 18)) }

    private static func prefix(_ lease: LeaseID) -> [UInt8] {
        table + Array("/\(hexadecimal(UInt64(bitPattern: lease)))/".utf8)
    }
}
