import SeededRandom
import Testing

@testable import PodSandbox

/// What the beginning of a file says, whatever stands there.
@Suite struct ProgramHeadTests {
    @Test(arguments: [
        ("", ProgramHead.Kind.empty), ("echo", .other), ("#!", .script(interpreter: "")),
        ("#! \t/bin/sh -e\nx", .script(interpreter: "/bin/sh")), ("#!/bin/sh\r\n", .script(interpreter: "/bin/sh\r")),
        ("\u{7f}ELF", .other),
    ])
    func `texts`(_ text: String, _ kind: ProgramHead.Kind) { #expect(ProgramHead(Array(text.utf8)).kind == kind) }

    /// An offset near the end of the numbers once overflowed in such a reader.
    @Test func `no bytes bring it down`() {
        let run = FuzzRun()
        var random = run.random
        while !run.isOver {
            var bytes: [UInt8] = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0]
            while bytes.count < Int.random(in: 64...300, using: &random) {
                bytes.append([0, 1, 3, 56, 64, 0x7f, 0xff].randomElement(using: &random) ?? 0)
            }
            if Bool.random(using: &random) { bytes[5] = 2 }
            guard case .elf = ProgramHead(bytes).kind else {
                Issue.record("no ELF: \(bytes)")
                return
            }
        }
    }
}
