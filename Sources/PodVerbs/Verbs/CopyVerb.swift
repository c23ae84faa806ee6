import CommandSupport
import JournalVerbs
public import LinuxTypes

/// What `cp` was given.
public struct CopyArguments: Hashable, Sendable {
    /// A path in a container.
    public struct Remote: Hashable, Sendable {
        public let pod: String
        /// nil is the pod's default one.
        public let container: String?
        public let path: ContainerPath

        public init(pod: String, container: String?, path: ContainerPath) {
            self.pod = pod
            self.container = container
            self.path = path
        }
    }

    public let remote: Remote
    public let local: HostPath
    public let isIntoContainer: Bool
}

/// The grammar of `cp`.
enum CopyVerb {
    static let options = [
        Option("container", "c", value: "NAME", help: "which container; without it the pod's default, or the first")
    ]

    static func parse(_ verb: inout VerbReader) throws(UsageError) -> CopyArguments {
        var container: String?
        try verb.read(options, limit: 2) { token, _ throws(UsageError) in
            if case .value("container", let name) = token { container = name }
        }
        let words = (try verb.operand(0, "source"), try verb.operand(1, "target"))
        let remotes = (try remote(words.0, container, verb.reader), try remote(words.1, container, verb.reader))
        switch remotes {
        case (let source?, nil):
            return CopyArguments(remote: source, local: try verb.reader.path(words.1, "the target"), isIntoContainer: false)
        case (nil, let target?):
            return CopyArguments(remote: target, local: try verb.reader.path(words.0, "the source"), isIntoContainer: true)
        case (nil, nil): throw verb.reader.wrong("neither of the two is in a pod: POD:PATH")
        case (_?, _?): throw verb.reader.wrong("one of the two is on this machine: a name with ':' is written ./NAME there")
        }
    }

    /// nil for a path of this machine: what begins with `/` or `.`, or has no colon.
    private static func remote(
        _ word: String, _ container: String?, _ reader: ArgumentReader
    ) throws(UsageError) -> CopyArguments.Remote? {
        guard word.utf8.first != UInt8(ascii: "/"), word.utf8.first != UInt8(ascii: ".") else { return nil }
        let parts = word.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else { return nil }
        var name = container
        var path = parts[1]
        // POD:CONTAINER:PATH, where what stands between the colons can be no path.
        if let colon = path.utf8.firstIndex(of: UInt8(ascii: ":")), !path[..<colon].utf8.contains(UInt8(ascii: "/")) {
            guard container == nil else { throw reader.wrong("'\(word)' names a container, and so does --container") }
            name = String(path[..<colon])
            path = String(path[path.utf8.index(after: colon)...])
        }
        guard !parts[0].isEmpty, !path.isEmpty, let inside = ContainerPath(path) else {
            throw reader.wrong("'\(word)' is no POD[:CONTAINER]:PATH")
        }
        return CopyArguments.Remote(pod: parts[0], container: name, path: inside)
    }

    static var manual: Manual {
        PodCommand.verbs.manual(
            synopsis: "cp [OPTIONS] POD[:CONTAINER]:PATH LOCAL | LOCAL POD[:CONTAINER]:PATH",
            about: """
                Copies a file or a directory with all below it out of a container that runs, or into it. Where the target is a directory, the source is copied
                into it under its own name; 'SOURCE/.' copies what is in it. The container needs no program for that, and no link in it leads out of it. What is
                copied out belongs to the caller, what is copied in to the container's root; permissions and times are kept, set-user-ID bits are not. Devices,
                sockets and FIFOs are left out, and told.
                """,
            options: options,
            examples: [
                ("hull cp web:/var/log/app.log .", "out"), ("hull cp -c db ./dump web:/tmp/", "in, to another container"),
                ("hull cp web:app:/etc/app/. ./app", "what is in a directory"),
            ])
    }
}
