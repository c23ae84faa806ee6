public import StrictTree
import YAMLTree

/// What one file of a person asks for: its pods, in the order of the text.
public struct Manifest: Sendable {
    /// The file, as its reader called it.
    public let name: String
    /// At least one, unless the reader wants none, at most 1,000; no two with one name in one namespace.
    public private(set) var entries: [Entry]
    /// ConfigMaps and Secrets, in the order of the text; no two of a kind with one name in one namespace.
    public let documents: [DocumentEntry]
    /// PersistentVolumeClaims, likewise.
    public let claims: [ClaimEntry]

    /// One pod of a manifest.
    public struct Entry: Sendable {
        public var pod: Pod
        /// What has no effect here, or is left out; in the order of the text, at most 50.
        public let notes: [Note]
        /// Where the pod's document or element begins.
        public let position: Position
        let value: Value

        /// Where a field stands, by its path below the pod, as `spec.containers[0].image`; nil where the manifest does not give it.
        public func position(of path: String) -> Position? { value.descendant(path)?.position }
    }

    /// One ConfigMap or Secret of a manifest.
    public struct DocumentEntry: Sendable {
        public let document: ConfigDocument
        /// What has no effect here; in the order of the text, at most 50.
        public let notes: [Note]
    }

    /// One PersistentVolumeClaim of a manifest.
    public struct ClaimEntry: Sendable {
        public let claim: VolumeClaim
        /// What has no effect here; in the order of the text, at most 50.
        public let notes: [Note]
    }

    public var pods: [Pod] { entries.map(\.pod) }

    /// A manifest of one machine is a few kilobytes; these are some hundred times that.
    public static let limits = Limits(maxBytes: 4 << 20, maxDepth: 64, maxNodes: 1 << 18)

    /// Reads YAML or JSON: pods, what they use (ConfigMaps, Secrets, PersistentVolumeClaims) and Lists of these, one document or several; empty ones are
    /// skipped. Without any pod it is an error, unless none is needed.
    ///
    /// Fields are enforced, refused or noted as `FieldTable` says, and absent ones have Kubernetes' defaults. Throws everything that is wrong, each
    /// with its path and place; a text that is no YAML or JSON at the first such place. `name` stands in errors only.
    public static func read(
        _ bytes: consuming [UInt8], name: String, limits: Limits = Manifest.limits, needsPod: Bool = true
    ) throws(ManifestError) -> Manifest {
        let documents: [Document]
        do {
            documents = try Document.documents(yaml: bytes, limits: limits)
        } catch {
            throw ManifestError(name: name, problems: [Problem(error)])
        }
        var reading = ManifestReading()
        for document in documents { reading.read(document.root) }
        return try reading.manifest(name: name, needsPod: needsPod)
    }
}

extension Manifest {
    /// Gives all its pods annotations, in the place of those that they have.
    public mutating func annotate(_ annotations: [String: String]) throws(ManifestError) {
        guard !annotations.isEmpty else { return }
        for index in entries.indices { entries[index].pod = try entries[index].pod.annotated(annotations) }
    }
}

extension Pod {
    /// Reads back what `json` wrote.
    public init(json bytes: consuming [UInt8]) throws(ManifestError) {
        let manifest = try Manifest.read(bytes, name: "pod")
        guard manifest.entries.count == 1 else {
            throw ManifestError(
                name: "pod",
                problems: [Problem(path: "", position: nil, message: "expected one pod, found \(manifest.entries.count)")])
        }
        self = manifest.entries[0].pod
    }
}
