import LinuxTypes
import Testing

@Suite struct SignalTests {
    @Test(
        arguments: [
            ("9", 9), ("KILL", 9), ("SIGKILL", 9), ("sigkill", 9), ("Kill", 9), ("0", 0), ("64", 64), ("15", 15), ("TERM", 15),
            ("IOT", 6), ("ABRT", 6), ("CLD", 17), ("CHLD", 17), ("POLL", 29), ("IO", 29), ("SYS", 31), ("STKFLT", 16),
            ("RTMIN", 34), ("SIGRTMIN", 34), ("rtmin+0", 34), ("SIGRTMIN+3", 37), ("RTMIN+30", 64), ("RTMAX", 64),
            ("RTMAX-0", 64),
            ("SIGRTMAX-1", 63), ("RTMAX-30", 34), ("32", 32), ("33", 33),
        ] as [(String, Int32)])
    func `what callers write is understood`(text: String, number: Int32) {
        #expect(Signal(parsing: text)?.rawValue == number)
    }

    @Test(arguments: [
        "", " ", "TERM ", " TERM", "TERM\n", "SIG", "SIGSIGTERM", "SIG9", "65", "128", "-1", "+9", "9.0", "0x9", "4294967305",
        "99999999999999999999", "NOSUCH", "RTMIN+31", "RTMAX-31", "RTMIN-1", "RTMAX+1", "RTMIN+", "RTMIN+-1", "RTMIN 1", "٩",
        "TERM\0", "EXIT", "RTMIN+4294967295", "kıll", "ſigkill", "ſIGKILL", "uſr1", "K\u{2170}LL", "ＫＩＬＬ", "KILL\u{301}",
    ])
    func `what is no signal is nil`(text: String) {
        #expect(Signal(parsing: text) == nil)
    }

    @Test func `every number has a name that reads back`() {
        for number in 1...Signal.highest where number != 32 && number != 33 {
            let name = Signal(rawValue: number).name
            #expect(name.hasPrefix("SIG"))
            #expect(Signal(parsing: name)?.rawValue == number, "\(name)")
        }
    }

    @Test func `of two names the usual one is shown`() {
        #expect(Signal(rawValue: 6).name == "SIGABRT")
        #expect(Signal(rawValue: 17).name == "SIGCHLD")
        #expect(Signal(rawValue: 29).name == "SIGIO")
        #expect(Signal(rawValue: 34).name == "SIGRTMIN")
        #expect(Signal(rawValue: 37).name == "SIGRTMIN+3")
        #expect(Signal(rawValue: 33).name == "signal 33")
        #expect(Signal(rawValue: 0).name == "signal 0")
    }
}
