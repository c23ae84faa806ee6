import CommandSupport
import Testing

@Suite struct OutputTests {
    private let time = "2026-11-23T23:05:48Z"

    @Test func aTextRecordHasTheShapeOfRunc() {
        #expect(
            LogFormat.text.record(.error, "container does not exist", time: time)
                == "time=\"2026-11-23T23:05:48Z\" level=error msg=\"container does not exist\"\n")
        #expect(
            LogFormat.text.record(.warning, "a \"b\" \\ c\nd\te\u{1b}[0m ü", time: time)
                == "time=\"2026-11-23T23:05:48Z\" level=warning msg=\"a \\\"b\\\" \\\\ c\\nd\\te\\x1b[0m ü\"\n")
    }

    @Test func aJSONRecordHasTheShapeOfRunc() {
        #expect(
            LogFormat.json.record(.error, "container does not exist", time: time)
                == "{\"level\":\"error\",\"msg\":\"container does not exist\",\"time\":\"2026-11-23T23:05:48Z\"}\n")
        #expect(
            LogFormat.json.record(.debug, "a \"b\"\nc", time: time)
                == "{\"level\":\"debug\",\"msg\":\"a \\\"b\\\"\\nc\",\"time\":\"2026-11-23T23:05:48Z\"}\n")
    }

    @Test func aTableHasTheLayoutOfRunc() {
        var table = Table(["ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"])
        #expect(table.text == "ID          PID         STATUS      BUNDLE      CREATED     OWNER\n")
        table.add(["a", "12", "running", "/a/long/bundle", "2026", "root"])
        #expect(
            table.text == """
                ID          PID         STATUS      BUNDLE           CREATED     OWNER
                a           12          running     /a/long/bundle   2026        root

                """)
    }

    private func table() -> Table {
        var table = Table(["NAME", "STATUS", "MESSAGE"], keeping: [0])
        table.add(["a-name-of-a-pod", "Running", "all of this is longer than the terminal"], moods: [1: .good])
        table.add(["b", "Error", "short"], moods: [1: .bad])
        return table
    }

    @Test func aTableEndsWhereATerminalDoes() {
        #expect(table().text(in: TextStyle(columns: 100)) == table().text)
        #expect(
            table().text(in: TextStyle(columns: 40)) == """
                NAME             STATUS   MESSAGE
                a-name-of-a-pod  Running  all of this i…
                b                Error    short

                """)
        // Twelve characters of each are left, and the name; then the edge cuts.
        #expect(
            table().text(in: TextStyle(columns: 24)) == """
                NAME             STATUS…
                a-name-of-a-pod  Runnin…
                b                Error …

                """)
        #expect(table().text(in: TextStyle(columns: 1)).split(separator: "\n").allSatisfy { $0 == "…" })
    }

    @Test func statesHaveColorsOnlyWhereTheStyleSays() {
        let colored = table().text(in: TextStyle(columns: 40, isColored: true))
        #expect(colored.contains("\u{1b}[32mRunning\u{1b}[0m  ") && colored.contains("\u{1b}[1;31mError\u{1b}[0m    "))
        #expect(!table().text.contains("\u{1b}"))
        #expect(TextStyle(columns: 5).fit("abcdef") == "abcd…" && TextStyle.plain.fit("abcdef") == "abcdef")
        #expect(TextStyle.plain.paint("x", .bad) == "x")
    }

    @Test func aCellCannotBreakATable() {
        var table = Table(["ID", "OWNER"])
        table.add(["a\nb", "\u{1b}[31mroot"])
        #expect(table.text == "ID          OWNER\na\\nb        \\x1b[31mroot\n")
    }

    @Test(arguments: [
        ("plain ü", "plain ü"), ("a\nb\r\n", "a\\nb\\r\\n"), ("\u{1b}]0;x\u{7}", "\\x1b]0;x\\x07"),
        ("\u{7f}\u{9b}", "\\x7f\\x9b"),
    ])
    func controlsDoNotReachATerminal(_ text: String, _ line: String) { #expect(PlainText.line(text) == line) }

    @Test func onlyTheContainersProcessesAreKept() {
        let output = """
            UID          PID    PPID  C STIME TTY          TIME CMD
            root           1       0  0 22:57 ?        00:00:00 12 init
            root          12       1  0 22:57 ?        00:00:00 sh
            root         123      12  0 22:57 ?        00:00:00 1

            """
        #expect(
            ProcessTable.filter(output, pids: [12, 124])
                == "UID          PID    PPID  C STIME TTY          TIME CMD\nroot          12       1  0 22:57 ?        00:00:00 sh\n"
        )
        #expect(ProcessTable.filter(output, pids: []) == "UID          PID    PPID  C STIME TTY          TIME CMD\n")
        #expect(ProcessTable.filter("USER CMD\nroot sh\n", pids: [1]) == nil)
        #expect(ProcessTable.filter("", pids: [1]) == nil)
    }

    @Test func theVersionHasTheLinesThatCallersRead() {
        let lines = Version.text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 5)
        #expect(lines[0] == "hull-runtime version \(Version.number)")
        #expect(lines[1].hasPrefix("commit: "))
        #expect(lines[2] == "spec: 1.3.0")
        #expect(lines[3].split(separator: " ").allSatisfy { $0.hasPrefix("+") })
        #expect(lines[4].isEmpty)
    }
}
