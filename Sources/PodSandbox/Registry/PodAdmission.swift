internal import ImageSpec
internal import ImageStore
internal import LinuxKernel
public import LinuxTypes
public import PodRecords
public import PodSpec

/// What is looked at before anything of a pod is made.
public enum PodAdmission {
    /// Throws where the pod cannot run here: an image that is missing or not trusted, a name that is too long. Returns the stop signals of its images, by
    /// container. `note` is told what is worth knowing.
    public static func admit(_ pod: Pod, _ places: PodPlaces, note: (String) -> Void) throws(PodError) -> [String: Signal] {
        let names = SandboxNames(pod)
        if !pod.spec.hostNetwork, names.hostname.utf8.count > SandboxNames.limit {
            throw PodError(
                .invalid, "spec.setHostnameAsFQDN: the host name '\(names.hostname)' is longer than \(SandboxNames.limit) bytes",
                hint: "the kernel takes no longer one: shorten hostname or subdomain")
        }
        let store = try imaging("cannot open the images") { () throws(ImageError) in
            try ImageStore.openIfPresent(root: places.root, runRoot: places.namedRunRoot)
        }
        var signals: [String: Signal] = [:]
        var isPullSaid = false
        for container in pod.spec.allContainers {
            guard let store else { throw missing(container) }
            if container.imagePullPolicy == .always, !isPullSaid {
                isPullSaid = true
                note("there is no registry to pull from: the images of this machine are used, whatever imagePullPolicy says")
            }
            let signal = try imaging("container '\(container.name)'") { () throws(ImageError) in
                let image = try store.usable(container.image)
                return try store.configuration(of: image.record).execution.stopSignal
            }
            if let signal, let known = Signal(parsing: signal) { signals[container.name] = known }
        }
        for case .image(let volume) in pod.spec.volumes.map(\.source) {
            try imaging("a volume of the image '\(volume.reference)'") { () throws(ImageError) in
                _ = try store?.usable(volume.reference)
            }
        }
        return signals
    }

    private static func missing(_ container: PodSpec.Container) -> PodError {
        PodError(
            .missing, "container '\(container.name)': there is no image '\(container.image)'",
            hint: "'hull image load FILE' loads an archive or layout, 'hull image import' a root file system",
            fault: .missingImage)
    }
}
