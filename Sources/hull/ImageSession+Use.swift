import ImageStore
import ImageVerbs
import JournalVerbs
import LinuxKernel

extension ImageSession {
    /// `bundle`.
    func bundle(_ arguments: BundleArguments) throws(Failure) -> ExitCode {
        let (store, _) = try store(having: arguments.name)
        obey(arguments.policy, store)
        let isUnified = try unifiedCgroups()
        store.observer = ProgressObserver()
        _ = try attempt("cannot make a bundle of '\(arguments.name)' in '\(arguments.path)'") { () throws(ImageError) in
            try store.bundle(
                arguments.name, at: arguments.path, unifiedCgroups: isUnified, terminal: arguments.hasTerminal)
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

    /// `mount`.
    func mount(_ arguments: NameArguments) throws(Failure) -> ExitCode {
        _ = try store(having: arguments.name)
        let store = try store()
        obey(arguments.policy, store)
        let mounted = try attempt("cannot mount '\(arguments.name)'") { () throws(ImageError) in
            try store.mount(arguments.name, below: mounts)
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
