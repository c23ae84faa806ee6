internal import ContainerRuntime
internal import Digests
internal import ImageSpec
internal import ImageStore
internal import Journal
internal import KeeperProtocol
internal import LinuxKernel
internal import LinuxTypes
internal import OCISpec
internal import PodRecords
internal import PodSpec

extension PodWorker {
    /// Makes the root of an attempt, and finds out what would keep it from being started as far as that can be known. After an error nothing of it is left.
    func create(_ name: String, _ attempt: UInt32) throws(PodError) {
        guard try enter() else { throw PodError(.failed, "the pod has no sandbox") }
        let (pod, container) = try container(name)
        let id = PodPlan.containerID(uid, name, attempt)
        do throws(PodError) {
            let image = try mountRoot(container, id, pod)
            _ = try Identity(pod, container, image.configuration, root: rootPath(id)).user()
            _ = try environment(of: container, in: pod)
        } catch { throw takeBack(name, attempt, after: error) }
    }

    private func container(_ name: String) throws(PodError) -> (Pod, Container) {
        let pod = try resizedPod()
        guard let container = pod.spec.allContainers.first(where: { $0.name == name }) else {
            throw PodError(.missing, "the pod has no container '\(name)'")
        }
        return (pod, container)
    }

    /// Takes away what there is of an attempt that came to nothing. Returns why it did.
    private func takeBack(_ name: String, _ attempt: UInt32, after error: PodError) -> PodError {
        do throws(PodError) { _ = try collect(name, attempt) } catch let cleanup {
            return PodError(error.kind, "\(error.message); and then: \(cleanup.message)", hint: error.hint)
        }
        return error
    }

    /// Starts one attempt to run a container. After an error nothing of it is left.
    func start(
        _ name: String, _ attempt: UInt32, _ streams: consuming DescriptorList, _ handles: inout DescriptorList
    ) throws(PodError) -> JobReport {
        guard try enter() else { throw PodError(.failed, "the pod has no sandbox") }
        let (pod, container) = try container(name)
        let id = PodPlan.containerID(uid, name, attempt)
        var watch = Stopwatch()
        do throws(PodError) {
            let image = if let created = try createdRoot(id) { created } else { try mountRoot(container, id, pod) }
            watch.note("root")
            let user = try Identity(pod, container, image.configuration, root: rootPath(id)).user()
            try writeMessageFile(id)
            watch.note("user")
            let environment = try environment(of: container, in: pod)
            watch.note("environment")
            var facts = try facts(pod, container, id, user)
            facts.parts = try mountParts(of: container, in: pod, environment, id)
            func lower(_ variables: [EnvironmentVariable]) throws(PodError) -> Configuration {
                facts.environment = variables
                return try ContainerLowering(pod: pod, container: container, image: image.configuration, facts: facts)
                    .configuration()
            }
            let texts = ConfigurationTexts(
                real: try lower(environment.variables), shown: environment.hasSecrets ? try lower(environment.shown) : nil)
            try writeSecretEnvironment(id, texts)
            watch.note("configuration")
            let owner = (uid: try users()?.hostID(user.uid) ?? user.uid, gid: try users()?.hostID(user.gid) ?? user.gid)
            var started: JobReport.StartedContainer
            let times = LaunchTimes()
            do throws(PodError) {
                started = try launch(id, texts, owner, streams, &handles, in: ProgramPlace(pod, container, id), times)
            } catch { throw texts.shown(error) }
            watch.note(times.ledger())
            // The container has them in its own mount namespace.
            try unmountParts(id)
            watch.note("parts")
            started.ledger = watch.ledger.text
            return .started(started)
        } catch { throw takeBack(name, attempt, after: error) }
    }

    private func launch(
        _ id: String, _ texts: ConfigurationTexts, _ owner: (uid: UInt32, gid: UInt32), _ streams: consuming DescriptorList,
        _ handles: inout DescriptorList, in place: ProgramPlace, _ times: LaunchTimes
    ) throws(PodError) -> JobReport.StartedContainer {
        var request = CreateRequest(id: id, bundle: places.sandbox(uid))
        request.configuration = texts.real
        request.recordedConfiguration = texts.shown
        request.asSibling = true
        try Self.takeStandardStreams(streams.descriptors, owner)
        defer { Self.giveUpStandardStreams() }
        var runtime = self.runtime
        runtime.ledger = { step, moment in times.note(step, moment) }
        let running: RunningContainer
        do throws(RuntimeError) { running = try runtime.launch(request) } catch { throw diagnose(error, in: place) }
        return Self.take(running, &handles)
    }

    private static func take(_ running: consuming RunningContainer, _ handles: inout DescriptorList) -> JobReport.StartedContainer
    {
        let started = JobReport.StartedContainer(
            pid: running.process.pid, startTime: running.process.startTime, memoryEvents: running.memoryEvents)
        handles = running.takeHandles()
        return started
    }

    /// What became of an attempt that nobody watched.
    func find(_ name: String, _ attempt: UInt32, _ handles: inout DescriptorList) throws(PodError) -> JobReport {
        let id = PodPlan.containerID(uid, name, attempt)
        do throws(RuntimeError) {
            if let running = try runtime.running(id) { return .found(Self.take(running, &handles)) }
            if try runtime.state(id).status == .stopped { return .hasEnded }
        } catch {
            guard error.kind == .missing else { throw PodError(error) }
        }
        _ = try collect(name, attempt)
        return .neverRan
    }

    /// Takes away what an attempt has left, and returns its termination message.
    func collect(_ name: String, _ attempt: UInt32) throws(PodError) -> String {
        let id = PodPlan.containerID(uid, name, attempt)
        do throws(RuntimeError) { try runtime.delete(id, force: true) } catch { throw PodError(error) }
        let isInside = try enter()
        let message = isInside ? try takeMessage(name, attempt, id) : ""
        if isInside {
            try unmountParts(id)
            try unmountRoot(id)
        }
        try removeSecretEnvironment(id)
        try discardRoot(id)
        return message
    }

    // MARK: Root

    func rootPath(_ id: String) -> HostPath { places.sandbox(uid).appending("roots/\(id)") }

    /// The image of a root that `create` has made, whatever its name means by now; nil where there is no such root.
    private func createdRoot(_ id: String) throws(PodError) -> (record: ImageRecord, configuration: ImageConfiguration)? {
        do throws(KernelError) { _ = try FileDescriptor.workingDirectory.status(of: rootPath(id).string) } catch {
            if error.errno == .ENOENT { return nil }
            throw PodError(error, "cannot look for the root of container '\(id)'")
        }
        let store = try images()
        return try imaging("cannot find the image of container '\(id)'") { () throws(ImageError) in
            guard let digest = try store.image(usedBy: id),
                let image = try store.images().first(where: { $0.record.digest == digest })
            else { throw .notFound(id) }
            return (image.record, try store.configuration(of: image.record))
        }
    }

    private func mountRoot(
        _ container: Container, _ id: String, _ pod: Pod
    ) throws(PodError) -> (record: ImageRecord, configuration: ImageConfiguration) {
        let store = try images()
        let request = try rootRequest(of: container, in: pod)
        return try imaging("container '\(container.name)': cannot use the image '\(container.image)'") { () throws(ImageError) in
            let image = try store.usable(container.image)
            let configuration = try store.configuration(of: image.record)
            // Volatile, as the container is.
            guard let mount = try makeRoot(of: image, for: id, request, in: store) else { throw .busy("somebody") }
            do throws(KernelError) {
                try FileDescriptor.workingDirectory.makeDirectory(rootPath(id).string, permissions: 0o755)
                let place = try FileDescriptor.workingDirectory.open(rootPath(id).string, [.pathOnly, .directory, .noFollow])
                try mount.attach(to: place.descriptor, subject: "the container's root")
            } catch { throw .kernel(error) }
            return (image.record, configuration)
        }
    }

    private func unmountRoot(_ id: String) throws(PodError) {
        try during("cannot unmount the root of container '\(id)'") { () throws(KernelError) in
            do throws(KernelError) { try unmountDetached(rootPath(id).string) } catch {
                // EINVAL: nothing is mounted there.
                guard [.ENOENT, .EINVAL].contains(error.errno) else { throw error }
            }
            try FileDescriptor.workingDirectory.removeDirectoryIfPresent(rootPath(id).string)
        }
    }

    /// The container's writable layer, and the image's word that it uses it.
    func discardRoot(_ id: String) throws(PodError) {
        let store = try images()
        try imaging("cannot remove the root of container '\(id)'") { () throws(ImageError) in
            guard let digest = try store.image(usedBy: id) else { return try store.discardUnrecordedRoot(id) }
            try store.removeRoot(of: digest, for: id, patience: 2000, .volatile)
        }
    }

    // MARK: Standard streams

    /// The engine's container has the streams of who makes it. Its user may open them again, as `/dev/stdout`.
    private static func takeStandardStreams(
        _ streams: [FileDescriptor], _ owner: (uid: UInt32, gid: UInt32)
    ) throws(PodError) {
        guard streams.count == 3 else { return }
        try during("cannot take the container's streams") { () throws(KernelError) in
            for (stream, target) in zip(streams, [FileDescriptor.standardInput, .standardOutput, .standardError]) {
                if try stream.status().type == .fifo { try stream.changeOwner(uid: owner.uid, gid: owner.gid, subject: "a pipe") }
                try stream.duplicate(onto: target)
            }
        }
    }

    private static func giveUpStandardStreams() {
        do throws(KernelError) {
            let null = try FileDescriptor.workingDirectory.open("/dev/null", .readWrite)
            for target in [FileDescriptor.standardInput, .standardOutput, .standardError] {
                try null.descriptor.duplicate(onto: target)
            }
        } catch {
            // The next container brings its own; nothing of ours is written to them.
        }
    }
}
