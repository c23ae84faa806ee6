import LinuxKernel
import PodRecords
public import PodSandbox
public import PodSpec
public import StrictTree

/// A pod as Kubernetes shows it: the manifest, and a status made of the records.
public struct PodDocument {
    private let pod: PodState
    private let manifest: [UInt8]
    private let hostAddresses: [String]
    private let resized: Pod?

    /// `manifest` is the JSON document that was recorded, `hostAddresses` are the machine's, the primary one first; `resized`
    /// is the pod with the resources that it is to have now.
    public init(_ pod: PodState, manifest: [UInt8], hostAddresses: [String] = [], resized: Pod? = nil) {
        self.pod = pod
        self.manifest = manifest
        self.hostAddresses = hostAddresses
        self.resized = resized
    }

    /// One JSON object, without white space.
    public func json() throws(TreeError) -> [UInt8] {
        let document = try Document(json: manifest)
        var json = JSONWriter()
        write(document.root, &json)
        return json.bytes
    }

    /// Everything of the manifest but its status.
    private func write(_ root: Value, _ json: inout JSONWriter) {
        json.object { json in
            for member in root.sortedMembers where member.anyKey != "status" {
                if member.anyKey == "metadata" {
                    json.object("metadata") { writeMetadata(member.value, &$0) }
                } else {
                    json.canonicalMember(member.anyKey, member.value)
                }
            }
            json.object("status") { writeStatus(&$0) }
        }
    }

    /// As it was written, with the labels that the pod has now.
    private func writeMetadata(_ metadata: Value, _ json: inout JSONWriter) {
        var keys = metadata.sortedMembers.map(\.anyKey)
        if !keys.contains("labels") { keys.append("labels") }
        for key in keys.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
            if key == "labels" {
                guard !pod.sandbox.labels.isEmpty else { continue }
                json.object("labels") { json in for label in pod.sandbox.labels { json.member(label.key, label.value) } }
            } else if let member = metadata.sortedMembers.first(where: { $0.anyKey == key }) {
                json.canonicalMember(key, member.value)
            }
        }
    }

    private func writeStatus(_ json: inout JSONWriter) {
        let sandbox = pod.sandbox
        json.member("phase", pod.phase.rawValue)
        if pod.isLost {
            json.member("reason", "Lost")
            json.member("message", "the machine was restarted while the pod ran")
        } else {
            if !sandbox.reason.isEmpty { json.member("reason", sandbox.reason) }
            if !sandbox.message.isEmpty { json.member("message", sandbox.message) }
        }
        json.member("qosClass", resized?.spec.qosClass.rawValue)
        if let whole = resized?.spec.resources { json.object("resources") { whole.write(to: &$0) } }
        json.member("frozenSince", pod.frozenSince?.rfc3339)
        json.member("startTime", (sandbox.startedAt ?? sandbox.createdAt).rfc3339)
        if pod.hasSandbox { writeAddresses("hostIP", hostAddresses, &json) }
        writeAddresses("podIP", pod.line.addresses(host: hostAddresses), &json)
        writeLedger(&json)
        let ordered = pod.orderedContainers
        writeStatuses("initContainerStatuses", ordered.filter { pod.isInit($0.name) }, &json)
        writeStatuses("containerStatuses", ordered.filter { !pod.isInit($0.name) }, &json)
    }

    /// What the time of the last start went to, step after step; nothing where nobody has counted it.
    private func writeLedger(_ json: inout JSONWriter) {
        let ledger = StartLedger(pod.sandbox.ledger)
        guard !ledger.isEmpty else { return }
        json.object("startLedger") { json in
            json.member("microseconds", ledger.microseconds)
            json.array("steps") { json in
                for step in ledger.steps {
                    json.object { json in
                        json.member("step", step.name)
                        json.member("microseconds", step.microseconds)
                    }
                }
            }
        }
    }

    /// The first by itself, and all in a list.
    private func writeAddresses(_ key: String, _ addresses: [String], _ json: inout JSONWriter) {
        guard let first = addresses.first else { return }
        json.member(key, first)
        json.array(key + "s") { json in
            for address in addresses { json.object { $0.member("ip", address) } }
        }
    }

    private func writeStatuses(_ key: String, _ statuses: [ContainerStatus], _ json: inout JSONWriter) {
        guard !statuses.isEmpty else { return }
        json.array(key) { json in
            for status in statuses { json.object { write(status, &$0) } }
        }
    }

    private func write(_ status: ContainerStatus, _ json: inout JSONWriter) {
        let isRunning = status.state == .running && !pod.isLost
        json.member("name", status.name)
        json.member("containerID", "hull://" + PodPlan.containerID(pod.sandbox.uid, status.name, status.attempt))
        json.member("ready", isRunning)
        json.member("started", isRunning)
        json.member("restartCount", status.restartCount)
        json.object("state") { json in
            switch status.state {
            case .running where pod.isLost:
                json.object("terminated") { $0.member("reason", "ContainerStatusUnknown") }
            case .running:
                json.object("running") { $0.member("startedAt", status.startedAt?.rfc3339) }
                if let process = status.process { json.object("process") { $0.member("pid", process.pid) } }
            case .terminated: write(status.termination, "terminated", &json)
            case .waiting, .creating, .created:
                json.object("waiting") { json in
                    json.member("reason", status.reason.isEmpty ? waitingReason(status) : status.reason)
                    if !status.message.isEmpty { json.member("message", status.message) }
                }
            }
        }
        if let own = resized?.spec.allContainers.first(where: { $0.name == status.name })?.resources,
            own != ResourceRequirements()
        {
            json.object("resources") { own.write(to: &$0) }
        }
        guard status.lastTermination != nil else { return }
        json.object("lastState") { write(status.lastTermination, "terminated", &$0) }
    }

    /// Of one that waits, and has no word for why.
    private func waitingReason(_ status: ContainerStatus) -> String {
        status.state == .waiting && (status.goal == .removed || pod.sandbox.isStepwise) ? "NotCreated" : "ContainerCreating"
    }

    private func write(_ termination: ContainerStatus.Termination?, _ key: String, _ json: inout JSONWriter) {
        guard let termination else { return }
        json.object(key) { json in
            json.member("exitCode", termination.exitCode)
            json.member("signal", termination.signal)
            json.member("reason", termination.reason)
            if !termination.message.isEmpty { json.member("message", termination.message) }
            json.member("startedAt", termination.startedAt?.rfc3339)
            json.member("finishedAt", termination.finishedAt.rfc3339)
        }
    }
}

extension Int64 {
    /// Nanoseconds since 1970 as a time of day, RFC 3339.
    var rfc3339: String {
        let (seconds, rest) = self.quotientAndRemainder(dividingBy: 1_000_000_000)
        return rest < 0
            ? WallTime(seconds: seconds - 1, nanoseconds: rest + 1_000_000_000).rfc3339
            : WallTime(seconds: seconds, nanoseconds: rest).rfc3339
    }
}
