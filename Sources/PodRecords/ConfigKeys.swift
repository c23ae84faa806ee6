public import Journal
public import LinuxTypes

extension PodKeys {
    /// Below it are the ConfigMaps, with what stands in them.
    public static let configMaps: Key = "/configmaps/"
    /// Below it are the Secrets, without what stands in them.
    public static let secrets: Key = "/secrets/"
    /// Below it are the volumes that have a name of their own, each with its users.
    public static let volumes: Key = "/volumes/"

    public static func configMap(_ name: String, in namespace: String) -> Key { Key("/configmaps/\(namespace)/\(name)") }
    public static func secret(_ name: String, in namespace: String) -> Key { Key("/secrets/\(namespace)/\(name)") }
    public static func volume(_ name: String, in namespace: String) -> Key { Key("/volumes/\(namespace)/\(name)") }

    /// Below it are the pods that use a volume, each by its uid: claimed with the pod's record, and freed with it.
    public static func volumeUsers(_ name: String, in namespace: String) -> Key {
        Key("/volume-users/\(namespace)/\(name)/")
    }

    /// One of them; its value is the pod's `NAMESPACE/NAME`.
    public static func volumeUser(_ uid: PodUID, of name: String, in namespace: String) -> Key {
        Key("/volume-users/\(namespace)/\(name)/\(uid)")
    }
}

extension PodPlaces {
    /// The values of Secrets, one file for each version, which nobody but root reads. Nothing else is in it.
    public var secrets: HostPath { root.appending("secrets") }

    /// Volumes that have a name of their own, by namespace.
    public var namedVolumes: HostPath { root.appending("volumes") }

    public func namedVolume(_ name: String, in namespace: String) -> HostPath { namedVolumes.appending("\(namespace)/\(name)") }

    /// What of the environment of the pod's containers comes from Secrets, one file for each attempt, for `exec`.
    public func secretEnvironments(_ uid: PodUID) -> HostPath { runDirectory(uid).appending("secrets") }
}
