import ContainerRuntime
import LinuxTypes

/// The grammar of `create`, most of which is that of `run` too.
enum CreateVerb {
    static let options = [
        Option("bundle", "b", value: "DIR", help: "the bundle (default: the working directory)"),
        Option("config", "f", value: "FILE", help: "instead of config.json; counts from the bundle"),
        Option("console-socket", value: "PATH", help: "a unix socket that gets the container's terminal"),
        Option("pidfd-socket", value: "PATH", help: "a unix socket that gets a pidfd of the container's init"),
        Option("pid-file", value: "FILE", help: "gets the pid of the container's init"),
        Option("preserve-fds", value: "N", help: "pass descriptors 3 to N+2 to the container"),
        Option("no-pivot", help: "do not use pivot_root, for a root on the initial ramfs"),
        Option("no-new-keyring", help: "keep the caller's session keyring"),
        Option("no-subreaper", help: "accepted; only 'run' adopts orphans"),
    ]

    static func parse(_ reader: inout ArgumentReader) throws(UsageError) -> Command {
        var draft = try Draft(reader)
        while let token = try reader.read(options) { try draft.take(token, reader) }
        return .create(try draft.request(reader))
    }

    /// A request of which the ID may still come.
    struct Draft {
        private var id: String?
        private var base: CreateRequest

        init(_ reader: ArgumentReader) throws(UsageError) {
            base = CreateRequest(id: "", bundle: try reader.path(".", "--bundle"))
        }

        mutating func take(_ token: ArgumentReader.Token, _ reader: ArgumentReader) throws(UsageError) {
            switch token {
            case .operand(let word):
                guard id == nil else { throw reader.tooMany(word) }
                id = word
            case .flag("no-pivot", let on): base.options.noPivot = on
            case .flag("no-new-keyring", let on): base.options.noNewKeyring = on
            case .flag: break
            case .value("bundle", let text): base.bundle = try reader.path(text, "--bundle")
            case .value("config", let text): base.configurationFile = text
            case .value("console-socket", let text): base.consoleSocket = try reader.path(text, "--console-socket").string
            case .value("pidfd-socket", let text): base.pidfdSocket = try reader.path(text, "--pidfd-socket").string
            case .value("pid-file", let text): base.pidFile = try reader.path(text, "--pid-file").string
            case .value("preserve-fds", let text): base.options.preservedDescriptors = try reader.number(text, "--preserve-fds")
            case .value: break
            }
        }

        func request(_ reader: ArgumentReader) throws(UsageError) -> CreateRequest {
            var request = base
            request.id = try reader.required(id)
            return request
        }
    }

    static var manual: Manual {
        Manual(
            synopsis: "create [OPTIONS] ID",
            about: """
                Makes the container ID from a bundle: its namespaces, cgroups and mounts. Its program does not run before
                'start'. A container whose process has a terminal needs --console-socket.
                """,
            options: options,
            examples: [
                ("hull-runtime create -b /bundles/web web", "make a container"),
                ("hull-runtime create --pid-file web.pid -b /bundles/web web", "and learn the pid of its init"),
            ])
    }
}
