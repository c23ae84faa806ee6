import CommandSupport
import ImageVerbs
import JournalVerbs
import LinuxKernel
import LinuxTypes
import PodRecords
import PodVerbs
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
        case network(NetworkCommand, StoreOptions)
        case networkHelp(verb: String?)
        case pod(PodCommand, StoreOptions)
        case podHelp(verb: String)
        case text(String)
        case worker(PodPlaces, PodUID)
    }

    private static func run() throws(Failure) -> ExitCode {
        switch try request() {
        case .version: try Output.write(Version.text(of: "hull").utf8)
        case .help: try Output.write(help.utf8)
        case .journalHelp(let verb): try Output.write(JournalHelp.text(for: verb).utf8)
        case .journal(let command, let options): return try JournalSession(try StorePlace(options)).carryOut(command)
        case .imageHelp(let verb): try Output.write(ImageHelp.text(for: verb).utf8)
        case .image(let command, let options): return try ImageSession(options).carryOut(command)
        case .networkHelp(let verb): try Output.write(NetworkHelp.text(for: verb).utf8)
        case .network(let command, let options): return try NetworkSession(options).carryOut(command)
        case .pod(let command, let options): return try PodSession(options).carryOut(command)
        case .podHelp(let verb): try Output.write((PodCommand.help(for: verb) ?? help).utf8)
        case .text(let text): try Output.write(text.utf8)
        case .worker(let places, let uid): try WorkerSession.work(places, uid)
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
            case .operand("network"): return try network(reader, store)
            case .operand("help"):
                guard let name = reader.readOperand() else { return .help }
                switch name {
                case "journal": return .journalHelp(verb: reader.readOperand())
                case "image": return .imageHelp(verb: reader.readOperand())
                case "network": return .networkHelp(verb: reader.readOperand())
                default:
                    guard let verb = PodCommand.name(name) else { throw unknown(name) }
                    return .podHelp(verb: verb)
                }
            case .operand("worker"):
                let (places, uid) = try WorkerSession.run(reader, store)
                return .worker(places, uid)
            case .operand(let word) where GrammarSession.words.contains(word):
                return .text(try GrammarSession.run(word, reader, help: help))
            case .operand(let name):
                guard let verb = PodCommand.name(name) else { throw unknown(name) }
                return try pod(verb, reader, store)
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

    private static func network(_ reader: ArgumentReader, _ store: StoreOptions) throws(UsageError) -> Request {
        var store = store
        do throws(UsageError) {
            return .network(try NetworkCommand(reader, &store), store)
        } catch {
            guard case .helpRequested(let verb) = error else { throw error }
            return .networkHelp(verb: verb)
        }
    }

    private static func pod(_ verb: String, _ reader: ArgumentReader, _ store: StoreOptions) throws(UsageError) -> Request {
        var store = store
        do throws(UsageError) {
            return .pod(try PodCommand(verb, reader, &store), store)
        } catch {
            guard case .helpRequested = error else { throw error }
            return .podHelp(verb: verb)
        }
    }

    private static func unknown(_ name: String) -> UsageError {
        .wrong(
            "unknown command '\(name)'\(Suggestion.hint(for: name, in: Grammar.verbs(of: nil)))",
            hint: "see 'hull --help'")
    }

    private static let options =
        StoreOptions.options + [Option("version", "v", help: "print the version"), Option("help", "h", help: "print this help")]

    private static var help: String {
        """
        Usage: hull COMMAND [ARGUMENTS]

        Runs pods on one Linux machine.

        Commands:
          run      run the pods of Kubernetes manifests
          plan     print what 'run' would do, and do nothing
          ps       list pods
          inspect  print all that is known of a pod
          logs     print what containers wrote
          exec     run one more program in a container
          attach   see, and write to, what a container does
          stop     stop pods
          restart  run pods again from the start
          rm       remove pods with volumes and logs
          wait     wait until pods have ended
          tree     print what a pod consists of
          stats    print what pods use
          audit    compare what is recorded with what there is
          cp       copy files into a container, or out of it
          port-forward  listen on a port of this machine for a pod
          freeze   stop pods where they are
          thaw     let frozen pods go on
          label    change labels of a pod
          container  create, start, stop and remove containers of a pod one by one
          apply    keep ConfigMaps, Secrets and volumes for pods
          config   list, print and remove ConfigMaps and Secrets
          volume   list and remove named volumes
          resize   change cpu and memory of pods that run
          history  every state of a pod, with its time and cause
          events   what happens to pods, images and volumes
          why      why a pod or container is as it is
          recover  after a reboot, run pods again whose restart policy says so
          upgrade  have keepers become the program that was installed since
          image    keep images: load, save, list, and make bundles of them
          network  look at the networks of pods, and after them
          journal  read and write the journal: keys and values with history
          completion  print a script for bash, zsh or fish that completes all this
          manual   write pages for man(1) to a directory
          version  print the version
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
