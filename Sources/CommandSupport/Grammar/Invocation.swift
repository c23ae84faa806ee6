/// A command line that means something: the options for every command, and one command.
public struct Invocation: Sendable {
    public let globals: GlobalOptions
    public let command: Command

    public init(globals: GlobalOptions, command: Command) {
        self.globals = globals
        self.command = command
    }

    /// Reads the words after the program's name. `globals` gets what was understood even where this throws, for the log.
    public init(_ words: [String], globals: inout GlobalOptions) throws(UsageError) {
        var reader = ArgumentReader(words, program: GlobalOptions.program, globals: GlobalOptions.options)
        let name = try globals.read(&reader)
        if globals.wantsVersion {
            command = .version
        } else {
            guard let name else { throw .wrong("there is no command", of: nil) }
            command = try Command(name, &reader)
        }
        self.globals = globals
    }
}

extension GlobalOptions {
    /// None given.
    public static let none = GlobalOptions()
}
