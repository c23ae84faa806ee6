import CLinux
import Glibc
public import LinuxTypes

/// A set of signals, one bit each, as the kernel's `sigset_t`.
public struct SignalSet: Hashable, Sendable {
    var bits: UInt64

    public static let none = SignalSet(bits: 0)
    /// All that can be blocked.
    public static let all = SignalSet(bits: ~0)

    init(bits: UInt64) { self.bits = bits }

    public init(_ signals: [Signal]) {
        bits = signals.reduce(0) { $0 | 1 << UInt64($1.rawValue - 1) }
    }

    public mutating func remove(_ signal: Signal) { bits &= ~(1 << UInt64(signal.rawValue - 1)) }
}

/// `rt_sigprocmask(2)` `SIG_SETMASK`: sets the mask of blocked signals.
public func setBlockedSignals(_ set: SignalSet) throws(KernelError) {
    var bits = set.bits
    try check("rt_sigprocmask", "", withUnsafePointer(to: &bits) { systemCall(__NR_rt_sigprocmask, 2, address($0), 0, 8) })
}

/// Gives every signal its default action again. Handlers go with an execve; what the caller's caller ignored would not.
public func resetSignalActions() {
    // struct kernel_sigaction: handler, flags, restorer, mask. All zero is the default action.
    var action: (Int, Int, Int, Int) = (0, 0, 0, 0)
    for number in 1...64 where number != 9 && number != 19 {
        _ = withUnsafePointer(to: &action) { systemCall(__NR_rt_sigaction, number, address($0), 0, 8) }
    }
}

/// A `signalfd(2)` that yields the signals of a set, which the caller has blocked.
public struct SignalStream: ~Copyable, Sendable {
    private let handle: OwnedDescriptor

    public init(_ set: SignalSet) throws(KernelError) {
        var bits = set.bits
        let flags = Int(O_CLOEXEC | O_NONBLOCK)
        handle = OwnedDescriptor(
            try check("signalfd4", "", withUnsafePointer(to: &bits) { systemCall(__NR_signalfd4, -1, address($0), 8, flags) }))
    }

    public var descriptor: FileDescriptor { handle.descriptor }

    /// The next pending signal with the pid that sent it, or nil where none is pending.
    public func next() throws(KernelError) -> (signal: Signal, sender: UInt32)? {
        // struct signalfd_siginfo: 128 bytes; ssi_signo is the first word, ssi_pid the fourth.
        let bytes = withUnsafeTemporaryAllocation(byteCount: 128, alignment: 8) { buffer -> (Int, UInt32, UInt32) in
            let result = systemCall(__NR_read, handle.descriptor.argument, address(buffer.baseAddress), buffer.count)
            return (result, buffer.load(as: UInt32.self), buffer.load(fromByteOffset: 12, as: UInt32.self))
        }
        if bytes.0 == -Int(Errno.EAGAIN.rawValue) { return nil }
        try check("read", "signalfd", bytes.0)
        return (Signal(rawValue: Int32(bytes.1)), bytes.2)
    }
}

/// What `ppoll(2)` is asked to wait for on one descriptor, and what it answered.
public struct PollEntry: Hashable, Sendable {
    public let descriptor: FileDescriptor
    public var wantsRead: Bool
    public var wantsWrite: Bool
    public private(set) var canRead = false
    public private(set) var canWrite = false
    /// The other end is gone, or the descriptor is in error.
    public private(set) var hangup = false

    public init(_ descriptor: FileDescriptor, read: Bool = true, write: Bool = false) {
        self.descriptor = descriptor
        wantsRead = read
        wantsWrite = write
    }

    mutating func answer(_ events: Int16) {
        canRead = events & 0x1 != 0
        canWrite = events & 0x4 != 0
        hangup = events & 0x38 != 0
    }
}

/// `ppoll(2)`: waits until one of the entries is ready; false where `milliseconds` went by first. nil waits for ever. A signal that is not
/// blocked ends the wait early with true and nothing ready.
///
/// `atRest` is for who expects to wait long: the program's pages that were never written are unmapped first. What is needed again comes from the page cache, a
/// microsecond for sixteen pages.
public func waitUntilReady(
    _ entries: inout [PollEntry], milliseconds: Int?, atRest: Bool = false
) throws(KernelError) -> Bool {
    var raw = entries.map { entry in
        pollfd(fd: entry.descriptor.number, events: (entry.wantsRead ? 0x1 : 0) | (entry.wantsWrite ? 0x4 : 0), revents: 0)
    }
    var time = timespec(tv_sec: (milliseconds ?? 0) / 1000, tv_nsec: (milliseconds ?? 0) % 1000 * 1_000_000)
    let pagemap = atRest ? openPagemap() : DescriptorList()
    let number = pagemap.descriptors.first?.number ?? -1
    let result = raw.withUnsafeMutableBufferPointer { list in
        withUnsafePointer(to: &time) { time in
            let timeout = milliseconds == nil ? nil : time
            return atRest
                ? hull_poll_at_rest(list.baseAddress, UInt(list.count), timeout, number)
                : systemCall(__NR_ppoll, address(list.baseAddress), list.count, address(timeout), 0, 8)
        }
    }
    if result == -Int(Errno.EINTR.rawValue) { return true }
    let ready = try check("ppoll", "", result)
    for index in entries.indices { entries[index].answer(raw[index].revents) }
    return ready > 0
}

/// Empty where it cannot be had: a convenience only.
private func openPagemap() -> DescriptorList {
    var list = DescriptorList()
    do throws(KernelError) { list.append(try FileDescriptor.workingDirectory.open("/proc/self/pagemap", .readOnly)) } catch {
        // Then fewer pages are given back.
    }
    return list
}
