import ContainerRuntime

/// The grammar of `run`.
enum RunVerb {
    static let options =
        CreateVerb.options.filter { $0.name != "no-subreaper" } + [
            Option("detach", "d", help: "return when the program runs"),
            Option("keep", help: "keep the container after its end"),
            Option("no-subreaper", help: "do not adopt orphans of the container's processes"),
        ]

    static func parse(_ reader: inout ArgumentReader) throws(UsageError) -> Command {
        var draft = try CreateVerb.Draft(reader)
        var run = RunOptions()
        while let token = try reader.read(options) {
            switch token {
            case .flag("detach", let on): run.isDetached = on
            case .flag("keep", let on): run.keepsContainer = on
            case .flag("no-subreaper", let on): run.isNoSubreaper = on
            default: try draft.take(token, reader)
            }
        }
        return .run(try draft.request(reader), run)
    }

    static var manual: Manual {
        Manual(
            synopsis: "run [OPTIONS] ID",
            about: """
                Makes the container ID from a bundle and runs its program. In the foreground the program has the caller's streams
                and gets its signals; its exit code is that of 'run', 128 and the signal's number where a signal ended it, and
                the container is removed then.
                """,
            options: options,
            examples: [
                ("hull-runtime run -b /bundles/job job-1", "run a program to its end"),
                ("hull-runtime run -d --pid-file web.pid -b /bundles/web web", "run a service"),
            ])
    }
}
