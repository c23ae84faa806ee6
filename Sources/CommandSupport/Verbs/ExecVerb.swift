import ContainerRuntime
import LinuxTypes

/// The grammar of `exec`: what stands behind the ID is the program with its arguments.
enum ExecVerb {
    static let options = [
        Option(
            "process", "p", value: "FILE", help: "a process of the runtime specification, instead of a program and its options"),
        Option("detach", "d", help: "return when the program runs"),
        Option("pid-file", value: "FILE", help: "gets the program's pid"),
        Option("tty", "t", help: "give it a terminal"),
        Option("console-socket", value: "PATH", help: "a unix socket that gets its terminal"),
        Option("pidfd-socket", value: "PATH", help: "a unix socket that gets its pidfd"),
        Option("cwd", value: "DIR", help: "its working directory, in the container"),
        Option("env", "e", value: "KEY=VALUE", help: "one more variable; may be repeated"),
        Option("user", "u", value: "UID[:GID]", help: "in numbers"),
        Option("additional-gids", "g", value: "GID", help: "one more group; may be repeated"),
        Option("cap", "c", value: "NAME", help: "one more capability; may be repeated"),
        Option("no-new-privs", help: "it shall not gain privileges"),
        Option("preserve-fds", value: "N", help: "pass descriptors 3 to N+2 to it"),
        Option("ignore-paused", help: "accepted"),
        Option("cgroup", value: "PATH", help: "not supported yet"),
        Option("apparmor", value: "PROFILE", help: "of AppArmor, instead of the container's"),
        Option("process-label", value: "LABEL", help: "of SELinux, instead of the container's"),
    ]

    static func parse(_ reader: inout ArgumentReader) throws(UsageError) -> Command {
        var request = ExecRequest(id: "")
        while let token = try reader.read(options) {
            switch token {
            case .operand(let id):
                request.id = id
                request.arguments = reader.takeRest()
                try check(request)
                return .exec(request)
            case .flag(let name, let on): take(name, on, &request)
            case .value("env", let text): request.environment.append(try variable(text))
            case .value("additional-gids", let text):
                for part in text.split(separator: ",", omittingEmptySubsequences: false) {
                    request.additionalGids.append(try reader.number(String(part), "--additional-gids"))
                }
            case .value("cap", let text):
                for part in text.split(separator: ",", omittingEmptySubsequences: false) {
                    request.capabilities.append(try CapabilityArgument.name(String(part)))
                }
            case .value(let name, let text): try take(name, text, &request, reader)
            }
        }
        throw .wrong("there is no container ID", of: "exec")
    }

    private static func take(_ name: String, _ on: Bool, _ request: inout ExecRequest) {
        switch name {
        case "detach": request.isDetached = on
        case "tty": request.terminal = on
        case "no-new-privs": request.noNewPrivileges = on
        default: break
        }
    }

    private static func take(
        _ name: String, _ text: String, _ request: inout ExecRequest, _ reader: ArgumentReader
    ) throws(UsageError) {
        switch name {
        case "process": request.processFile = try reader.path(text, "--process")
        case "pid-file": request.pidFile = try reader.path(text, "--pid-file").string
        case "console-socket": request.consoleSocket = try reader.path(text, "--console-socket").string
        case "pidfd-socket": request.pidfdSocket = try reader.path(text, "--pidfd-socket").string
        case "cwd": request.workingDirectory = try reader.path(text, "--cwd").string
        case "preserve-fds": request.preservedDescriptors = try reader.number(text, "--preserve-fds")
        case "user":
            let user = try UserArgument(parsing: text)
            request.uid = user.uid
            request.gid = user.gid
        // Empty means what is so anyway.
        case "apparmor": request.appArmorProfile = text.isEmpty ? nil : text
        case "process-label": request.seLinuxLabel = text.isEmpty ? nil : text
        default:
            // cgroup: the same.
            if !text.isEmpty { throw .wrong("--\(name) is not supported yet", hint: nil) }
        }
    }

    private static func variable(_ text: String) throws(UsageError) -> String {
        guard let equals = text.utf8.firstIndex(of: UInt8(ascii: "=")), equals > text.utf8.startIndex else {
            throw .wrong("--env '\(text)' is not KEY=VALUE", of: "exec")
        }
        return text
    }

    private static func check(_ request: ExecRequest) throws(UsageError) {
        if request.processFile == nil {
            if request.arguments.isEmpty { throw .wrong("there is no program to run behind the container ID", of: "exec") }
        } else if !request.arguments.isEmpty {
            throw .wrong("a program behind the container ID contradicts --process, which names one", of: "exec")
        }
    }

    static var manual: Manual {
        Manual(
            synopsis: "exec [OPTIONS] ID PROGRAM [ARGUMENTS]",
            about: """
                Runs one more program in a container, with the container's namespaces, cgroup and limits. Its exit code is that
                of 'exec'; 255 where it could not be run.
                """,
            options: options,
            examples: [
                ("hull-runtime exec -t web sh", "a shell in a container"),
                ("hull-runtime exec -u 1000:1000 -e LANG=C web id", "as another user, with one variable more"),
                ("hull-runtime exec -d --pid-file p -p process.json web", "from a file, in the background"),
            ])
    }
}
