import Foundation
import OCISpec
import StrictTree

/// Example documents: those of the runtime specification, and others of our own.
enum Fixtures {
    private static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")

    static func bytes(_ name: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: directory.appendingPathComponent(name)))
    }

    static func names(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory.appendingPathComponent(folder).path).sorted()
            .map { "\(folder)/\($0)" }
    }
}

func decode<T: SpecValue>(_ type: T.Type = T.self, _ json: String) throws(TreeError) -> Decoded<T> {
    try Decoded(from: Document(json: Array(json.utf8)).root)
}

/// The error's text without its place; nil where the value is accepted.
func refusal<T: SpecValue>(_ type: T.Type = T.self, _ json: String) -> String? {
    do throws(TreeError) {
        _ = try decode(type, json)
        return nil
    } catch {
        return (error.pointer.isEmpty ? "" : error.pointer + ": ") + error.message
    }
}
