import Foundation
import PodSpec
import StrictTree

/// Files beside the tests: Kubernetes' fields and vectors.
enum Fixtures {
    static func bytes(_ name: String) throws -> [UInt8] {
        let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")
        return try [UInt8](Data(contentsOf: directory.appendingPathComponent(name)))
    }

    static func json(_ name: String) throws -> Value { try Document(json: bytes(name)).root }
}

func manifest(_ text: String) throws(ManifestError) -> Manifest { try Manifest.read(Array(text.utf8), name: "pod.yaml") }

/// A pod of one container, with more lines of its spec, and of its container.
func pod(spec: String = "", container: String = "") throws(ManifestError) -> Pod {
    try manifest(podText(spec: spec, container: container)).pods[0]
}

func podText(spec: String = "", container: String = "") -> String {
    func indented(_ text: String, by count: Int) -> String {
        text.split(separator: "\n").map { String(repeating: " ", count: count) + $0 + "\n" }.joined()
    }
    return """
        apiVersion: v1
        kind: Pod
        metadata:
          name: p
        spec:
        \(indented(spec, by: 2))  containers:
          - name: c
            image: i:1
        \(indented(container, by: 4))
        """
}

/// What is wrong with a pod, one text for each, without places.
func problems(spec: String = "", container: String = "") -> [String] { problems(podText(spec: spec, container: container)) }

func problems(_ text: String) -> [String] {
    do {
        _ = try manifest(text)
        return []
    } catch {
        return error.problems.map { ($0.path.isEmpty ? "" : $0.path + ": ") + $0.message }
    }
}
