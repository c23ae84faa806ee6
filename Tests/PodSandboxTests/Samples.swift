import ImageSpec
import LinuxKernel
import LinuxTypes
import OCISpec
import PodSpec

@testable import PodSandbox

/// A pod of one container, with more lines of its spec, and of its container.
func pod(spec: String = "", container: String = "", name: String = "web") throws(ManifestError) -> Pod {
    func indented(_ text: String, by count: Int) -> String {
        text.split(separator: "\n").map { String(repeating: " ", count: count) + $0 + "\n" }.joined()
    }
    let text = """
        apiVersion: v1
        kind: Pod
        metadata:
          name: \(name)
          uid: 3f1c6a52-0000-4000-8000-000000000001
        spec:
        \(indented(spec, by: 2))  containers:
          - name: c
            image: i:1
        \(indented(container, by: 4))
        """
    return try Manifest.read(Array(text.utf8), name: "pod.yaml").pods[0]
}

/// What the lowering is told beside the manifest.
struct Surroundings {
    var image = ImageExecution(entrypoint: ["/bin/server"], cmd: ["--port", "80"])
    var facts = ContainerLowering.Facts(
        sandbox: HostPath.literal("/run/hull/pods/u/sandbox"), volumes: [:],
        rootfs: HostPath.literal("/run/hull/pods/u/sandbox/roots/x"),
        cgroupsPath: "/hull/pods/u/x", user: User(), terminationMessage: HostPath.literal("/run/hull/pods/u/sandbox/messages/x"),
        availableCapabilities: Surroundings.capabilities, lowestOOMScore: -1000, machineMemory: 8 << 30)

    /// Those of a machine that can give all of them, but one.
    static let capabilities = (0...40 as ClosedRange<Int32>).map { capabilityName($0) }.filter { $0 != "CAP_SYSLOG" }

    func lowering(spec: String = "", container: String = "") throws -> ContainerLowering {
        let pod = try pod(spec: spec, container: container)
        var facts = facts
        facts.environment = try environment(of: pod).variables
        return ContainerLowering(
            pod: pod, container: pod.spec.containers[0],
            image: ImageConfiguration(platform: Platform(architecture: "amd64"), execution: image, diffIDs: []), facts: facts)
    }

    func configuration(_ pod: Pod, _ variables: [EnvironmentVariable]) throws -> Configuration {
        var facts = facts
        facts.environment = variables
        return try ContainerLowering(
            pod: pod, container: pod.spec.containers[0],
            image: ImageConfiguration(platform: Platform(architecture: "amd64"), execution: image, diffIDs: []), facts: facts
        ).configuration()
    }

    func configuration(spec: String = "", container: String = "") throws -> Configuration {
        try lowering(spec: spec, container: container).configuration()
    }
}

/// The environment of the first container of a pod, on a machine where there are some documents.
func environment(of pod: Pod, _ documents: [ConfigDocument] = []) throws(PodError) -> ContainerEnvironment {
    let machine = DownwardAPI.Machine(
        name: "node-1", addresses: ["192.0.2.7", "2001:db8::7"], podAddresses: ["10.88.0.2", "fd00::2"], processors: 4,
        memory: 8 << 30, storage: 100 << 30)
    return try EnvironmentMaker(
        pod: pod, container: pod.spec.containers[0],
        downward: { () throws(PodError) in DownwardAPI(pod: pod, machine: machine) },
        document: { kind, name throws(PodError) in
            documents.first { $0.kind == kind && $0.metadata.name == name && $0.metadata.namespace == pod.metadata.namespace }
        }
    ).environment()
}

extension HostPath {
    static func literal(_ text: String) -> HostPath {
        guard let path = HostPath(text) else { preconditionFailure("a path that is written here is one") }
        return path
    }
}

func configuration(spec: String = "", container: String = "") throws -> Configuration {
    try Surroundings().configuration(spec: spec, container: container)
}
