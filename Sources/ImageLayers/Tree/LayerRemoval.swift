public import LinuxKernel
public import LinuxTypes

/// Removes trees, whoever filled them: by descriptor, name by name, following nothing. What is a mount point stays, as an error.
///
/// A crash leaves a smaller tree; the same call again goes on. However deep the tree is, few descriptors are open: what lies deeper is moved to the top
/// first.
public enum LayerRemoval {
    /// Removes a name of a directory with all below it. What is not there is removed already.
    public static func remove(_ name: FileName, in parent: FileDescriptor) throws(LayerError) {
        do throws(KernelError) {
            try parent.unlink(name)
        } catch {
            switch error.errno {
            case .ENOENT: return
            case .EISDIR, .EPERM:
                // EPERM: what POSIX says of directories; and what cannot be removed, which the next call says again.
                try removeDirectory(name, in: parent, unlinkError: error)
            default: throw .kernel(error, doing: "remove", path: "\(name)")
            }
        }
    }

    /// Removes all that lies in an open directory, not the directory itself.
    public static func removeContents(of directory: FileDescriptor) throws(LayerError) {
        try TreeRemoval(top: directory).empty(directory, depth: 0)
    }

    private static func removeDirectory(
        _ name: FileName, in parent: FileDescriptor, unlinkError: KernelError
    ) throws(LayerError) {
        let opened: OwnedDescriptor
        do throws(KernelError) {
            opened = try parent.open(name, .directory)
        } catch {
            throw .kernel(error.errno == .ENOTDIR ? unlinkError : error, doing: "remove", path: "\(name)")
        }
        try removeContents(of: opened.descriptor)
        try kernel("remove", "\(name)") { () throws(KernelError) in try parent.removeDirectory(name) }
    }
}

/// The removal of one tree.
private final class TreeRemoval {
    /// How many directories are open at once, one below the other.
    private static let deepest = 64

    private let top: FileDescriptor
    /// Directories moved up so far: the number that gives the next one its name.
    private var lifted: UInt64 = 0

    init(top: FileDescriptor) { self.top = top }

    func empty(_ directory: FileDescriptor, depth: Int) throws(LayerError) {
        // Names that are removed while they are listed may hide others from this pass: until a pass finds nothing.
        while try removeListed(in: directory, depth: depth) {}
    }

    /// One pass over the names. Whether there was any.
    private func removeListed(in directory: FileDescriptor, depth: Int) throws(LayerError) -> Bool {
        var removed = false
        var stream = try kernel("list what is to be removed") { () throws(KernelError) in try DirectoryStream(directory) }
        while true {
            let next = try kernel("list what is to be removed") { () throws(KernelError) in try stream.next() }
            guard let (name, type) = next else { return removed }
            removed = true
            if type != .directory, try unlinked(name, in: directory) { continue }
            try removeSubdirectory(name, in: directory, depth: depth)
        }
    }

    /// false where it is a directory.
    private func unlinked(_ name: FileName, in directory: FileDescriptor) throws(LayerError) -> Bool {
        do throws(KernelError) {
            try directory.unlink(name)
            return true
        } catch {
            if error.errno == .EISDIR { return false }
            if error.errno == .ENOENT { return true }
            throw .kernel(error, doing: "remove", path: "\(name)")
        }
    }

    private func removeSubdirectory(_ name: FileName, in directory: FileDescriptor, depth: Int) throws(LayerError) {
        do throws(KernelError) {
            return try directory.removeDirectory(name)
        } catch {
            if error.errno == .ENOENT { return }
            guard error.errno == .ENOTEMPTY || error.errno == .EEXIST else {
                throw .kernel(error, doing: "remove", path: "\(name)")
            }
        }
        if depth >= Self.deepest { return try lift(name, from: directory) }
        try emptySubdirectory(name, in: directory, depth: depth)
        try kernel("remove", "\(name)") { () throws(KernelError) in try directory.removeDirectory(name) }
    }

    private func emptySubdirectory(_ name: FileName, in directory: FileDescriptor, depth: Int) throws(LayerError) {
        let opened: OwnedDescriptor = try kernel("remove", "\(name)") { () throws(KernelError) in
            try directory.open(name, .directory)
        }
        try empty(opened.descriptor, depth: depth + 1)
    }

    /// Moves a directory up to the top, under a name that is free there; a later pass over the top finds it.
    private func lift(_ name: FileName, from directory: FileDescriptor) throws(LayerError) {
        while let free = FileName(".hull-removed-\(lifted)") {
            lifted += 1
            do throws(KernelError) {
                return try directory.move(name, to: free, in: top)
            } catch {
                guard error.errno == .EEXIST else { throw .kernel(error, doing: "remove", path: "\(name)") }
            }
        }
    }
}
