internal import LinuxKernel
internal import LinuxTypes
public import PodRecords
public import PodSpec

/// Brings changed documents to the pods that run: to the files of their volumes, all of a volume at once. Variables, and parts of volumes (`subPath`), stay as
/// they were when their container started.
///
/// It is done beside the pod's keeper, as `exec` is: it changes nothing that the keeper knows of. A pod whose sandbox is being made at this moment may have
/// read the older document.
public enum VolumeRefresh {
    /// What became of one pod.
    public struct Outcome: Sendable {
        /// `NAMESPACE/NAME`.
        public let pod: String
        /// nil where its volumes have the new files.
        public let error: PodError?
    }

    /// Order: last of all. The process goes from one mount namespace to another, and has another working directory afterwards.
    public static func refresh(_ documents: [ConfigDocument], _ registry: PodRegistry) throws(PodError) -> [Outcome] {
        guard !documents.isEmpty else { return [] }
        var outcomes: [Outcome] = []
        var pods: [(name: String, uid: PodUID, pod: Pod)] = []
        for state in try registry.all() where state.sandbox.phase == .ready && !state.isLost {
            let name = state.sandbox.fullName
            guard let manifest = try registry.manifest(of: state.sandbox.uid) else { continue }
            do throws(ManifestError) { pods.append((name, state.sandbox.uid, try Pod(json: manifest))) } catch {
                outcomes.append(Outcome(pod: name, error: PodError(.failed, "its manifest cannot be read: \(error)")))
            }
        }
        for (name, uid, pod) in pods {
            let volumes = pod.spec.volumes.filter { volume in documents.contains { pod.uses($0, in: volume) } }
            if volumes.isEmpty { continue }
            do throws(PodError) {
                if try refresh(volumes, of: pod, uid, registry.places) { outcomes.append(Outcome(pod: name, error: nil)) }
            } catch { outcomes.append(Outcome(pod: name, error: error)) }
        }
        return outcomes
    }

    /// The same for a pod whose labels are others now.
    public static func refreshLabels(of uid: PodUID, _ registry: PodRegistry) throws(PodError) {
        guard let manifest = try registry.manifest(of: uid) else { return }
        let pod: Pod
        do throws(ManifestError) { pod = try Pod(json: manifest) } catch {
            throw PodError(.failed, "the manifest of pod \(uid) cannot be read: \(error)")
        }
        let volumes = pod.spec.volumes.filter { volume in
            guard case .projected(let projected) = volume.source else { return false }
            return projected.sources.contains { if case .pod = $0 { true } else { false } }
        }
        if !volumes.isEmpty { _ = try refresh(volumes, of: pod, uid, registry.places) }
    }

    /// false where the pod has no sandbox any more.
    private static func refresh(
        _ volumes: [Volume], of pod: Pod, _ uid: PodUID, _ places: PodPlaces
    ) throws(PodError) -> Bool {
        let nobody = try during("cannot open /dev/null") { () throws(KernelError) in
            try FileDescriptor.workingDirectory.open("/dev/null", .readWrite)
        }
        let worker = try PodWorker(places, uid, socket: nobody)
        return try PlaceLock.hold(places.runRoot.appending("volumes.lock")) { () throws(PodError) in
            guard try worker.enter() else { return false }
            do throws(PodError) {
                for volume in volumes {
                    if case .projected(let projected) = volume.source { try worker.writeProjected(volume.name, projected, pod) }
                }
            } catch {
                try worker.leave()
                throw error
            }
            try worker.leave()
            return true
        }
    }
}

extension Pod {
    /// Whether a volume has files of a document.
    fileprivate func uses(_ document: ConfigDocument, in volume: Volume) -> Bool {
        guard document.metadata.namespace == metadata.namespace, case .projected(let projected) = volume.source else {
            return false
        }
        return projected.sources.contains { source in
            guard case .document(let projection) = source else { return false }
            return projection.kind == document.kind && projection.name == document.metadata.name
        }
    }
}
