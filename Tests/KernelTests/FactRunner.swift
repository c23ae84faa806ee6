import Foundation
import Testing

/// Runs `kernel-facts`, which lies where this test's own executable does.
enum FactRunner {
    /// Every fact there is.
    static let all: [String] = {
        do {
            return try run([]).output.split(separator: "\n").map(String.init)
        } catch {
            // Without the program no test would have arguments, and none would fail.
            return ["path-no-kernel-facts-program"]
        }
    }()

    /// The facts whose names begin with one of the words.
    static func names(_ groups: String...) -> [String] {
        all.filter { name in groups.contains { name.hasPrefix($0 + "-") } }
    }

    static func check(_ fact: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let result = try run([fact])
        if result.code == 77 {
            print("➜ Case \(fact) skipped: \"\(result.errors)\"")
            try Test.cancel("\(result.errors)")
        }
        #expect(result.code == 0, "\(fact): \(result.errors)", sourceLocation: sourceLocation)
    }

    private static func run(_ arguments: [String]) throws -> (code: Int32, output: String, errors: String) {
        let program = Process()
        program.executableURL = try URL(fileURLWithPath: FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
            .deletingLastPathComponent().appendingPathComponent("kernel-facts")
        program.arguments = arguments
        program.standardInput = FileHandle.nullDevice
        let output = Pipe()
        let errors = Pipe()
        program.standardOutput = output
        program.standardError = errors
        try program.run()
        // Both are a few lines: neither pipe fills while the other is read.
        let outputBytes = output.fileHandleForReading.readDataToEndOfFile()
        let errorBytes = errors.fileHandleForReading.readDataToEndOfFile()
        program.waitUntilExit()
        let code = program.terminationReason == .exit ? program.terminationStatus : 128 + program.terminationStatus
        return (
            code, String(decoding: outputBytes, as: UTF8.self),
            String(decoding: errorBytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        )
    }
}
