import ImageStore
import ImageVerbs
import JournalVerbs
import LinuxKernel

extension ImageSession {
    /// `bundle`.
    func bundle(_ arguments: BundleArguments) throws(Failure) -> ExitCode {
        let (present, _) = try store(having: arguments.name)
        // An overlay is recorded, and so is what a layer should be; a copy alone changes nothing in the store.
        let store = arguments.isOverlay || arguments.root.verifiesLayers ? try store() : present
        obey(arguments.policy, store)
        let isUnified = try unifiedCgroups()
        store.observer = ProgressObserver()
        _ = try attempt("cannot make a bundle of '\(arguments.name)' in '\(arguments.path)'") { () throws(ImageError) in
            try store.bundle(
                arguments.name, at: arguments.path, unifiedCgroups: isUnified, terminal: arguments.hasTerminal,
                root: arguments.root, onOverlay: arguments.isOverlay)
        }
        return .done
    }

    /// Whether the host has cgroup v2 alone, where containers get a cgroup namespace.
    private func unifiedCgroups() throws(Failure) -> Bool {
        do throws(KernelError) { return try FileDescriptor.fileSystemType(ofPath: "/sys/fs/cgroup") == .cgroup2 } catch {
            // No cgroups at all.
            return false
        }
    }

    /// `unbundle`.
    func unbundle(_ arguments: UnbundleArguments) throws(Failure) -> ExitCode {
        let store = try store()
        try attempt("cannot take the bundle in '\(arguments.path)' away") { () throws(ImageError) in
            try store.unbundle(arguments.path)
        }
        return .done
    }

    /// `mount`.
    func mount(_ arguments: NameArguments) throws(Failure) -> ExitCode {
        _ = try store(having: arguments.name)
        let store = try store()
        obey(arguments.policy, store)
        let mounted = try attempt("cannot mount '\(arguments.name)'") { () throws(ImageError) in
            try store.mount(arguments.name, below: mounts, verifiesLayers: arguments.verifiesLayers)
        }
        try Output.write("\(mounted.path)\n".utf8)
        return .done
    }

    /// `unmount`.
    func unmount(_ arguments: NameArguments) throws(Failure) -> ExitCode {
        _ = try store(having: arguments.name)
        let store = try store()
        let unmounted = try attempt("cannot unmount '\(arguments.name)'") { () throws(ImageError) in
            try store.unmount(arguments.name, below: mounts)
        }
        try Output.write("\(unmounted.digest)\n".utf8)
        return .done
    }
}
