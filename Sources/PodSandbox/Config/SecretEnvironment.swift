internal import LinuxKernel
internal import LinuxTypes
internal import PodRecords
internal import StrictTree

/// What of a container's environment comes from Secrets, for `exec`, whose programs get the same: a file of the attempt in the pod's run directory, for root
/// alone. The record of the configuration has placeholders in its place.
enum SecretEnvironment {
    /// `NAME=VALUE`; none where there is no file.
    static func read(_ places: PodPlaces, _ uid: PodUID, _ id: String) throws(PodError) -> [String] {
        let bytes: [UInt8]
        do throws(KernelError) {
            let file = try FileDescriptor.workingDirectory.open(
                places.secretEnvironments(uid).appending(id).string, [.readOnly, .noFollow])
            bytes = try file.descriptor.readToEnd(limit: 64 << 20, subject: "the secret variables")
        } catch {
            if error.errno == .ENOENT { return [] }
            throw PodError(error, "cannot read the secret variables of container '\(id)'")
        }
        do throws(TreeError) {
            var variables: [String] = []
            for element in try Document(json: bytes, limits: Limits(maxBytes: 64 << 20)).root.array {
                variables.append(try element.string)
            }
            return variables
        } catch {
            // The reason could repeat one of them.
            throw PodError(
                .failed, "the secret variables of container '\(id)' cannot be read", hint: "'hull restart' writes them again")
        }
    }
}

extension PodWorker {
    /// Order: before the container, whose programs may be asked for at once.
    func writeSecretEnvironment(_ id: String, _ texts: ConfigurationTexts) throws(PodError) {
        let variables = texts.secretVariables
        guard !variables.isEmpty else { return }
        var json = JSONWriter()
        json.array { json in for variable in variables { json.element(variable) } }
        let bytes = json.bytes
        try during("cannot write the secret variables of container '\(id)'") { () throws(KernelError) in
            let directory = places.secretEnvironments(uid).string
            try makeDirectories(directory, permissions: 0o700)
            let handle = try FileDescriptor.workingDirectory.open(directory, [.readOnly, .directory, .noFollow])
            // What a killed worker has left of the same attempt.
            try handle.descriptor.unlinkIfPresent(id)
            let file = try handle.descriptor.open(id, [.writeOnly, .create, .exclusive, .noFollow], permissions: 0o600)
            try file.descriptor.writeAll(bytes, subject: "the secret variables")
        }
    }

    func removeSecretEnvironment(_ id: String) throws(PodError) {
        try during("cannot remove the secret variables of container '\(id)'") { () throws(KernelError) in
            try FileDescriptor.workingDirectory.unlinkIfPresent(places.secretEnvironments(uid).appending(id).string)
        }
    }

    /// Those of all attempts, with their directory.
    func removeSecretEnvironments() throws(PodError) {
        let path = places.secretEnvironments(uid).string
        do throws(KernelError) {
            let directory = try FileDescriptor.workingDirectory.open(path, [.readOnly, .directory, .noFollow])
            for name in try directory.descriptor.directoryEntries() { try directory.descriptor.unlinkIfPresent(name) }
            try FileDescriptor.workingDirectory.removeDirectoryIfPresent(path)
        } catch {
            if error.errno != .ENOENT { throw PodError(error, "cannot remove the pod's secret variables") }
        }
    }
}
