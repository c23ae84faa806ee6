import LinuxKernel
import LinuxTypes

/// An open directory that several hold.
final class DirectoryHandle {
    private let owned: OwnedDescriptor

    init(_ descriptor: consuming OwnedDescriptor) { owned = descriptor }

    var descriptor: FileDescriptor { owned.descriptor }
}

/// The directories of a layer that were used last, open. Most entries lie in the directory of the one before: a lookup from the root for each would
/// cost more than all else that is done for a small file.
///
/// Whoever removes or replaces something forgets what lies below it: a handle is only good as long as its path names it.
final class DirectoryCache {
    private var handles: [[FileName]: (handle: DirectoryHandle, used: UInt64)] = [:]
    private var clock: UInt64 = 0
    private let capacity = 64

    subscript(names: [FileName]) -> DirectoryHandle? {
        guard let index = handles.index(forKey: names) else { return nil }
        clock += 1
        handles.values[index].used = clock
        return handles.values[index].handle
    }

    func insert(_ handle: DirectoryHandle, _ names: [FileName]) {
        if handles.count >= capacity, let oldest = handles.min(by: { $0.value.used < $1.value.used }) {
            handles[oldest.key] = nil
        }
        clock += 1
        handles[names] = (handle, clock)
    }

    /// A path and all below it.
    func forget(_ names: [FileName]) {
        if handles.isEmpty { return }
        handles = handles.filter { !$0.key.starts(with: names) }
    }
}
