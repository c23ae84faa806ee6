import Foundation
import Glibc
import Testing

/// A state root of its own for `hull journal`, removed with this value.
final class JournalStore: Sendable {
    static let program = Machine.hullDirectory + "/hull"

    /// Seconds that a watch needs to print what there is.
    static let moment = Machine.isSlow ? 10 : 1

    let root: String
    let runRoot: String

    init(_ name: String) throws {
        let path = Machine.work + "/journal-" + name
        root = path + "/root"
        runRoot = path + "/run"
        try? FileManager.default.removeItem(atPath: path)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: (root as NSString).deletingLastPathComponent) }

    private var words: [String] { [Self.program, "journal", "--root", root, "--run-root", runRoot] }

    /// One verb to its end.
    @discardableResult
    func callAsFunction(_ arguments: String..., input: String = Machine.null) throws -> Outcome {
        try run(words + arguments, input: input)
    }

    /// One verb, started.
    func starting(_ arguments: String...) throws -> RunningProgram { try start(words + arguments) }

    /// A shell script with `J`, the command up to the verb, and ROOT.
    func script(_ script: String, in prefix: [String] = []) throws -> Outcome {
        try run(prefix + ["sh", "-c", script], environment: ["J": words.joined(separator: " "), "ROOT": root])
    }

    /// Changes one byte of the first segment.
    func flipByte(at offset: off_t) throws {
        let path = root + "/journal/segment-0000000000000001"
        let file = open(path, O_RDWR | O_CLOEXEC)
        guard file >= 0 else { throw LifeError("no '\(path)'") }
        defer { close(file) }
        var byte: UInt8 = 0
        guard pread(file, &byte, 1, offset) == 1 else { throw LifeError("'\(path)' is short") }
        byte ^= 1
        guard pwrite(file, &byte, 1, offset) == 1 else { throw LifeError("cannot write '\(path)'") }
    }

    /// Where some bytes stand in the first segment.
    func offset(of text: String) throws -> off_t {
        let data = try Data(contentsOf: URL(fileURLWithPath: root + "/journal/segment-0000000000000001"))
        guard let range = data.range(of: Data(text.utf8)) else { throw LifeError("'\(text)' is not in the segment") }
        return off_t(range.lowerBound)
    }
}

extension Requirement {
    static let shell = ConditionTrait.enabled("no hull in HULL_BIN or .build/hull/bin") { Machine.exists(JournalStore.program) }
}

/// Whether a verb ended with a code, printed this, and said something that contains these words.
func expectEnd(
    _ outcome: Outcome, _ code: Int32, _ output: String? = nil, says words: String = "",
    location: SourceLocation = #_sourceLocation
) {
    #expect(outcome.code == code, "\(outcome.errors)\(outcome.output)", sourceLocation: location)
    if let output { #expect(outcome.output == output, sourceLocation: location) }
    if words.isEmpty { #expect(outcome.errors == "", sourceLocation: location) }
    #expect(words.isEmpty || outcome.errors.contains(words), "\(outcome.errors)", sourceLocation: location)
}
