/// A signal number, `signal(7)`.
public struct Signal: RawRepresentable, Hashable, Sendable {
    public let rawValue: Int32

    public init(rawValue: Int32) { self.rawValue = rawValue }

    public static let interrupt = Signal(rawValue: 2)
    public static let kill = Signal(rawValue: 9)
    public static let brokenPipe = Signal(rawValue: 13)
    public static let terminate = Signal(rawValue: 15)
    public static let child = Signal(rawValue: 17)
    public static let fileSizeExceeded = Signal(rawValue: 25)
    public static let `continue` = Signal(rawValue: 18)
    public static let stop = Signal(rawValue: 19)
    public static let windowChange = Signal(rawValue: 28)

    /// The highest signal number, `SIGRTMAX`.
    public static let highest: Int32 = 64

    /// Reads what people and callers write: `9`, `KILL`, `SIGKILL`, `sigkill`, `RTMIN`, `SIGRTMIN+3`, `RTMAX-1`, and `0`, which only
    /// asks whether the process is there. nil for anything else.
    public init?(parsing text: String) {
        if let number = Self.strictNumber(text) {
            guard number <= Self.highest else { return nil }
            self.init(rawValue: number)
            return
        }
        var name = Self.upperCased(text)
        if name.hasPrefix("SIG") { name.removeFirst(3) }
        if let number = Self.numbers[name] ?? Self.realTime(name) {
            self.init(rawValue: number)
        } else {
            return nil
        }
    }

    /// `SIGTERM`, `SIGRTMIN+3`, …
    public var name: String {
        if let known = Self.numbers.first(where: { $0.value == rawValue && !Self.aliases.contains($0.key) }) {
            return "SIG" + known.key
        }
        if rawValue >= Self.realTimeFirst, rawValue <= Self.highest {
            return rawValue == Self.realTimeFirst ? "SIGRTMIN" : "SIGRTMIN+\(rawValue - Self.realTimeFirst)"
        }
        return "signal \(rawValue)"
    }

    /// glibc keeps 32 and 33 for itself; `SIGRTMIN` is 34 for every program that we may meet.
    private static let realTimeFirst: Int32 = 34

    private static func realTime(_ name: String) -> Int32? {
        if name == "RTMIN" { return realTimeFirst }
        if name == "RTMAX" { return highest }
        if name.hasPrefix("RTMIN+"), let offset = strictNumber(String(name.dropFirst(6))), offset <= highest - realTimeFirst {
            return realTimeFirst + offset
        }
        if name.hasPrefix("RTMAX-"), let offset = strictNumber(String(name.dropFirst(6))), offset <= highest - realTimeFirst {
            return highest - offset
        }
        return nil
    }

    /// ASCII letters only: by the rules of Unicode `ı` would be an `I` too, and `ſ` an `S`.
    private static func upperCased(_ text: String) -> String {
        String(decoding: text.utf8.map { $0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z") ? $0 - 0x20 : $0 }, as: UTF8.self)
    }

    private static func strictNumber(_ text: String) -> Int32? {
        guard !text.isEmpty, text.utf8.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }) else { return nil }
        return Int32(text)
    }

    private static let aliases: Set<String> = ["IOT", "CLD", "POLL"]

    private static let numbers: [String: Int32] = [
        "HUP": 1, "INT": 2, "QUIT": 3, "ILL": 4, "TRAP": 5, "ABRT": 6, "IOT": 6, "BUS": 7, "FPE": 8, "KILL": 9, "USR1": 10,
        "SEGV": 11, "USR2": 12, "PIPE": 13, "ALRM": 14, "TERM": 15, "STKFLT": 16, "CHLD": 17, "CLD": 17, "CONT": 18,
        "STOP": 19, "TSTP": 20, "TTIN": 21, "TTOU": 22, "URG": 23, "XCPU": 24, "XFSZ": 25, "VTALRM": 26, "PROF": 27,
        "WINCH": 28, "IO": 29, "POLL": 29, "PWR": 30, "SYS": 31,
    ]
}
