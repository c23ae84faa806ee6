import Foundation
import Glibc
import Testing

/// A state root of its own for `hull image`, removed with this value.
final class ImagePlace: Sendable {
    let work: String
    var root: String { work + "/root" }

    init(_ name: String) throws {
        work = Machine.work + "/images-" + name
        _ = try? LifeTests.run(["rm", "-rf", "--one-file-system", work])
        try FileManager.default.createDirectory(atPath: work, withIntermediateDirectories: true)
    }

    deinit { _ = try? LifeTests.run(["rm", "-rf", "--one-file-system", work]) }

    var words: [String] { [JournalStore.program, "image", "--root", root, "--run-root", work + "/run"] }

    /// One verb to its end.
    @discardableResult
    func callAsFunction(_ arguments: String..., input: String = Machine.null) throws -> Outcome {
        try run(words + arguments, input: input)
    }

    /// A shell script with `I`, the command up to the verb, W, the working directory, and R, the root file system.
    @discardableResult
    func script(_ script: String, in prefix: [String] = []) throws -> Outcome {
        try run(
            prefix + ["sh", "-ec", script],
            environment: ["I": words.joined(separator: " "), "W": work, "R": Machine.rootfs, "B": Machine.hullDirectory])
    }

    /// What lies in the store, blobs, layers and work. Who was killed early has made no place for some.
    func contents() throws -> [String] {
        try ["blobs/sha256", "layers/sha256", "incoming"].filter { Machine.exists(root + "/images/" + $0) }.flatMap { part in
            try FileManager.default.contentsOfDirectory(atPath: root + "/images/" + part).map { part + "/" + $0 }
        }
    }
}

extension Requirement {
    static let skopeo = ConditionTrait.enabled("skopeo is not installed") { Machine.exists("/usr/bin/skopeo") }
    static let umoci = ConditionTrait.enabled("umoci is not installed") { Machine.exists("/usr/bin/umoci") }
}
