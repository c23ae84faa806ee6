import JournalVerbs
import StrictTree
import Testing

@testable import Journal

@Suite struct RoundTripTests {
    private func keyValue(_ key: [UInt8], _ value: [UInt8], mod: Revision, isVolatile: Bool = false) -> KeyValue {
        KeyValue(
            key: Key(key), value: value, createRevision: mod - 1, modRevision: mod, version: 2, lease: 0, isVolatile: isVolatile,
            isFromEarlierBoot: false, isValueDamaged: false)
    }

    @Test func everyByteOfKeysAndValuesComesBack() throws {
        var keyValues: [KeyValue] = []
        var generator = SystemRandomNumberGenerator()
        for number in 0..<400 {
            let key =
                [UInt8(number & 0xff), UInt8(number >> 8)] + (0..<5).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let value = (0..<number).map { _ in UInt8.random(in: 0...255, using: &generator) }
            keyValues.append(keyValue(key, value, mod: Revision(number / 3 + 2), isVolatile: number % 2 == 0))
        }
        let answer = RangeAnswer(keyValues: keyValues, count: 400, revision: 500, gaps: [])
        let file = try DumpFile(DumpText.bytes(answer, at: 499, boot: "b"))
        #expect(file.revision == 499 && file.boot == "b")
        #expect(file.entries.map(\.key) == keyValues.map(\.key))
        #expect(file.entries.map(\.value) == keyValues.map(\.value))
        #expect(file.entries.map(\.modRevision) == keyValues.map(\.modRevision))
        #expect(file.entries.map(\.isVolatile) == keyValues.map(\.isVolatile))
    }

    @Test func theJSONOfAnAnswerIsStable() {
        let answer = RangeAnswer(
            keyValues: [keyValue([97], [98], mod: 4), keyValue([0xff], [0], mod: 5, isVolatile: true)], count: 3, revision: 9,
            gaps: [Gap(first: 2, last: 3, positions: 0..<8, reason: "why")])
        let arguments = ReadArguments(request: RangeRequest(.all, limit: 2), isSingle: false)
        #expect(
            String(decoding: RangeText.bytes(answer, arguments, PrintStyle(.json, isTerminal: false)), as: UTF8.self) == """
                {"header":{"revision":9},"kvs":[{"key":"a","create_revision":3,"mod_revision":4,"version":2,"value":"b"},\
                {"key_base64":"/w==","create_revision":4,"mod_revision":5,"version":2,"value":"\\u0000","volatile":true}],\
                "more":true,"count":3,"gaps":[{"first":2,"last":3,"reason":"why"}]}

                """)
        #expect(Marks.lines(answer) == ["gap at revision 2…3: why (bytes 0..<8)"])
    }

    @Test func linesAreThoseOfEtcdctl() {
        let answer = RangeAnswer(keyValues: [keyValue([97, 10], [98, 10], mod: 4)], count: 1, revision: 9, gaps: [])
        func text(_ format: PrintFormat, single: Bool, _ request: RangeRequest = RangeRequest(.all)) -> String {
            let arguments = ReadArguments(request: request, isSingle: single)
            return String(decoding: RangeText.bytes(answer, arguments, PrintStyle(format, isTerminal: false)), as: UTF8.self)
        }
        #expect(text(.simple, single: false) == "a\\n\nb\n\n")
        #expect(text(.raw, single: false) == "a\n\nb\n\n")
        #expect(text(.raw, single: true) == "b\n", "the value's bytes and nothing else")
        #expect(text(.simple, single: false, RangeRequest(.all, keysOnly: true)) == "a\\n\n")
        #expect(text(.simple, single: false, RangeRequest(.all, countOnly: true)) == "1\n")
    }
}
