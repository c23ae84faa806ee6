internal import LinuxKernel
internal import LinuxTypes
internal import PodRecords
internal import PodSpec

extension PodWorker {
    /// What lasts as long as the pod; what the host has is looked at.
    func makeVolumes(_ pod: Pod) throws(PodError) {
        for volume in pod.spec.volumes {
            switch volume.source {
            case .emptyDir(let empty) where empty.medium == .memory: try mountMemory(volume.name, empty, pod)
            case .emptyDir(let empty):
                if case .hugePages(let size) = empty.medium {
                    try mountHugePages(volume.name, empty, size)
                } else {
                    try makeDirectory(volume.name, empty, label: pod.seLinuxFileLabel)
                }
            case .hostPath(let host):
                try HostPathCheck(volume.name, host).prepare()
                if pod.isPassedToHost(volume.name) { try mountPassing(volume.name, host) }
            case .projected(let projected): try mountProjected(volume.name, projected, pod)
            case .claim(let claim): try makeNamedVolume(claim, pod.metadata.namespace)
            case .image(let image): try mountImage(volume.name, image)
            }
            try takeOver(volume, pod)
        }
    }

    /// Where a volume is found in the pod's mount namespace.
    func place(of volume: Volume, in pod: Pod) -> HostPath {
        switch volume.source {
        case .emptyDir(let empty) where empty.medium != .disk: places.sandbox(uid).appending("volumes/\(volume.name)")
        case .emptyDir: places.volumes(uid).appending(volume.name)
        case .hostPath(let host):
            pod.isPassedToHost(volume.name) ? places.sandbox(uid).appending("volumes/\(volume.name)") : host.path
        case .projected, .image: places.sandbox(uid).appending("volumes/\(volume.name)")
        case .claim(let claim): places.namedVolume(claim.claimName, in: pod.metadata.namespace)
        }
    }

    /// Files of the pod that stay when its sandbox is stopped.
    private func makeDirectory(_ name: String, _ empty: EmptyDirVolume, label: String?) throws(PodError) {
        let path = places.volumes(uid).appending(name).string
        let directory = try during("cannot make volume '\(name)'") { () throws(KernelError) in
            var isNew = true
            do throws(KernelError) {
                try FileDescriptor.workingDirectory.makeDirectory(path, permissions: 0o777)
            } catch let error where error.errno == .EEXIST { isNew = false }
            let directory = try FileDescriptor.workingDirectory.open(path, [.readOnly, .directory, .noFollow])
            // Whoever a container runs as may write, whatever our mask is.
            if isNew { try directory.descriptor.changePermissions(0o777, subject: path) }
            if isNew, let label {
                try directory.descriptor.setAttribute(Array("security.selinux".utf8), to: Array(label.utf8) + [0])
            }
            return directory
        }
        if let limit = empty.sizeLimit {
            try hold(directory.descriptor, to: limit, "pods/\(uid)/volumes/\(name)", "volume '\(name)'")
        }
    }

    /// The pages are charged to the containers that write them. The size is in whole pages.
    private func mountHugePages(_ name: String, _ empty: EmptyDirVolume, _ pageSize: UInt64?) throws(PodError) {
        do throws(KernelError) {
            let place = try makeVolumePlace(name)
            let context = try FileSystemContext("hugetlbfs")
            try context.set("mode", to: "0777")
            if let pageSize { try context.set("pagesize", to: "\(pageSize)") }
            if let limit = empty.sizeLimit { try context.set("size", to: "\(limit.value)") }
            try context.mount(attributes: [.noSetuid, .noDevices]).attach(to: place.descriptor, subject: name)
        } catch {
            let hasNone = [.ENODEV, .EINVAL].contains(error.errno)
            throw PodError(
                .failed, "cannot make volume '\(name)' of huge pages: \(error)",
                hint: hasNone ? "the sizes that this kernel has are in /sys/kernel/mm/hugepages" : nil)
        }
    }

    private func makeVolumePlace(_ name: String) throws(KernelError) -> OwnedDescriptor {
        let parent = try FileDescriptor.workingDirectory.open(
            places.sandbox(uid).appending("volumes").string, [.readOnly, .directory, .noFollow])
        try parent.descriptor.makeDirectory(name, permissions: 0o755)
        return try parent.descriptor.open(name, [.pathOnly, .directory, .noFollow])
    }

    private func mountMemory(_ name: String, _ empty: EmptyDirVolume, _ pod: Pod) throws(PodError) {
        try during("cannot make volume '\(name)'") { () throws(KernelError) in
            let place = try makeVolumePlace(name)
            let context = try FileSystemContext("tmpfs")
            try context.set("mode", to: "0777")
            if let label = pod.seLinuxFileLabel { try context.set("context", to: label) }
            if let limit = empty.sizeLimit, limit.value > 0 { try context.set("size", to: "\(limit.value)") }
            try context.mount(attributes: [.noSetuid, .noDevices]).attach(to: place.descriptor, subject: name)
        }
    }
}

/// Whether at a path of the host there is what the manifest says, which may be made.
struct HostPathCheck {
    private let volume: String
    private let path: HostPath
    private let type: HostPathType

    init(_ volume: String, _ host: HostPathVolume) {
        self.volume = volume
        path = host.path
        type = host.type
    }

    func prepare() throws(PodError) {
        switch type {
        case .unchecked: return
        case .directoryOrCreate:
            if try found() == nil {
                try during("volume '\(volume)': cannot make '\(path)'") { () throws(KernelError) in
                    try makeDirectories(path.string, permissions: 0o755)
                }
            }
            try require(.directory, "a directory")
        case .fileOrCreate:
            if try found() == nil {
                try during("volume '\(volume)': cannot make '\(path)'") { () throws(KernelError) in
                    let file = try FileDescriptor.workingDirectory.open(
                        path.string, [.writeOnly, .create, .exclusive, .noFollow], permissions: 0o644)
                    try file.descriptor.changePermissions(0o644, subject: path.string)
                }
            }
            try require(.regular, "a file")
        case .directory: try require(.directory, "a directory")
        case .file: try require(.regular, "a file")
        case .socket: try require(.socket, "a socket")
        case .characterDevice: try require(.characterDevice, "a character device")
        case .blockDevice: try require(.blockDevice, "a block device")
        }
    }

    private func found() throws(PodError) -> FileType? {
        do throws(KernelError) { return try FileDescriptor.workingDirectory.statusFollowing(path.string).type } catch {
            if error.errno == .ENOENT { return nil }
            throw PodError(error, "volume '\(volume)'")
        }
    }

    private func require(_ wanted: FileType, _ noun: String) throws(PodError) {
        let type = try found()
        guard type == wanted else {
            throw PodError(
                .invalid, "volume '\(volume)': '\(path)' is \(type == nil ? "not there" : "not \(noun)")",
                hint: "make it, or let 'type' say what it is", fault: .badVolume)
        }
    }
}
