internal import Digests
internal import Journal
internal import LinuxKernel
internal import LinuxTypes
internal import PodRecords
internal import PodSpec
internal import StrictTree

/// The files with the values of Secrets.
extension ConfigStore {
    /// Writes the values to a new file, on the disk when this returns. Returns its name and digest.
    func writeValues(_ secret: ConfigDocument) throws(PodError) -> (file: String, digest: String) {
        try during("cannot keep the values of secret '\(secret.metadata.namespace)/\(secret.metadata.name)'") {
            () throws(KernelError) in
            var salt: [UInt8] = []
            for _ in 0..<4 { salt += withUnsafeBytes(of: try randomNumber()) { Array($0) } }
            let bytes = SecretFile(secret.entries).bytes(salt: salt)
            let name = PodUID(random: Array(salt.suffix(16))).string
            let directory = try openSecrets()
            let file = try directory.descriptor.open(
                name, [.writeOnly, .create, .exclusive, .noFollow], permissions: 0o600)
            try file.descriptor.writeAll(bytes, subject: "the file of a secret")
            try file.descriptor.synchronizeFileSystem(subject: "the file of a secret")
            return (name, Digest.of(bytes).description)
        }
    }

    /// The Secret with its values. Throws where its file is missing or is not what was written.
    func values(of record: SecretRecord) throws(PodError) -> ConfigDocument {
        let name = "\(record.metadata.namespace)/\(record.metadata.name)"
        let bytes = try during("cannot read the values of secret '\(name)'") { () throws(KernelError) in
            let directory = try openSecrets()
            guard let file = FileName(record.file) else {
                throw KernelError(call: "openat", errno: .EINVAL, subject: "the file of a secret")
            }
            let handle = try directory.descriptor.open(file, [.readOnly, .nonblocking])
            return try handle.descriptor.readToEnd(limit: 8 << 20, subject: "the file of a secret")
        }
        guard Digest.of(bytes).description == record.digest, let file = SecretFile(bytes) else {
            throw PodError(
                .failed, "the values of secret '\(name)' are damaged", hint: "apply it again: 'hull apply FILE'")
        }
        return ConfigDocument(
            .secret, record.metadata, entries: file.entries, isImmutable: record.isImmutable, type: record.type)
    }

    /// Makes a change while nobody else does, and takes away files that no record names after it: what was replaced, and what a killed `hull` has left.
    func changing<Result>(_ body: () throws(PodError) -> Result) throws(PodError) -> Result {
        _ = try during("cannot open the secrets") { () throws(KernelError) in
            try makeDirectories(places.secrets.string, permissions: 0o700)
            try makeDirectories(places.runRoot.string, permissions: 0o700)
        }
        return try PlaceLock.hold(places.runRoot.appending("secrets.lock")) { () throws(PodError) in
            let result = try body()
            try sweep()
            return result
        }
    }

    private func sweep() throws(PodError) {
        var named: Set<String> = []
        for value in try secretRecords() {
            do throws(TreeError) { named.insert(try SecretRecord(json: value).file) } catch {
                // Whatever it names cannot be told: nothing is taken away.
                return
            }
        }
        try during("cannot remove the values of a secret") { () throws(KernelError) in
            let directory = try openSecrets()
            for name in try directory.descriptor.directoryEntries() where !named.contains(name) {
                try directory.descriptor.unlinkIfPresent(name)
            }
        }
    }

    private func openSecrets() throws(KernelError) -> OwnedDescriptor {
        try FileDescriptor.workingDirectory.open(places.secrets.string, [.readOnly, .directory, .noFollow])
    }
}
