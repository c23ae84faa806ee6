import CLinux
import Glibc
import LinuxTypes

/// A terminal's size in characters.
public struct TerminalSize: Hashable, Sendable {
    public var rows: UInt16
    public var columns: UInt16

    public init(rows: UInt16, columns: UInt16) {
        self.rows = rows
        self.columns = columns
    }
}

/// A terminal's settings as they were, to put back.
public struct TerminalSettings: Sendable {
    fileprivate var raw: TerminalArguments
}

extension FileDescriptor {
    /// Whether this is a terminal, `tcgetattr(3)`.
    public var isTerminal: Bool {
        var raw = TerminalArguments()
        return withUnsafeMutablePointer(to: &raw) { systemCall(__NR_ioctl, argument, 0x5401, address($0)) } >= 0
    }

    /// `TCGETS`.
    public func terminalSettings() throws(KernelError) -> TerminalSettings {
        var raw = TerminalArguments()
        let result = withUnsafeMutablePointer(to: &raw) { systemCall(__NR_ioctl, argument, 0x5401, address($0)) }
        try check("ioctl", "TCGETS", result)
        return TerminalSettings(raw: raw)
    }

    /// `TCSETS`.
    public func setTerminalSettings(_ settings: TerminalSettings) throws(KernelError) {
        var raw = settings.raw
        let result = withUnsafePointer(to: &raw) { systemCall(__NR_ioctl, argument, 0x5402, address($0)) }
        try check("ioctl", "TCSETS", result)
    }

    /// `TIOCSWINSZ`.
    public func setTerminalSize(_ size: TerminalSize) throws(KernelError) {
        var raw = winsize(ws_row: size.rows, ws_col: size.columns, ws_xpixel: 0, ws_ypixel: 0)
        let result = withUnsafePointer(to: &raw) { systemCall(__NR_ioctl, argument, 0x5414, address($0)) }
        try check("ioctl", "TIOCSWINSZ", result)
    }

    /// `TIOCGWINSZ`.
    public func terminalSize() throws(KernelError) -> TerminalSize {
        var raw = winsize()
        let result = withUnsafeMutablePointer(to: &raw) { systemCall(__NR_ioctl, argument, 0x5413, address($0)) }
        try check("ioctl", "TIOCGWINSZ", result)
        return TerminalSize(rows: raw.ws_row, columns: raw.ws_col)
    }

    /// `TIOCSCTTY`: makes this the controlling terminal of the caller's new session.
    public func makeControllingTerminal() throws(KernelError) {
        try check("ioctl", "TIOCSCTTY", systemCall(__NR_ioctl, argument, 0x540e, 0))
    }

    /// Unlocks the other side of a pty master (`TIOCSPTLCK`) and opens it without its path (`TIOCGPTPEER`, Linux 4.13).
    public func openTerminalPeer() throws(KernelError) -> OwnedDescriptor {
        var unlocked: Int32 = 0
        let unlock = withUnsafePointer(to: &unlocked) { systemCall(__NR_ioctl, argument, 0x4004_5431, address($0)) }
        try check("ioctl", "TIOCSPTLCK", unlock)
        let flags = Int(O_RDWR | O_NOCTTY | O_CLOEXEC)
        return OwnedDescriptor(try check("ioctl", "TIOCGPTPEER", systemCall(__NR_ioctl, argument, 0x5441, flags)))
    }

    /// The number of a pty, `TIOCGPTN`: its name is `/dev/pts/<number>`.
    public func terminalNumber() throws(KernelError) -> UInt32 {
        var number: UInt32 = 0
        let result = withUnsafeMutablePointer(to: &number) { systemCall(__NR_ioctl, argument, 0x8004_5430, address($0)) }
        try check("ioctl", "TIOCGPTN", result)
        return number
    }
}

extension TerminalSettings {
    /// As `cfmakeraw(3)`: every byte goes through as it is, in both directions.
    public var madeRaw: TerminalSettings {
        var copy = self
        copy.raw.input &= ~UInt32(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON)
        copy.raw.output &= ~UInt32(OPOST)
        copy.raw.local &= ~UInt32(ECHO | ECHONL | ICANON | ISIG | IEXTEN)
        copy.raw.control = copy.raw.control & ~UInt32(CSIZE | PARENB) | UInt32(CS8)
        return copy
    }

    /// Without `ONLCR`: a newline that the container writes stays one byte.
    public var keepingNewlines: TerminalSettings {
        var copy = self
        copy.raw.output &= ~UInt32(ONLCR)
        return copy
    }
}

/// The kernel's `struct termios`, shorter than glibc's: four flag words, the line discipline and 19 control characters.
private struct TerminalArguments: Sendable {
    var input: UInt32 = 0
    var output: UInt32 = 0
    var control: UInt32 = 0
    var local: UInt32 = 0
    var rest: (UInt64, UInt64, UInt32, UInt32) = (0, 0, 0, 0)
}
