public import LinuxKernel
public import LinuxTypes

/// Where the log of one attempt to run a container lies: `CONTAINER/ATTEMPT.log` below the log directory of its pod, or any path of names, as CRI's
/// `log_path`. What is rotated lies beside it.
public struct LogPlace: Hashable, Sendable, CustomStringConvertible {
    /// The pod's log directory, open for as long as the place is used; whoever made the place closes it.
    public let directory: FileDescriptor
    /// Directories below it. They are made, for the owner alone, when the first record is written.
    public let parents: [FileName]
    /// The file that is being written.
    public let name: FileName

    /// nil for an empty path.
    public init?(_ directory: FileDescriptor, path: [FileName]) {
        guard let name = path.last else { return nil }
        self.directory = directory
        self.name = name
        parents = path.dropLast()
    }

    /// `CONTAINER/ATTEMPT.log`. nil for a container whose name is no file name, and for a negative attempt.
    public init?(_ directory: FileDescriptor, container: String, attempt: Int) {
        guard attempt >= 0, let parent = FileName(container), let name = FileName("\(attempt).log") else { return nil }
        self.directory = directory
        self.name = name
        parents = [parent]
    }

    /// For messages.
    public var description: String { (parents + [name]).map(\.description).joined(by: "/") }

    /// The directory that holds the files, open for reading. A symbolic link on the way is `ELOOP`, as the last of them `ENOTDIR`.
    func open() throws(KernelError) -> OwnedDescriptor { try directory.openBeneath(parents, [.readOnly, .directory]) }

    /// The same, made where it is missing.
    func make() throws(KernelError) -> OwnedDescriptor {
        do throws(KernelError) { return try open() } catch let error where error.errno == .ENOENT {}
        for count in parents.indices {
            let above = try directory.openBeneath(parents[..<count], [.readOnly, .directory])
            do throws(KernelError) {
                try above.descriptor.makeDirectory(parents[count], permissions: 0o700)
            } catch let error where error.errno == .EEXIST {}
        }
        return try open()
    }

    /// Which attempts of a container have a log in a pod's log directory, oldest first; empty where there is no directory for it.
    public static func attempts(of container: String, in directory: FileDescriptor) throws(LogError) -> [Int] {
        guard let parent = FileName(container) else { return [] }
        return try kernel { () throws(KernelError) in
            let files: OwnedDescriptor
            do throws(KernelError) {
                files = try directory.openBeneath([parent], [.readOnly, .directory])
            } catch let error where error.errno == .ENOENT { return [] }
            var found: [Int] = []
            var names = try DirectoryStream(files.descriptor, bufferSize: 4096)
            while let (name, _) = try names.next() {
                let text = name.description
                if text.hasSuffix(".log"), let number = Int(text.dropLast(4)), number >= 0, "\(number).log" == text {
                    found.append(number)
                }
            }
            return found.sorted()
        }
    }
}
