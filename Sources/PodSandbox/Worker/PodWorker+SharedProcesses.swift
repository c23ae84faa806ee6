internal import ContainerRuntime
internal import LinuxKernel
internal import LinuxTypes
internal import OCISpec
internal import PodRecords
internal import PodSpec

/// A PID namespace for all containers of a pod: it lives as long as its process 1, a container of its own that only reaps. It is never pinned, for a pin would
/// not keep it alive.
extension PodWorker {
    private var reaperID: String { "\(uid).reaper" }

    /// The pid of process 1 of the pod's PID namespace, which is started where it does not run. nil for a pod that shares none.
    func reaper(_ pod: Pod) throws(PodError) -> Int32? {
        guard pod.spec.shareProcessNamespace else { return nil }
        // Nobody knows the number of a process that does not run yet.
        if onlyPlans { return 0 }
        // Another worker may start another container of the pod just now.
        return try PlaceLock.hold(places.sandbox(uid).appending("reaper.lock")) { () throws(PodError) in
            do throws(RuntimeError) {
                if let running = try runtime.running(reaperID) { return running.process.pid }
                // One that ended took its containers with it.
                try runtime.delete(reaperID, force: true)
            } catch { throw PodError(error) }
            return try startReaper()
        }
    }

    private func startReaper() throws(PodError) -> Int32 {
        let program = try during("cannot find hull-init") { () throws(KernelError) in try OwnProgram.sibling("hull-init") }
        let users = try users()
        try during("cannot make the root of the pod's process 1") { () throws(KernelError) in
            let path = rootPath(reaperID).string
            do throws(KernelError) {
                try FileDescriptor.workingDirectory.makeDirectory(path, permissions: 0o755)
            } catch let error where error.errno == .EEXIST { return }
            guard let users else { return }
            // Places for mounts are made in it by the pod's root.
            let root = try FileDescriptor.workingDirectory.open(path, [.readOnly, .directory, .noFollow])
            try root.descriptor.changeOwner(uid: users.first, gid: users.first, subject: path)
        }
        var request = CreateRequest(id: reaperID, bundle: places.sandbox(uid))
        request.configuration = configuration(program, users)
        request.asSibling = true
        do throws(RuntimeError) { return try runtime.launch(request).process.pid } catch { throw PodError(error) }
    }

    /// Nothing but the program, without any right, in a root where nothing can be written.
    private func configuration(_ program: String, _ users: PodUsers?) -> Configuration {
        var linux = Linux(namespaces: [Namespace(type: .mount), Namespace(type: .pid), Namespace(type: .cgroup)])
        if let users {
            linux.namespaces.append(Namespace(type: .user, path: places.sandbox(uid).appending("ns/user").string))
            (linux.uidMappings, linux.gidMappings) = (users.mappings, users.mappings)
        }
        linux.cgroupsPath = PodPlaces.cgroup(of: uid) + "/\(reaperID)"
        let mounts = [
            Mount(
                destination: "/reaper", type: "bind", source: program, options: ["bind", "ro", "nosuid", "nodev", "rprivate"]),
            Mount(destination: "/proc", type: "proc", source: "proc", options: ["nosuid", "noexec", "nodev"]),
        ]
        return Configuration(
            process: OCISpec.Process(
                args: ["/reaper", "reap"], env: [], cwd: "/", capabilities: Capabilities(), noNewPrivileges: true),
            root: Root(path: rootPath(reaperID).string, readonly: true), mounts: mounts, annotations: [:], linux: linux)
    }
}
