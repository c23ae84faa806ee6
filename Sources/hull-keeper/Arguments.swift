import Keeper
import LinuxKernel

/// What a keeper is started with. Written by our own programs only, so that anything odd is nil.
struct Arguments {
    var root: String?
    var runRoot: String?
    /// Where it says that it is ready; closed then.
    var ready: FileDescriptor?
    /// A worker that was started together with it.
    var worker: Keeper.StartedWorker?
    var inheritance: Keeper.Inheritance?
    var uid = ""

    init?(_ words: [String]) {
        var words = words[...]
        var lock: FileDescriptor?
        var listener: FileDescriptor?
        var terminals: [(container: String, master: FileDescriptor)] = []
        while let word = words.popFirst(), word.hasPrefix("--") {
            guard let value = words.popFirst() else { return nil }
            switch word {
            case "--root": root = value
            case "--run-root": runRoot = value
            case "--ready": ready = Self.descriptor(value)
            case "--worker":
                let parts = value.split(separator: "=", maxSplits: 1)
                guard parts.count == 2, let pid = Int32(parts[0]), let socket = Self.descriptor(String(parts[1])) else {
                    return nil
                }
                worker = Keeper.StartedWorker(pid: pid, socket: socket)
            case "--lock": lock = Self.descriptor(value)
            case "--listener": listener = Self.descriptor(value)
            case "--terminal":
                let parts = value.split(separator: "=", maxSplits: 1)
                guard parts.count == 2, let master = Self.descriptor(String(parts[1])) else { return nil }
                terminals.append((String(parts[0]), master))
            default: return nil
            }
            if words.count == 1, let last = words.first, !last.hasPrefix("--") {
                uid = last
                break
            }
        }
        guard root != nil, !uid.isEmpty else { return nil }
        if let lock, let listener {
            inheritance = Keeper.Inheritance(lock: lock, listener: listener)
            inheritance?.terminals = terminals
        }
    }

    /// What no worker may inherit.
    var kept: [FileDescriptor] {
        [ready, worker?.socket, inheritance?.lock, inheritance?.listener].compactMap { $0 }
            + (inheritance?.terminals.map(\.master) ?? [])
    }

    private static func descriptor(_ text: String) -> FileDescriptor? { Int32(text).map { FileDescriptor($0) } }
}
