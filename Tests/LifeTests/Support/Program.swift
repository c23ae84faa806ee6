import Dispatch
import Foundation
import Glibc
import Synchronization

/// How a program ended and what it said.
struct Outcome: Sendable {
    var code: Int32  // 128 + n for signal n, as a shell reports it
    var output: String
    var errors: String
    var timedOut = false

    var succeeded: Bool { code == 0 }
    var lines: [String] { output.split(separator: "\n").map(String.init) }
}

/// A started program; its output goes to files, so that nobody who inherits it can keep us waiting.
struct RunningProgram: Sendable {
    let pid: pid_t
    let outputPath: String
    let errorsPath: String

    /// Waits for the end of the program itself; at the deadline (seconds) its process group is killed.
    func wait(timeout: Double = Machine.patience) -> Outcome {
        let deadline = Deadline(seconds: timeout, group: pid)
        // It stays a zombie until the deadline is called off, so that nobody else's group is killed. Asking again and again would
        // take most of the time of a slow kernel with one processor.
        var information = siginfo_t()
        while waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) < 0, errno == EINTR {}
        let timedOut = deadline.isOver()
        var status: Int32 = 0
        waitpid(pid, &status, 0)
        let signal = status & 0x7f
        var outcome = Outcome(
            code: signal == 0 ? (status >> 8) & 0xff : 128 + signal, output: fileText(outputPath) ?? "",
            errors: fileText(errorsPath) ?? "")
        outcome.timedOut = timedOut
        unlink(outputPath)
        unlink(errorsPath)
        return outcome
    }

    func kill(_ signal: Int32 = SIGKILL) { _ = Glibc.kill(pid, signal) }
}

/// Kills a process group when its time is up.
private final class Deadline: Sendable {
    private enum State { case running, calledOff, over }

    private let state = Mutex(State.running)

    init(seconds: Double, group: pid_t) {
        DispatchQueue(label: "deadline").asyncAfter(deadline: .now() + seconds) { [weak self] in
            self?.state.withLock { state in
                guard state == .running else { return }
                state = .over
                Glibc.kill(-group, SIGKILL)
            }
        }
    }

    /// Calls it off, unless it was too late for that.
    func isOver() -> Bool {
        state.withLock { state in
            if state == .running { state = .calledOff }
            return state == .over
        }
    }
}

/// Starts `arguments` in a process group of its own with default signals, no descriptor but 0 (from `input`), 1 and 2, and only the
/// given environment.
func start(
    _ arguments: [String], environment: [String: String] = [:], input: String = Machine.null, inputDescriptor: Int32? = nil
) throws
    -> RunningProgram
{
    let outputPath = "/tmp/hull-life-output-" + UUID().uuidString
    let errorsPath = outputPath + ".errors"
    closeDescriptorsOnExec()

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if let inputDescriptor {
        posix_spawn_file_actions_adddup2(&actions, inputDescriptor, 0)
    } else {
        posix_spawn_file_actions_addopen(&actions, 0, input, O_RDWR, 0)
    }
    posix_spawn_file_actions_addopen(&actions, 1, outputPath, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, errorsPath, O_WRONLY | O_CREAT | O_APPEND, 0o600)

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    var variables = ["PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
    variables.merge(environment) { $1 }
    var argv = arguments.map { strdup($0) } + [nil]
    var envp = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for word in argv + envp { free(word) } }
    var pid: pid_t = 0
    let error = posix_spawnp(&pid, arguments[0], &actions, &attributes, &argv, &envp)
    guard error == 0 else { throw LifeError("spawn '\(arguments[0])': \(String(cString: strerror(error)))") }
    return RunningProgram(pid: pid, outputPath: outputPath, errorsPath: errorsPath)
}

/// Runs `arguments` to the end.
@discardableResult
func run(
    _ arguments: [String], environment: [String: String] = [:], input: String = Machine.null, timeout: Double = Machine.patience
) throws -> Outcome {
    try start(arguments, environment: environment, input: input).wait(timeout: timeout)
}

/// Whoever started the tests may have left descriptors open that would appear in containers.
private func closeDescriptorsOnExec() {
    for descriptor in Leaks.descriptors.compactMap(Int32.init) where descriptor > 2 { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
}

/// A failure of the harness, not of what it tests.
struct LifeError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// A whole file as text, nil where it cannot be read. Not by Foundation: of each file below /proc, whose size is 0, that keeps some kilobytes.
func fileText(_ path: String) -> String? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16 << 10)
    while true {
        let count = read(file, &buffer, buffer.count)
        if count < 0, errno == EINTR { continue }
        guard count >= 0 else { return nil }
        if count == 0 { return String(decoding: bytes, as: UTF8.self) }
        bytes += buffer[..<count]
    }
}

/// Asks every 2 ms until `condition` holds; false when patience ends.
func eventually(_ condition: () -> Bool) -> Bool {
    let deadline = Date().addingTimeInterval(Machine.patience)
    while Date() < deadline {
        if condition() { return true }
        usleep(2000)
    }
    return condition()
}
