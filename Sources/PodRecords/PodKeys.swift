public import Journal

/// Where the journal keeps what concerns pods. See docs/journal.md for who writes which, and how durably.
public enum PodKeys {
    /// Below it are all sandboxes, each with its containers.
    public static let sandboxes: Key = "/sandboxes/"
    /// Below it are the manifests.
    public static let manifests: Key = "/manifests/"
    /// Below it are the plans.
    public static let plans: Key = "/plans/"

    /// The last `Refusal`.
    public static let refusal: Key = "/refusal"

    /// The `SandboxRecord`.
    public static func sandbox(_ uid: PodUID) -> Key { Key("/sandboxes/\(uid)") }

    /// Below it are the `ContainerStatus` of a sandbox.
    public static func containers(of uid: PodUID) -> Key { Key("/sandboxes/\(uid)/containers/") }

    /// The `ContainerStatus` of the container that the manifest calls so.
    public static func container(_ name: String, of uid: PodUID) -> Key { Key("/sandboxes/\(uid)/containers/\(name)") }

    /// The manifest, as a JSON document.
    public static func manifest(_ uid: PodUID) -> Key { Key("/manifests/\(uid)") }

    /// The `PodPlan`.
    public static func plan(_ uid: PodUID) -> Key { Key("/plans/\(uid)") }

    /// Below it are the pods that somebody has frozen.
    public static let frozen: Key = "/frozen/"

    /// One of them: a JSON object with the boot in which it was done, and when.
    public static func frozen(_ uid: PodUID) -> Key { Key("/frozen/\(uid)") }

    /// Points to the uid of the pod that has the name.
    public static func name(_ name: String, in namespace: String) -> Key { Key("/names/\(namespace)/\(name)") }

    /// What a key below `sandboxes` belongs to; nil for one that is none of ours.
    public static func parse(_ key: Key) -> (uid: PodUID, container: String?)? {
        guard key.bytes.starts(with: sandboxes.bytes) else { return nil }
        // By bytes: a list of pods takes thousands of keys apart.
        let path = key.bytes.dropFirst(sandboxes.bytes.count)
        let slash = path.firstIndex(of: UInt8(ascii: "/")) ?? path.endIndex
        guard let uid = PodUID(String(decoding: path[..<slash], as: UTF8.self)) else { return nil }
        let rest = path[slash...]
        if rest.isEmpty { return (uid, nil) }
        guard rest.starts(with: containersPart) else { return nil }
        let name = rest.dropFirst(containersPart.count)
        guard !name.isEmpty, !name.contains(UInt8(ascii: "/")) else { return nil }
        return (uid, String(decoding: name, as: UTF8.self))
    }

    /// Whether a key below `sandboxes` is a sandbox's own, not a container's.
    public static func isSandbox(_ key: Key) -> Bool { key.bytes.withUnsafeBytes { isSandbox($0) } }

    /// The same, by the key's bytes.
    public static func isSandbox(_ key: UnsafeRawBufferPointer) -> Bool {
        var index = sandboxesLength
        guard key.count > index else { return false }
        while index < key.count, key[index] != UInt8(ascii: "/") { index += 1 }
        return index == key.count
    }

    /// Below it are the ranges of ids that pods have.
    public static let userRanges: Key = "/user-ranges/"

    /// The uid of the pod that has the 65,536 ids from this one on.
    public static func userRange(_ first: UInt32) -> Key { Key("/user-ranges/\(first)") }

    /// Below it is what was changed of resources.
    public static let allResourceChanges: Key = "/resources/"

    /// What was changed of a pod's resources since its manifest was written.
    public static func resourceChanges(_ uid: PodUID) -> Key { Key("/resources/\(uid)") }

    private static let sandboxesLength = "/sandboxes/".utf8.count
    private static let containersPart = Array("/containers/".utf8)
}
