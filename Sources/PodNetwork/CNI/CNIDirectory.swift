import LinuxKernel
public import LinuxTypes

/// The directory in which an operator has configured networks of CNI: the files whose names end in `.conflist`, in the order of their names.
public struct CNIDirectory: Hashable, Sendable {
    public let path: HostPath

    public init(_ path: HostPath) { self.path = path }

    /// A file of the directory, and what it is: a list, or why it is none.
    public struct Entry: Sendable {
        public let file: HostPath
        public let list: Result<CNINetworkList, NetworkError>
    }

    /// All files; none where there is no such directory.
    public func entries() throws(NetworkError) -> [Entry] {
        try names().filter { $0.hasSuffix(".conflist") }.sorted().map { name in
            let file = path.appending(name)
            do throws(NetworkError) { return Entry(file: file, list: .success(try Self.read(file))) } catch {
                return Entry(file: file, list: .failure(error))
            }
        }
    }

    private func names() throws(NetworkError) -> [String] {
        do throws(KernelError) {
            let directory = try FileDescriptor.workingDirectory.open(path.string, [.readOnly, .directory])
            return try directory.descriptor.directoryEntries()
        } catch {
            if error.errno == .ENOENT { return [] }
            throw NetworkError(.failed, "cannot list the directory of CNI networks: \(error)")
        }
    }

    /// The list with a name, the first where several have it. Throws `refused` where none has, with the names that there are and the files that could not be read.
    public func list(named name: String) throws(NetworkError) -> CNINetworkList {
        var names: [String] = []
        var failures: [String] = []
        for entry in try entries() {
            switch entry.list {
            case .success(let list):
                if list.name == name { return list }
                names.append("'\(list.name)'")
            case .failure(let error): failures.append(error.message)
            }
        }
        let known = names.isEmpty ? "there are none" : "there are: " + names.joined(by: ", ")
        throw NetworkError(
            .refused, "there is no network '\(name)' of CNI in '\(path)' (\(known))",
            hint: failures.isEmpty ? nil : failures.joined(by: "; "))
    }

    private static func read(_ file: HostPath) throws(NetworkError) -> CNINetworkList {
        let bytes = try during("cannot read '\(file)'") { () throws(KernelError) in
            let handle = try FileDescriptor.workingDirectory.open(file.string, [.readOnly, .nonblocking])
            return try handle.descriptor.readToEnd(limit: CNINetworkList.limit, subject: file.string)
        }
        do throws(NetworkError) { return try CNINetworkList(bytes) } catch {
            throw NetworkError(.refused, "'\(file)': \(error.message)")
        }
    }
}
