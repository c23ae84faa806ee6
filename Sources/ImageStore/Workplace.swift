internal import Digests
internal import ImageLayers
internal import LinuxKernel
internal import LinuxTypes

/// A directory for what one process is making or removing: nothing in it has a name yet, or has it any more.
///
/// Its owner holds the lock of the file `lock` in it. Whoever finds one whose lock is free knows that its owner is dead, and removes it: that is how space
/// comes back after a `kill -9`.
final class Workplace {
    /// Relative to the store.
    let name: String
    private let store: FileDescriptor
    private let lock: OwnedDescriptor
    private var made = 0

    static let lockName = "lock"

    private init(name: String, store: FileDescriptor, lock: consuming OwnedDescriptor) {
        self.name = name
        self.store = store
        self.lock = lock
    }

    /// Makes one. `store` stays open as long as it lives.
    static func make(_ store: FileDescriptor, _ locks: DigestLocks) throws(ImageError) -> Workplace {
        try make(store, locks, at: try kernel { () throws(KernelError) in "incoming/" + String(try randomNumber(), radix: 16) })
    }

    /// Makes one with a name of its own, relative to the store.
    static func make(_ store: FileDescriptor, _ locks: DigestLocks, at name: String) throws(ImageError) -> Workplace {
        // Order: the lock is taken in the doorway, or a sweep would take the directory for a dead one's.
        return try locks.inDoorway { () throws(ImageError) in
            try kernel { () throws(KernelError) in
                try store.makeDirectory(name, permissions: 0o700)
                let lock = try store.open(
                    name + "/" + lockName, [.readWrite, .create, .exclusive, .noFollow], permissions: 0o600)
                guard try lock.descriptor.tryLock(byte: 0) else {
                    throw KernelError(call: "fcntl", errno: .EAGAIN, subject: name)
                }
                return Workplace(name: name, store: store, lock: lock)
            }
        }
    }

    /// A name in it that nothing has, relative to the store.
    func newName(_ kind: String) -> String {
        made += 1
        return "\(name)/\(kind)-\(made)"
    }

    /// Removes it with all that is left in it.
    func remove() throws(ImageError) { try Self.remove(name, store) }

    /// Removes those whose owners are dead. Returns how many there were.
    static func sweep(_ store: FileDescriptor, _ locks: DigestLocks) throws(ImageError) -> Int {
        var dead: [(name: String, lock: FileDescriptor)] = []
        defer { for place in dead { place.lock.close() } }
        try locks.inDoorway { () throws(ImageError) in
            let names = try kernel { () throws(KernelError) in
                let incoming = try store.open("incoming", [.readOnly, .directory, .noFollow])
                return try incoming.descriptor.directoryEntries()
            }
            for entry in names {
                let name = "incoming/" + entry
                if let lock = try claim(name, store) { dead.append((name, lock)) }
            }
        }
        // Out of the doorway: this may take long, and the locks keep others away.
        for place in dead { try remove(place.name, store) }
        return dead.count
    }

    /// The lock of a place whose owner is dead, now ours; nil where it lives, or is done meanwhile and has removed the place.
    static func claim(_ name: String, _ store: FileDescriptor) throws(ImageError) -> FileDescriptor? {
        do throws(KernelError) {
            // An owner who died before there was a lock leaves none: it is made, so that another sweep sees ours.
            let lock = try store.open(
                name + "/" + lockName, [.readWrite, .create, .noFollow, .nonblocking], permissions: 0o600)
            guard try lock.descriptor.tryLock(byte: 0) else { return nil }
            return lock.release()
        } catch {
            if error.errno == .ENOENT { return nil }
            throw .kernel(error)
        }
    }

    /// Order: the lock's file last, so that what is left of a removal that was cut off is swept again.
    ///
    /// Its owner and a sweep that comes between the last two steps may both be at it: what is gone is gone.
    static func remove(_ name: String, _ store: FileDescriptor) throws(ImageError) {
        do throws(KernelError) {
            let place = try store.open(name, [.readOnly, .directory, .noFollow])
            try empty(place.descriptor)
            try store.unlink(name + "/" + lockName)
            try store.removeDirectory(name)
        } catch {
            // Not empty: somebody took it over, with a lock of his own.
            if error.errno != .ENOENT, error.errno != .ENOTEMPTY, error.errno != .EEXIST { throw .kernel(error) }
        }
    }

    /// Removes all that is in an open one, but for the lock's file.
    static func empty(_ place: FileDescriptor) throws(KernelError) {
        for entry in try place.directoryEntries() where entry != lockName { try removeTree(entry, in: place) }
    }

    private static func removeTree(_ entry: String, in place: FileDescriptor) throws(KernelError) {
        guard let name = FileName(entry) else { return }
        do throws(LayerError) { try LayerRemoval.remove(name, in: place) } catch {
            if case .kernel(let cause, _, _) = error { throw cause }
            throw KernelError(call: "unlinkat", errno: .EIO, subject: "\(error)")
        }
    }
}
