import StrictTree

/// Goes through the documents of a manifest and collects pods and problems.
struct ManifestReading {
    private let report = Report()
    private var entries: [Manifest.Entry] = []
    private var documents: [Manifest.DocumentEntry] = []
    private var claims: [Manifest.ClaimEntry] = []
    private var names: Set<[String]> = []
    private var count = 0

    /// A Pod, what pods use, or a List of these.
    mutating func read(_ value: Value) {
        guard let kind = kind(of: value) else { return }
        read(value, kind)
    }

    private mutating func read(_ value: Value, _ kind: String) {
        switch kind {
        case "Pod": readPod(value)
        case "ConfigMap": readDocument(value, .configMap)
        case "Secret": readDocument(value, .secret)
        case "PersistentVolumeClaim": readClaim(value)
        case "List", "PodList", "ConfigMapList", "SecretList", "PersistentVolumeClaimList":
            // Whatever is no array of an object is reported here.
            guard let items = try? value.member("items")?.array else {
                report.refuse(value, "a \(kind) has 'items', an array")
                return
            }
            // Items of a PodList, and of the others like it, carry no kind of their own.
            for item in items { if kind == "List" { read(item) } else { read(item, String(kind.dropLast(4))) } }
        default: report.refuse(value, Self.refusal(of: kind))
        }
    }

    /// Paths are found by walking along a List: for more pods than anybody has it would take minutes.
    private static let maxPods = 1000

    private mutating func readPod(_ value: Value) {
        guard countObject(value) else { return }
        let wasClean = report.isClean
        let pod = Pod(reading: value, report)
        let notes = report.takeNotes()
        guard let pod else { return }
        let metadata = pod.metadata
        takeName("pod", metadata, value)
        // Nobody sees them when something was refused.
        if wasClean { entries.append(Manifest.Entry(pod: pod, notes: notes, position: value.position, value: value)) }
    }

    /// false for one too many.
    private mutating func countObject(_ value: Value) -> Bool {
        count += 1
        if count == Self.maxPods + 1 { report.refuse(value, "there are more than \(Self.maxPods) pods and other documents") }
        return count <= Self.maxPods
    }

    private mutating func takeName(_ kind: String, _ metadata: ObjectMeta, _ value: Value) {
        guard !metadata.name.isEmpty, !names.insert([kind, metadata.namespace, metadata.name]).inserted else { return }
        report.refuse(value, "there is another \(kind) '\(metadata.namespace)/\(metadata.name)' before this one")
    }

    private mutating func readDocument(_ value: Value, _ kind: ConfigDocument.Kind) {
        guard countObject(value) else { return }
        let document = ConfigDocument(reading: value, kind, report)
        let notes = report.takeNotes()
        guard let document else { return }
        takeName(kind.rawValue, document.metadata, value)
        documents.append(Manifest.DocumentEntry(document: document, notes: notes))
    }

    private mutating func readClaim(_ value: Value) {
        guard countObject(value) else { return }
        let claim = VolumeClaim(reading: value, report)
        let notes = report.takeNotes()
        guard let claim else { return }
        takeName("PersistentVolumeClaim", claim.metadata, value)
        claims.append(Manifest.ClaimEntry(claim: claim, notes: notes))
    }

    /// nil where it is reported.
    private func kind(of value: Value) -> String? {
        guard value.kind == .object else {
            report.refuse(value, "expected a Pod, found \(value.kind.phrase)")
            return nil
        }
        guard let version = Self.text("apiVersion", of: value, report), let kind = Self.text("kind", of: value, report) else {
            return nil
        }
        if Self.kinds.contains(kind), version != "v1" {
            report.refuse(value, "'\(version)' is not the apiVersion of a \(kind), which is 'v1'")
            return nil
        }
        return kind
    }

    /// nil where it is reported.
    private static func text(_ name: String, of value: Value, _ report: Report) -> String? {
        do {
            guard let member = try value.member(name), !member.isNull else {
                report.refuse(value, "'\(name)' is missing: a pod begins with 'apiVersion: v1' and 'kind: Pod'")
                return nil
            }
            return try member.string
        } catch {
            report.refuse((try? value.member(name)) ?? value, error.message)  // An object was read already.
            return nil
        }
    }

    private static let kinds = [
        "Pod", "ConfigMap", "Secret", "PersistentVolumeClaim", "List", "PodList", "ConfigMapList", "SecretList",
        "PersistentVolumeClaimList",
    ]

    private static func refusal(of kind: String) -> String {
        switch kind {
        case "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob", "ReplicationController", "PodTemplate":
            "a \(kind) cannot be run, only a Pod: make one of its template, with a name"
        default:
            "documents of kind '\(kind)' are not supported, only Pods and what they use\(Suggestion.hint(for: kind, in: kinds)): remove it"
        }
    }

    /// Throws when anything was reported, or when there is no pod although one is needed.
    func manifest(name: String, needsPod: Bool) throws(ManifestError) -> Manifest {
        guard report.isClean else {
            let problems = report.problems.sorted { left, right in
                guard let left = left.position, let right = right.position else { return right.position != nil }
                return (left.line, left.column) < (right.line, right.column)
            }
            throw ManifestError(name: name, problems: problems, omitted: report.omitted)
        }
        guard !entries.isEmpty || !needsPod else {
            let hint = documents.isEmpty && claims.isEmpty ? "" : ": 'hull apply' takes what pods use"
            throw ManifestError(name: name, problems: [Problem(path: "", position: nil, message: "there is no pod in it\(hint)")])
        }
        return Manifest(name: name, entries: entries, documents: documents, claims: claims)
    }
}
