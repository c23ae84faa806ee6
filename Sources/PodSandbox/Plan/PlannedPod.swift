internal import Digests
internal import StrictTree

/// What running a pod does, step by step in its order.
public struct PlannedPod: Hashable, Sendable {
    public let name: String
    public let namespace: String
    /// The manifest's; nil where a run draws one: `placeholder` stands for it.
    public let uid: String?
    public let network: String
    /// Fields of the manifest that have no effect on one machine.
    public let inert: [String]
    /// What the pod may miss.
    public let warnings: [String]
    public let sandbox: [PlannedStep]
    /// Init containers, one after the other, then those that run together.
    public let containers: [PlannedContainer]

    /// What stands for a uid that is not drawn yet.
    public static let placeholder = "00000000-0000-0000-0000-000000000000"
    /// What stands for the end of a name that is not drawn yet.
    public static let suffix = "xxxxx"

    func write(to json: inout JSONWriter) {
        json.member("name", name)
        json.member("namespace", namespace)
        json.member("uid", uid)
        json.member("network", network)
        json.member("inert", inert)
        json.member("warnings", warnings)
        json.array("sandbox") { json in for step in sandbox { json.object { step.write(to: &$0) } } }
        json.array("containers") { json in for container in containers { json.object { container.write(to: &$0) } } }
    }
}

/// What starting a container does. A later attempt does the same under its own number.
public struct PlannedContainer: Hashable, Sendable {
    public let name: String
    public let isInit: Bool
    public let image: String
    public let imageDigest: String
    public let steps: [PlannedStep]

    func write(to json: inout JSONWriter) {
        json.member("name", name)
        json.member("init", isInit)
        json.member("image", image)
        json.member("imageDigest", imageDigest)
        json.array("steps") { json in for step in steps { json.object { step.write(to: &$0) } } }
    }
}

/// What `hull run` does with what it is given.
public struct PlannedRun: Hashable, Sendable {
    /// ConfigMaps, Secrets and claims that are kept first, as `configmap/default/web`.
    public let kept: [String]
    public let pods: [PlannedPod]

    public init(kept: [String], pods: [PlannedPod]) {
        self.kept = kept
        self.pods = pods
    }

    /// Of all that a plan says: two that have the same do the same, but for uids and names that are drawn, and addresses that are free then.
    public var digest: String {
        var json = JSONWriter()
        json.object { write(to: &$0) }
        return Digest.of(json.bytes).description
    }

    /// One JSON object.
    public var json: [UInt8] {
        var json = JSONWriter(.spaces(2))
        json.object { json in
            json.member("digest", digest)
            write(to: &json)
        }
        return json.bytes
    }

    private func write(to json: inout JSONWriter) {
        // Whoever changes what a plan says changes this: a digest of another version holds for nothing.
        json.member("version", 1)
        json.member("kept", kept)
        json.array("pods") { json in for pod in pods { json.object { pod.write(to: &$0) } } }
    }
}
