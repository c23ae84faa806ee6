import Journal
import JournalVerbs
import Testing

@Suite struct DumpTests {
    private let header = "{\"hull_journal_dump\":1,\"revision\":9,\"keys\":4,\"boot\":\"b\"}\n"
    private let lines = """
        {"key":"/a","create_revision":2,"mod_revision":7,"version":3,"value":"x\\u0000\\ny"}
        {"key":"/b","create_revision":4,"mod_revision":4,"version":1,"value":"","volatile":true}
        {"key_base64":"L/8=","create_revision":5,"mod_revision":5,"version":1,"value_base64":"/wA="}
        {"key":"/d","create_revision":7,"mod_revision":7,"version":1,"value":"d"}

        """

    private func dump(_ text: String) throws(Failure) -> DumpFile { try DumpFile(Array(text.utf8)) }

    private func puts(_ plan: LoadPlan) -> [[Operation]] { plan.steps.map(\.transaction.success) }

    @Test func aLoadWritesInTheOrderOfTheLastChanges() throws {
        let file = try dump(header + lines)
        let plan = try LoadPlan(file, LoadArguments(), boot: "b")
        #expect(
            puts(plan) == [
                [.put("/b", value: [])], [.put(Key([0x2f, 0xff]), value: [0xff, 0])],
                [.put("/a", value: Array("x\0\ny".utf8)), .put("/d", value: [100])],
            ])
        #expect(plan.steps.map(\.durability) == [.volatile, .durable, .durable])
        #expect(plan.steps.map(\.transaction.comparisons) == [[Comparison(.all, .version(0))], [], []])
        #expect(plan.keys == 4 && plan.leftOut == 0)
    }

    @Test func whatWasVolatileInAnotherBootIsLeftOutUnlessADurabilityIsNamed() throws {
        let file = try dump(header + lines)
        let plain = try LoadPlan(file, LoadArguments(), boot: "c")
        #expect(plain.keys == 3 && plain.leftOut == 1)
        var arguments = LoadArguments()
        arguments.durability = .durable
        arguments.mayMerge = true
        let all = try LoadPlan(file, arguments, boot: "c")
        #expect(all.keys == 4 && all.steps.allSatisfy { $0.durability == .durable && $0.transaction.comparisons.isEmpty })
    }

    @Test func whatHungOnALeaseIsLeftOutUnlessItIsDetached() throws {
        let leased = "{\"key\":\"/a\",\"mod_revision\":2,\"value\":\"\",\"lease\":7,\"lease_expired\":true}\n"
        let file = try dump(header.replacing("4", with: "2") + leased + "{\"key\":\"/b\",\"mod_revision\":3,\"value\":\"\"}\n")
        let plain = try LoadPlan(file, LoadArguments(), boot: "b")
        #expect(puts(plain) == [[.put("/b", value: [])]] && plain.leased == 1)
        var arguments = LoadArguments()
        arguments.detaches = true
        let all = try LoadPlan(file, arguments, boot: "b")
        #expect(puts(all) == [[.put("/a", value: [])], [.put("/b", value: [])]] && all.leased == 0)
    }

    @Test func aDamagedValueIsLeftOutOnlyWhereSomebodySaysSo() throws {
        let file = try dump(header.replacing("4", with: "1") + "{\"key\":\"/a\",\"mod_revision\":2,\"damaged\":true}\n")
        #expect(
            complaint { () throws(Failure) in _ = try LoadPlan(file, LoadArguments(), boot: "b") }
                == "the value of '/a' was damaged when the dump was made")
        var arguments = LoadArguments()
        arguments.skipsDamaged = true
        let plan = try LoadPlan(file, arguments, boot: "b")
        #expect(plan.steps.isEmpty && plan.damaged == 1)
    }

    @Test func largeTransactionsAreSplit() throws {
        let many = (0..<300).map { "{\"key\":\"/\($0)\",\"mod_revision\":2,\"value\":\"\"}\n" }.joined()
        let plan = try LoadPlan(try dump(header.replacing("4", with: "300") + many), LoadArguments(), boot: "b")
        #expect(plan.steps.map(\.transaction.success.count) == [128, 128, 44])
    }

    @Test(arguments: [
        ("", "the dump is empty"), ("{}\n", "line 1: this is no dump of a journal"),
        (
            "{\"hull_journal_dump\":2,\"revision\":9,\"keys\":0,\"boot\":\"\"}",
            "line 1: the dump has format 2, this program knows 1"
        ),
        ("#{\"key\":\"/a\",\"value\":\"\"}\n", "the dump has 1 keys of 4: it was cut off or changed"),
        ("#{\"key\":\"/a\",\"value\":\"\"}\n{\"key\":\"/a\",\"value\":\"\"}\n", "line 3: key '/a' is there twice"),
        ("#{\"key\":\"\",\"value\":\"\"}\n", "line 2: key is not provided"),
        ("#{\"key\":\"/a\"}\n", "line 2: 'value' is missing"),
        (
            "#{\"key\":\"/a\",\"value\":\"\",\"vresion\":1}\n",
            "line 2: /vresion: unknown member 'vresion'; did you mean 'version'?"
        ),
        ("#\n", "line 2: "),
    ])
    func mistakesAreNamed(_ text: String, _ message: String) {
        let said = complaint { () throws(Failure) in _ = try dump(text.replacing("#", with: header)) }
        #expect(said.hasPrefix(message), "\(said)")
    }
}
