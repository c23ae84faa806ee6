internal import LinuxKernel
internal import LinuxTypes
internal import PodRecords
internal import PodSpec

/// Parts of volumes (`subPath`): each is resolved once, below its volume, and mounted by descriptor at a place of the worker's own, from which the container's
/// mount is made. Whoever changes the volume meanwhile changes nothing of that.
extension PodWorker {
    /// By the ordinals of the mounts.
    func mountParts(
        of container: Container, in pod: Pod, _ environment: ContainerEnvironment, _ id: String
    ) throws(PodError) -> [Int: HostPath] {
        var parts: [Int: HostPath] = [:]
        for (ordinal, mount) in container.volumeMounts.enumerated() {
            guard let part = mount.part, let volume = pod.spec.volumes.first(where: { $0.name == mount.name }) else { continue }
            let text = try PartPath(container.name, mount).text(part, environment)
            let names = text.utf8.split(separator: UInt8(ascii: "/")).filter { !$0.elementsEqual(".".utf8) }.compactMap {
                FileName(Array($0))
            }
            guard !names.isEmpty else { continue }
            let source = try open(names, of: volume, in: pod, text, container.name)
            parts[ordinal] = try mountPart(source.descriptor, "\(id).\(ordinal)")
        }
        return parts
    }

    private func open(
        _ names: [FileName], of volume: Volume, in pod: Pod, _ text: String, _ container: String
    ) throws(PodError) -> OwnedDescriptor {
        let act = "container '\(container)': subPath '\(text)' of volume '\(volume.name)'"
        do throws(KernelError) {
            let root = try FileDescriptor.workingDirectory.open(place(of: volume, in: pod).string, [.pathOnly, .directory])
            if volume.source.isReadOnly { return try root.descriptor.openInside(names, .pathOnly) }
            let permissions = try root.descriptor.status().permissions & 0o777
            return try root.descriptor.makeDirectoriesInside(names, permissions: permissions)
        } catch {
            switch error.errno {
            case .EXDEV, .ELOOP:
                throw PodError(
                    .invalid, "\(act) leads out of the volume", hint: "a link on the way must stay below the volume's directory",
                    fault: .badSubPath)
            case .ENOENT:
                throw PodError(
                    .invalid, "\(act) is not there", hint: "only what is in the volume can be mounted", fault: .badSubPath)
            case .ENOTDIR:
                throw PodError(.invalid, "\(act) leads through something that is no directory", fault: .badSubPath)
            default: throw PodError(error, act)
            }
        }
    }

    private func mountPart(_ source: FileDescriptor, _ name: String) throws(PodError) -> HostPath {
        try during("cannot mount a part of a volume") { () throws(KernelError) in
            let directory = places.sandbox(uid).appending("parts")
            try makeDirectories(directory.string, permissions: 0o700)
            let path = directory.appending(name)
            if try source.status().type == .directory {
                try FileDescriptor.workingDirectory.makeDirectory(path.string, permissions: 0o700)
            } else {
                _ = try FileDescriptor.workingDirectory.open(
                    path.string, [.writeOnly, .create, .exclusive, .noFollow], permissions: 0o600)
            }
            let place = try FileDescriptor.workingDirectory.open(path.string, [.pathOnly, .noFollow])
            try DetachedMount.cloning(source, recursive: true).attach(to: place.descriptor, subject: "a part of a volume")
            return path
        }
    }

    /// Takes the places of an attempt away again; what is mounted in the container stays.
    func unmountParts(_ id: String) throws(PodError) {
        let directory = places.sandbox(uid).appending("parts")
        do throws(KernelError) {
            let parts = try FileDescriptor.workingDirectory.open(directory.string, [.readOnly, .directory, .noFollow])
            for name in try parts.descriptor.directoryEntries() where name.hasPrefix(id + ".") {
                do throws(KernelError) { try unmountDetached(directory.appending(name).string) } catch {
                    // EINVAL: nothing is mounted there.
                    guard [.ENOENT, .EINVAL].contains(error.errno) else { throw error }
                }
                if try parts.descriptor.status(of: name).type == .directory {
                    try parts.descriptor.removeDirectoryIfPresent(name)
                } else {
                    try parts.descriptor.unlinkIfPresent(name)
                }
            }
        } catch {
            if error.errno != .ENOENT { throw PodError(error, "cannot unmount parts of volumes") }
        }
    }
}

/// Which path below a volume a mount means.
struct PartPath {
    private let container: String
    private let mount: VolumeMount

    init(_ container: String, _ mount: VolumeMount) {
        self.container = container
        self.mount = mount
    }

    func text(_ part: VolumeMount.Part, _ environment: ContainerEnvironment) throws(PodError) -> String {
        let expression: String
        switch part {
        case .path(let path): return path
        case .expression(let text): expression = text
        }
        let act = "container '\(container)': subPathExpr '\(expression)' of volume '\(mount.name)'"
        var missing: String?
        func expand(_ variables: [EnvironmentVariable]) -> String {
            Expansion.expand(expression) { name in
                let value = variables.last { $0.name == name }?.value
                if value == nil { missing = name }
                return value
            }
        }
        let path = expand(environment.variables)
        if let missing { throw PodError(.invalid, "\(act): there is no variable '\(missing)'", hint: "declare it in 'env'") }
        guard path == expand(environment.shown) else {
            throw PodError(
                .invalid, "\(act) would make a name of a file of a secret", hint: "use a variable that comes from no Secret")
        }
        guard VolumeMount.isPart(path) else {
            throw PodError(
                .invalid, "\(act): '\(path)' is no relative path without '..'", hint: "a subPath counts from the volume's root")
        }
        return path
    }
}
