import CommandSupport
import ContainerRuntime
import LinuxKernel

/// From the words of a command line to an exit code.
@main
enum Program {
    static func main() {
        let streamFailure = MissingStreams.open()
        exitImmediately(run(streamFailure))
    }

    private static func run(_ streamFailure: KernelError?) -> Int32 {
        var globals = GlobalOptions.none
        do throws(UsageError) {
            let words = try Arguments.words()
            let invocation = try Invocation(words, globals: &globals)
            return carryOut(invocation, streamFailure)
        } catch {
            return answer(error, globals)
        }
    }

    /// No command to carry out: help, or what is wrong with the words.
    private static func answer(_ error: UsageError, _ globals: GlobalOptions) -> Int32 {
        switch error {
        case .helpRequested(let command): return show(Help.text(for: command))
        case .wrong(let message, let hint):
            let log: Log
            // What is wrong with the command matters more than a log that cannot be opened as well.
            do throws(KernelError) { log = try Log(globals) } catch { log = .plain }
            log.fail(message, hint: hint)
            return Command.failureCode(ofCommand: globals.command)
        }
    }

    private static func carryOut(_ invocation: Invocation, _ streamFailure: KernelError?) -> Int32 {
        let failureCode = Command.failureCode(ofCommand: invocation.globals.command)
        var log = Log.plain
        do throws(RuntimeError) {
            let inherited = try InheritedDescriptors(invocation.command)
            do throws(KernelError) { log = try Log(invocation.globals) } catch {
                throw RuntimeError(error, "cannot open the log")
            }
            if let streamFailure { throw RuntimeError(streamFailure, "cannot open /dev/null for a closed stream") }
            return try Session(invocation.globals, log, inherited).carryOut(invocation.command)
        } catch {
            log.fail(error.description, hint: error.hint)
            return failureCode
        }
    }

    private static func show(_ text: String) -> Int32 {
        do throws(KernelError) {
            try FileDescriptor.standardOutput.writeAll(text.utf8, subject: "stdout")
            return 0
        } catch {
            Log.plain.fail("\(error)")
            return 1
        }
    }
}
