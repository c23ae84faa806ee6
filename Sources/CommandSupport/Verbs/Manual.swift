/// The help of one command.
public struct Manual: Sendable {
    /// What stands before the synopsis.
    let program: String
    /// Behind the program's name, as `kill [OPTIONS] ID [SIGNAL]`.
    let synopsis: String
    /// Sentences.
    let about: String
    let options: [Option]
    /// A command line each, and what it does.
    let examples: [(line: String, effect: String)]

    public init(
        program: String = "hull-runtime [GLOBAL OPTIONS]", synopsis: String, about: String, options: [Option],
        examples: [(line: String, effect: String)]
    ) {
        self.program = program
        self.synopsis = synopsis
        self.about = about
        self.options = options
        self.examples = examples
    }

    /// The text that `--help` prints.
    public var text: String {
        var text = "Usage: \(program) \(synopsis)\n\n\(about)\n"
        if !options.isEmpty { text += "\nOptions:\n" + Self.list(options) }
        text += "\nExamples:\n"
        for example in examples { text += "  # \(example.effect)\n  \(example.line)\n" }
        return text
    }

    /// Options in two columns.
    public static func list(_ options: [Option]) -> String {
        let width = options.map(\.synopsis.utf8.count).max() ?? 0
        return options.map { option in
            let gap = String(repeating: " ", count: width - option.synopsis.utf8.count + 2)
            return "  \(option.synopsis)\(gap)\(option.help)\n"
        }.joined()
    }
}

/// Help texts, made when somebody asks.
public enum Help {
    /// The help of a command, or of the program for nil.
    public static func text(for command: String?) -> String {
        switch command {
        case "create": CreateVerb.manual.text
        case "run": RunVerb.manual.text
        case "start": IdentifierVerb.start.text
        case "state": IdentifierVerb.state.text
        case "kill": KillVerb.manual.text
        case "delete": DeleteVerb.manual.text
        case "exec": ExecVerb.manual.text
        case "list": ListVerb.manual.text
        case "ps": PsVerb.manual.text
        case "spec": SpecVerb.manual.text
        case "features": FeaturesVerb.manual.text
        default: program
        }
    }

    private static var program: String {
        """
        Usage: hull-runtime [GLOBAL OPTIONS] COMMAND [ARGUMENTS]

        Makes and runs containers from OCI bundles.

        Commands:
          create    make a container; its program waits for 'start'
          start     let a created container's program run
          run       make a container and run its program
          exec      run one more program in a container
          kill      send a signal to a container
          delete    remove a container
          state     print a container's state as JSON
          list      list containers
          ps        list a container's processes
          spec      write a config.json to begin with
          features  print what this runtime can do as JSON
          help      print the help of a command

        Global options:
        \(Manual.list(GlobalOptions.options))
        Examples:
          # make a bundle and run it
          mkdir -p bundle/rootfs && hull-runtime spec -b bundle
          hull-runtime run -b bundle first
          # everything about one command
          hull-runtime exec --help

        """
    }
}
