internal import ContainerRuntime
internal import InitProtocol
internal import LinuxKernel
internal import LinuxTypes
internal import PodRecords
internal import PodSpec

/// Where a container's program is looked for.
struct ProgramPlace {
    let pod: Pod
    let container: Container
    let id: String

    init(_ pod: Pod, _ container: Container, _ id: String) {
        self.pod = pod
        self.container = container
        self.id = id
    }
}

/// Why a program could not be executed, as its file tells while the container's root is still there.
extension PodWorker {
    func diagnose(_ error: RuntimeError, in place: ProgramPlace) -> PodError {
        let plain = PodError(error)
        guard error.kind == .program, let failure = error.initFailure else { return plain }
        let found: (fault: Fault, hint: String)?
        do throws(KernelError) { found = try explain(failure, in: place) } catch {
            // The kernel's own word is what is left.
            return plain
        }
        guard let found else { return plain }
        return PodError(plain.kind, plain.message, hint: found.hint, fault: found.fault)
    }

    private func explain(_ failure: InitFailure, in place: ProgramPlace) throws(KernelError) -> (fault: Fault, hint: String)? {
        switch failure.errno {
        case .E2BIG: return (.argumentsTooLong, "arguments and variables are too long together: shorten them")
        case .EPERM:
            return (
                .executionRefused,
                "the seccomp profile may refuse execve, or the file has capabilities that the container may not get"
            )
        default: break
        }
        // Order: opening is harmless of a regular file only.
        guard failure.subject.hasPrefix("/"), let path = ContainerPath(failure.subject),
            let handle = try open(path, .pathOnly, in: place)
        else { return nil }
        let status = try handle.descriptor.status()
        if status.type == .directory { return (.programIsDirectory, "'\(failure.subject)' is a directory: name a file in it") }
        if failure.errno == .EACCES {
            if try handle.descriptor.isOnNoexecMount() {
                return (
                    .noexecMount, "'\(failure.subject)' is on a mount without the right to execute (noexec): put it elsewhere"
                )
            }
            if failure.step == .program {
                return (
                    .programNotExecutable,
                    "the file's mode is \(String(status.permissions & 0o7777, radix: 8)): chmod +x it in the image, or run it by an interpreter"
                )
            }
        }
        guard status.type == .regular, let file = try open(path, [.readOnly, .nonblocking], in: place) else { return nil }
        return Self.explain(failure, ProgramHead(try file.descriptor.readSome(ProgramHead.limit)).kind)
    }

    private static func explain(_ failure: InitFailure, _ kind: ProgramHead.Kind) -> (fault: Fault, hint: String)? {
        switch (failure.errno, kind) {
        case (.ENOENT, .script(let interpreter)) where interpreter.hasSuffix("\r"):
            return (
                .missingInterpreter,
                "the script's first line ends with a carriage return, which is taken for a part of the name: save it with Unix line ends"
            )
        case (.ENOENT, .script(let interpreter)):
            return (.missingInterpreter, "the script's interpreter '\(interpreter)' is not in the container")
        case (.ENOENT, .elf(_, let loader?)):
            return (
                .missingLoader,
                "its dynamic loader '\(loader)' is not in the container: take an image with that C library, or a static program"
            )
        case (.ENOEXEC, .elf(let machine?, _)):
            return (.wrongArchitecture, "it is a program for \(machine): load the image for this machine")
        case (.ENOEXEC, .script(let interpreter)):
            return (.notAProgram, "the script's interpreter '\(interpreter)' is no program of this machine")
        case (.ENOEXEC, .empty): return (.notAProgram, "the file is empty")
        case (.ENOEXEC, _):
            return (.notAProgram, "it is no program, and no script with a first line '#!…': name its interpreter in 'command'")
        case (.EACCES, .script(let interpreter)):
            return (.programNotExecutable, "the script's interpreter '\(interpreter)' cannot be executed")
        default: return nil
        }
    }

    /// A file as the container sees it: in its root, or in the volume that is mounted over that. nil where it cannot be found from here.
    private func open(
        _ path: ContainerPath, _ flags: OpenFlags, in place: ProgramPlace
    ) throws(KernelError) -> OwnedDescriptor? {
        var base = rootPath(place.id)
        var inside = path
        func isBelow(_ prefix: String) -> Bool { path.string == prefix || path.string.hasPrefix(prefix + "/") }
        let mounts = place.container.volumeMounts.filter { isBelow($0.mountPath.string) }
        if let mount = mounts.max(by: { $0.mountPath.string.utf8.count < $1.mountPath.string.utf8.count }) {
            guard mount.part == nil, let volume = place.pod.spec.volumes.first(where: { $0.name == mount.name }),
                let rest = ContainerPath("/" + path.string.dropFirst(mount.mountPath.string.utf8.count))
            else { return nil }
            (base, inside) = (self.place(of: volume, in: place.pod), rest)
        } else if isBelow("/dev/shm"), let rest = ContainerPath("/" + path.string.dropFirst(8)) {
            (base, inside) = (places.sandbox(uid).appending("shm"), rest)
        }
        let root = RootDirectory(owning: try FileDescriptor.workingDirectory.open(base.string, [.readOnly, .directory]))
        do throws(KernelError) { return try root.open(inside, flags) } catch {
            if error.errno == .ENOENT { return nil }
            throw error
        }
    }
}

extension Fault {
    /// What an init reported, without a look at anything else.
    init?(_ failure: InitFailure) {
        switch (failure.step, failure.errno) {
        case (.program, .EACCES): self = .programNotExecutable
        case (.program, _): self = .missingProgram
        case (.execute, .ENOEXEC): self = .notAProgram
        case (.execute, .ENOENT): self = .missingInterpreter
        case (.execute, .E2BIG): self = .argumentsTooLong
        case (.execute, .EPERM): self = .executionRefused
        case (.workingDirectory, _): self = .badWorkingDirectory
        case (.mount, _): self = .mountFailed
        default: return nil
        }
    }
}
