internal import ImageLayers
internal import LinuxKernel
internal import LinuxTypes

/// Layers stacked by overlayfs: a mount that is attached nowhere. Everything is named by descriptor, so that no path can change its meaning.
struct OverlayStack {
    /// The layers that are seen, the top one first: directories, or mounts of them that are attached nowhere (Linux 6.15).
    var lower: [FileDescriptor]
    /// The writable layer, and the directory that overlayfs works in; both on one file system.
    var writable: (upper: FileDescriptor, work: FileDescriptor)?
    var attributes: MountAttributes = []
    /// The label of SELinux of all its files; nil for their own.
    var label: String?

    /// Where the kernel takes all lower layers in one option only, which has 255 bytes (before Linux 6.8).
    static let joinedLimit = 14

    func mount() throws(KernelError) -> DetachedMount {
        // Order: the kernel is asked once which way it takes layers. What it does not know it refuses before it looks at any of them.
        do throws(KernelError) { return try mount(isJoined: false) } catch {
            guard error.errno == .EINVAL, try !Self.takesLayersOneByOne(lower[0]) else { throw error }
            return try mount(isJoined: true)
        }
    }

    func mount(isJoined: Bool) throws(KernelError) -> DetachedMount {
        let context = try FileSystemContext("overlay")
        if isJoined {
            guard lower.count <= Self.joinedLimit else {
                throw KernelError(
                    call: "fsconfig", errno: .EINVAL,
                    subject: "overlay: more than \(Self.joinedLimit) layers need Linux 6.8, there are \(lower.count)")
            }
            try context.set("lowerdir", to: lower.map(Self.path).joined(by: ":"))
        } else {
            for layer in lower { try context.set("lowerdir+", to: Self.path(layer)) }
        }
        if let writable {
            try context.set("upperdir", to: Self.path(writable.upper))
            try context.set("workdir", to: Self.path(writable.work))
            try context.set("index", to: "off")
        }
        // What these would write into the writable layer no other program could read, and what they read in others nobody should have written.
        try context.set("redirect_dir", to: "off")
        try context.set("metacopy", to: "off")
        if let label { try context.set("context", to: label) }
        return try context.mount(attributes: attributes)
    }

    /// Whether some overlay, mounted anywhere, has this writable layer. Where none has, the layer is fit for removal and nothing else. `below` is any
    /// directory outside of it.
    static func isInUse(upper: FileDescriptor, work: FileDescriptor, below: FileDescriptor) throws(KernelError) -> Bool {
        let context = try FileSystemContext("overlay")
        try context.set("lowerdir", to: path(below))
        try context.set("upperdir", to: path(upper))
        try context.set("workdir", to: path(work))
        // With an index overlayfs insists on having the layer for itself.
        try context.set("index", to: "on")
        do throws(KernelError) { try context.create() } catch {
            if error.errno == .EBUSY { return true }
            throw error
        }
        return false
    }

    /// `lowerdir+`, Linux 6.8.
    static func takesLayersOneByOne(_ layer: FileDescriptor) throws(KernelError) -> Bool {
        let context = try FileSystemContext("overlay")
        do throws(KernelError) { try context.set("lowerdir+", to: path(layer)) } catch { return false }
        // Before Linux 6.5 overlayfs takes options of any name, and looks at them when it is mounted.
        do throws(KernelError) { try context.set("hull", to: "no-such-option") } catch { return true }
        return false
    }

    private static func path(_ directory: FileDescriptor) -> String { "/proc/self/fd/\(directory.number)" }
}
