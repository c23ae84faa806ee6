import LinuxKernel
import LinuxTypes

/// What a foreground `run` or `exec` does while the program runs: passes signals on, reaps, and serves the terminal.
struct ForegroundLoop: ~Copyable {
    /// All that can be passed on. Those that say that we ourselves are broken stay with us.
    static let signals: SignalSet = {
        var set = SignalSet.all
        for number in [4, 5, 7, 8, 11] as [Int32] { set.remove(Signal(rawValue: number)) }
        return set
    }()

    private let pid: Int32
    private let pidfd: FileDescriptor
    private let stream: SignalStream
    private var proxy: TerminalProxy?

    /// The caller has blocked `signals`.
    init(pid: Int32, pidfd: FileDescriptor, terminal: consuming OwnedDescriptor?) throws(KernelError) {
        let stream = try SignalStream(Self.signals)
        let proxy: TerminalProxy? =
            switch consume terminal {
            case .some(let master): try TerminalProxy(master)
            case .none: nil
            }
        self.pid = pid
        self.pidfd = pidfd
        self.stream = stream
        self.proxy = proxy
    }

    /// Waits until the program has ended and its terminal's last output is written.
    mutating func run() throws(KernelError) -> ExitStatus {
        while true {
            var entries = [PollEntry(pidfd), PollEntry(stream.descriptor)]
            let own = entries.count
            entries += proxyEntries()
            _ = try waitUntilReady(&entries, milliseconds: nil)
            if entries[1].canRead { try passSignals() }
            if entries.count > own { try serveProxy(Array(entries[own...])) }
            if entries[0].canRead, let status = try pidfd.waitForExit(blocking: false) {
                try finishProxy()
                return status
            }
        }
    }

    private func proxyEntries() -> [PollEntry] {
        switch proxy {
        case .some(let proxy): proxy.entries
        case .none: []
        }
    }

    private mutating func serveProxy(_ entries: [PollEntry]) throws(KernelError) {
        guard var taken = proxy.take() else { return }
        try taken.serve(entries)
        proxy = consume taken
    }

    private mutating func finishProxy() throws(KernelError) {
        guard var taken = proxy.take() else { return }
        try taken.finish()
    }

    private mutating func passSignals() throws(KernelError) {
        while let (signal, sender) = try stream.next() {
            switch signal {
            case .child:
                try reapOrphans()
            case .windowChange where hasProxy:
                try resizeProxy()
            default:
                // What the terminal's driver sends goes to the whole group and reaches the container by itself only if it has this terminal.
                _ = sender
                do throws(KernelError) { try pidfd.send(signal) } catch let error where error.errno == .ESRCH {}
            }
        }
    }

    private var hasProxy: Bool {
        switch proxy {
        case .some: true
        case .none: false
        }
    }

    private mutating func resizeProxy() throws(KernelError) {
        guard let taken = proxy.take() else { return }
        try taken.resize()
        proxy = consume taken
    }

    /// As a subreaper we get orphans of the container's processes; its init is left for the pidfd.
    private func reapOrphans() throws(KernelError) {
        while let ended = try peekEndedChild(), ended != pid {
            _ = try reapChild(ended)
        }
    }
}
