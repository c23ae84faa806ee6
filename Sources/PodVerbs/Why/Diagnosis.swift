import LinuxTypes
public import PodRecords
public import PodSandbox

/// Why a pod is as it is: what is known of it as a chain of evidence.
public struct Diagnosis: Sendable {
    public let namespace: String
    public let name: String
    public let uid: String
    /// Of Kubernetes; empty for a pod of which nothing was made.
    public let phase: String
    /// Of the pod first, then of its containers in their order.
    public private(set) var findings: [Finding]

    /// `container` picks one; nil is for all.
    public init(_ pod: PodState, container: String? = nil, _ witnesses: Witnesses) {
        namespace = pod.sandbox.namespace
        name = pod.sandbox.name
        uid = pod.sandbox.uid.string
        phase = pod.phase.rawValue
        findings = PodFinding(pod, witnesses).findings
        // A pod whose sandbox could not be made has nothing to say of its containers.
        if findings.first?.isTrouble == true, pod.sandbox.reason == "FailedCreatePodSandBox" { return }
        for status in pod.orderedContainers where container == nil || status.name == container {
            findings.append(ContainerFinding(pod, status, witnesses).finding)
        }
    }

    /// Of a pod that `hull run` refused.
    public init(_ refusal: Refusal) {
        namespace = refusal.namespace
        name = refusal.name
        uid = ""
        phase = ""
        findings = [Self.finding(refusal)]
    }

    private static func finding(_ refusal: Refusal) -> Finding {
        var finding = Finding(refusal.fault?.rawValue ?? "Refused", "'hull run' refused it: \(refusal.message)")
        if !refusal.hint.isEmpty { finding.remedy = refusal.hint }
        finding.add("time", "at \(refusal.at.rfc3339)")
        return finding
    }

    /// That somebody wanted to run a pod of the name meanwhile.
    public mutating func add(_ refusal: Refusal) {
        var finding = Self.finding(refusal)
        finding.isTrouble = false
        finding.summary = "another pod of this name was refused: \(refusal.message)"
        findings.append(finding)
    }

    /// That the pod is gone.
    public mutating func add(removal change: PodChange) {
        var finding = Finding("Removed", "it was removed", isTrouble: false)
        if !change.cause.isEmpty { finding.add("request", change.cause) }
        finding.add("time", "at \(change.time.rfc3339)")
        findings.insert(finding, at: 0)
    }

    /// The one that is most worth knowing: of what is wrong the first, and where nothing is, what it does.
    public var verdict: Finding? { findings.first(where: \.isTrouble) ?? findings.first }
}
