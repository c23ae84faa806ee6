internal import LinuxKernel
internal import LinuxTypes

/// What the cache believes and what it keeps.
enum CacheTrust {
    /// Entries that stay; the oldest go first.
    static let entryLimit = 64

    static func entryName(_ key: CacheKey) -> String { key.fileName + entrySuffix }

    /// Unique for as long as a write takes; a name that is taken is an error of `open`.
    static func temporaryName(_ key: CacheKey) -> String {
        "\(key.fileName)-\(currentPID())-\(monotonicMicroseconds())\(temporarySuffix)"
    }

    private static let entrySuffix = ".bpf"
    private static let temporarySuffix = ".tmp"

    /// What is wrong with an open directory or file: stops a program that another user planted from becoming a container's
    /// filter.
    static func oddity(of descriptor: FileDescriptor, _ type: FileType, _ owner: UInt32) throws(KernelError) -> String? {
        let status = try descriptor.status()
        if status.type != type { return "not a \(type == .directory ? "directory" : "regular file")" }
        if status.uid != owner { return "belongs to uid \(status.uid), not \(owner)" }
        if status.permissions & 0o077 != 0 { return "mode 0\(String(status.permissions, radix: 8)) is open to others" }
        if type == .regular, status.links != 1 { return "has \(status.links) links" }
        return nil
    }

    /// Removes the oldest entries beyond the limit, and with them what killed writers left. Files of other names are not ours.
    static func evict(from folder: FileDescriptor) throws(KernelError) {
        let names = try folder.directoryEntries().filter(isOurs)
        guard names.count > entryLimit else { return }
        var aged: [(name: String, time: FileTime)] = []
        for name in names {
            // Gone meanwhile: another writer evicts too.
            guard let time = modificationTime(of: name, in: folder) else { continue }
            aged.append((name, time))
        }
        aged.sort { ($0.time.seconds, $0.time.nanoseconds, $0.name) < ($1.time.seconds, $1.time.nanoseconds, $1.name) }
        for entry in aged.dropLast(entryLimit) { remove(entry.name, from: folder) }
    }

    private static func isOurs(_ name: String) -> Bool {
        (name.hasSuffix(entrySuffix) || name.hasSuffix(temporarySuffix)) && name.utf8.count >= 16
            && name.utf8.prefix(16).allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (97...102).contains($0) }
    }

    private static func modificationTime(of name: String, in folder: FileDescriptor) -> FileTime? {
        do throws(KernelError) { return try folder.status(of: name).modified } catch { return nil }
    }

    /// A name that stays is met again by the next eviction.
    static func remove(_ name: String, from folder: FileDescriptor) {
        do throws(KernelError) { try folder.unlink(name) } catch {}
    }
}
