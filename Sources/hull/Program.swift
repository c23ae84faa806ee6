import CommandSupport
import ImageVerbs
import JournalVerbs
import LinuxKernel
import LinuxTypes
import StrictTree

/// From the words of a command line to an exit code.
@main
enum Program {
    static func main() {
        let streamFailure = MissingStreams.open()
        do throws(Failure) {
            if let streamFailure { throw Failure(streamFailure, "cannot open /dev/null for a closed stream") }
            // Whoever closes our output ends us by an error that can be told from others, not by a signal.
            do throws(KernelError) { try setBlockedSignals(SignalSet([.brokenPipe])) } catch {
                throw Failure(error, "cannot start")
            }
            exitImmediately(try run().rawValue)
        } catch {
            if let message = error.message { Log.plain.fail(message, hint: error.hint) }
            exitImmediately(error.exit.rawValue)
        }
    }

    private enum Request {
        case version
        case help
        case journal(JournalCommand, StoreOptions)
        case journalHelp(verb: String?)
        case image(ImageCommand, StoreOptions)
        case imageHelp(verb: String?)
    }

    private static func run() throws(Failure) -> ExitCode {
        switch try request() {
        case .version: try Output.write(Version.text(of: "hull").utf8)
        case .help: try Output.write(help.utf8)
        case .journalHelp(let verb): try Output.write(JournalHelp.text(for: verb).utf8)
        case .journal(let command, let options): return try JournalSession(try StorePlace(options)).carryOut(command)
        case .imageHelp(let verb): try Output.write(ImageHelp.text(for: verb).utf8)
        case .image(let command, let options): return try ImageSession(options).carryOut(command)
        }
        return .done
    }

    private static func request() throws(Failure) -> Request {
        do throws(UsageError) {
            return try read()
        } catch {
            switch error {
            case .helpRequested: return .help
            case .wrong(let message, let hint): throw Failure(message, hint: hint, exit: .usage)
            }
        }
    }

    private static func read() throws(UsageError) -> Request {
        var reader = ArgumentReader(try Arguments.words(), program: "hull")
        var store = StoreOptions()
        while let token = try reader.read(options) {
            if try store.take(token, reader) { continue }
            switch token {
            case .flag("version", true): return .version
            case .flag("help", true): return .help
            case .operand("journal"): return try journal(reader, store)
            case .operand("image"): return try image(reader, store)
            case .operand("help"):
                guard let name = reader.readOperand() else { return .help }
                switch name {
                case "journal": return .journalHelp(verb: reader.readOperand())
                case "image": return .imageHelp(verb: reader.readOperand())
                default: throw unknown(name)
                }
            case .operand(let name): throw unknown(name)
            default: break
            }
        }
        throw reader.wrong("there is no command")
    }

    private static func journal(_ reader: ArgumentReader, _ store: StoreOptions) throws(UsageError) -> Request {
        var store = store
        do throws(UsageError) {
            return .journal(try JournalCommand(reader, &store), store)
        } catch {
            guard case .helpRequested(let verb) = error else { throw error }
            return .journalHelp(verb: verb)
        }
    }

    private static func image(_ reader: ArgumentReader, _ store: StoreOptions) throws(UsageError) -> Request {
        var store = store
        do throws(UsageError) {
            return .image(try ImageCommand(reader, &store), store)
        } catch {
            guard case .helpRequested(let verb) = error else { throw error }
            return .imageHelp(verb: verb)
        }
    }

    private static func unknown(_ name: String) -> UsageError {
        .wrong(
            "unknown command '\(name)'\(Suggestion.hint(for: name, in: ["image", "journal", "help"]))", hint: "see 'hull --help'")
    }

    private static let options =
        StoreOptions.options + [Option("version", "v", help: "print the version"), Option("help", "h", help: "print this help")]

    private static var help: String {
        """
        Usage: hull COMMAND [ARGUMENTS]

        Runs pods on one Linux machine.

        Commands:
          image    keep images: load, save, list, and make bundles of them
          journal  read and write the journal: keys and values with history
          help     print the help of a command

        Options:
        \(Manual.list(options))
        Examples:
          # an image of a container engine, as a bundle to run
          hull image load app.tar && hull image bundle app:latest bundle
          # what the journal holds
          hull journal range /
          # everything about its verbs
          hull image --help
          hull journal --help

        """
    }
}
