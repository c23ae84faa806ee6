import ImageSpec
import LinuxTypes
import OCISpec
import PodSpec
import SeccompFilter
import Testing

@testable import PodSandbox

/// From a container of a pod to its namespaces, mounts, resources and filter.
@Suite struct LoweringTests {
    private let sandbox = "/run/hull/pods/u/sandbox"

    private func linux(spec: String = "", container: String = "") throws -> Linux {
        try #require(try configuration(spec: spec, container: container).linux)
    }

    @Test func `the container is where its facts say`() throws {
        let configuration = try configuration()
        #expect(configuration.root == Root(path: sandbox + "/roots/x", readonly: false))
        #expect(configuration.linux?.cgroupsPath == "/hull/pods/u/x")
        #expect(configuration.annotations["io.kubernetes.pod.name"] == "web")
        #expect(configuration.annotations["io.kubernetes.pod.namespace"] == "default")
        #expect(configuration.annotations["io.kubernetes.container.name"] == "c")
        #expect(configuration.hostname == nil)
        #expect(configuration.hooks == nil)
    }

    // MARK: Namespaces

    private func namespaces(spec: String = "", container: String = "") throws -> [String] {
        try linux(spec: spec, container: container).namespaces.map { $0.type.procName + ($0.path.map { " " + $0 } ?? "") }
    }

    @Test func `network, names and IPC are the pod's, the others its own`() throws {
        #expect(
            try namespaces() == [
                "mnt", "pid", "cgroup", "net \(sandbox)/ns/net", "uts \(sandbox)/ns/uts", "ipc \(sandbox)/ns/ipc",
            ])
    }

    @Test func `what is shared with the machine is not joined`() throws {
        let ipc = "ipc \(sandbox)/ns/ipc"
        let network = ["net \(sandbox)/ns/net", "uts \(sandbox)/ns/uts"]
        #expect(try namespaces(spec: "hostNetwork: true") == ["mnt", "pid", "cgroup", ipc])
        #expect(try namespaces(spec: "hostPID: true") == ["mnt", "cgroup"] + network + [ipc])
        #expect(try namespaces(spec: "hostIPC: true") == ["mnt", "pid", "cgroup"] + network)
        #expect(try namespaces(spec: "hostIPC: true\nhostPID: true\nhostNetwork: true") == ["mnt", "cgroup"])
        #expect(try namespaces(container: "securityContext: {privileged: true}") == ["mnt", "pid"] + network + [ipc])
    }

    @Test func `files of the kernel are hidden, unless the container is privileged`() throws {
        let usual = try linux()
        for path in ["/proc/kcore", "/proc/keys", "/proc/timer_list", "/proc/acpi", "/sys/firmware"] {
            #expect(usual.maskedPaths.contains(path))
        }
        for path in ["/proc/sys", "/proc/sysrq-trigger", "/proc/bus", "/proc/irq", "/proc/fs"] {
            #expect(usual.readonlyPaths.contains(path))
        }
        let privileged = try linux(container: "securityContext: {privileged: true}")
        #expect(privileged.maskedPaths.isEmpty && privileged.readonlyPaths.isEmpty)
    }

    // MARK: Mounts

    private func mounts(_ lines: String, volumes: [String: String] = [:], spec: String = "") throws -> [Mount] {
        var surroundings = Surroundings()
        for (name, path) in volumes { surroundings.facts.volumes[name] = HostPath.literal(path) }
        return try surroundings.configuration(spec: spec, container: lines).mounts
    }

    @Test func `the usual mounts`() throws {
        let mounts = try mounts("")
        #expect(
            mounts.map(\.destination) == [
                "/proc", "/dev", "/sys", "/dev/pts", "/dev/mqueue", "/dev/shm", "/etc/hosts", "/etc/hostname", "/etc/resolv.conf",
                "/dev/termination-log", "/sys/fs/cgroup",
            ])
        let byPlace = Dictionary(uniqueKeysWithValues: mounts.map { ($0.destination, $0) })
        #expect(byPlace["/sys"]?.options == ["nosuid", "noexec", "nodev", "ro"])
        #expect(byPlace["/sys/fs/cgroup"]?.options.last == "ro")
        #expect(
            byPlace["/dev/shm"]
                == Mount(
                    destination: "/dev/shm", type: "bind", source: sandbox + "/shm",
                    options: ["bind", "rprivate", "nosuid", "nodev", "noexec"]))
        #expect(byPlace["/etc/hosts"]?.source == sandbox + "/etc/hosts")
        #expect(byPlace["/etc/hosts"]?.options == ["bind", "rprivate"])
        #expect(byPlace["/dev/termination-log"]?.source == sandbox + "/messages/x")
    }

    @Test func `a read-only root has read-only files of the pod, and a message that can be written`() throws {
        let configuration = try configuration(
            container: "securityContext: {readOnlyRootFilesystem: true}\nterminationMessagePath: /m")
        #expect(configuration.root?.readonly == true)
        for mount in configuration.mounts where mount.destination.hasPrefix("/etc/") { #expect(mount.options.contains("ro")) }
        #expect(configuration.mounts.first { $0.destination == "/m" }?.options == ["bind", "rprivate"])
    }

    @Test func `a privileged container may write to sysfs`() throws {
        let mounts = try mounts("securityContext: {privileged: true}")
        #expect(mounts.first { $0.destination == "/sys" }?.options.last == "rw")
        #expect(mounts.first { $0.destination == "/sys/fs/cgroup" }?.options.last == "rw")
    }

    private let volumes = "volumes: [{name: v, emptyDir: {}}, {name: w, emptyDir: {}}]"

    @Test func `volumes are mounted where the manifest says`() throws {
        let lines = "volumeMounts: [{name: v, mountPath: /data, readOnly: true}, {name: w, mountPath: /work}]"
        let mounts = try mounts(lines, volumes: ["v": "/v", "w": "/w"], spec: volumes)
        #expect(
            mounts.first { $0.destination == "/data" }
                == Mount(destination: "/data", type: "bind", source: "/v", options: ["rbind", "rprivate", "ro"]))
        #expect(
            mounts.first { $0.destination == "/work" }
                == Mount(destination: "/work", type: "bind", source: "/w", options: ["rbind", "rprivate"]))
    }

    /// A volume at `/etc` hid the pod's `/etc/hosts`, one at `/dev` the shared memory and the termination message.
    @Test func `no volume hides what is mounted below it`() throws {
        let lines =
            "volumeMounts: [{name: v, mountPath: /etc/hosts.d/../}, {name: w, mountPath: /dev}, {name: v, mountPath: /a/b}, {name: w, mountPath: /a}]"
        let places = try mounts(
            lines.replacing("/etc/hosts.d/../", with: "/etc"), volumes: ["v": "/v", "w": "/w"], spec: volumes
        ).map(\.destination)
        for (outer, inner) in [
            ("/etc", "/etc/hosts"), ("/dev", "/dev/shm"), ("/dev", "/dev/termination-log"), ("/dev", "/dev/pts"), ("/a", "/a/b"),
        ] {
            let outside = try #require(places.lastIndex(of: outer))
            let inside = try #require(places.firstIndex(of: inner))
            #expect(outside < inside, "\(outer) hides \(inner)")
        }
    }

    @Test func `a volume stands before what is usual at its place`() throws {
        let lines = "volumeMounts: [{name: v, mountPath: /etc/hosts}, {name: w, mountPath: /dev/shm}]"
        let mounts = try mounts(lines, volumes: ["v": "/v", "w": "/w"], spec: volumes)
        #expect(mounts.filter { $0.destination == "/etc/hosts" }.map(\.source) == ["/v"])
        // The last one is seen.
        #expect(mounts.last { $0.destination == "/dev/shm" }?.source == "/w")
    }

    @Test func `a volume of which nobody knows the place is refused`() {
        #expect(throws: PodError.self) { try mounts("volumeMounts: [{name: v, mountPath: /data}]", spec: volumes) }
    }

    // MARK: Resources

    static let amounts: [(lines: String, shares: UInt64, quota: Int64?, memory: Int64?)] = [
        // 2 where nothing is asked for: `defaults.md`, section 8.
        ("", 2, nil, nil), ("requests: {cpu: 1}", 1024, nil, nil), ("requests: {cpu: 100m}", 102, nil, nil),
        ("requests: {cpu: 1m}", 2, nil, nil), ("requests: {cpu: 0}", 2, nil, nil), ("requests: {cpu: 1000}", 262_144, nil, nil),
        ("limits: {cpu: 500m}", 512, 50_000, nil), ("limits: {cpu: 2}", 2048, 200_000, nil), ("limits: {cpu: 1m}", 2, 1000, nil),
        ("limits: {cpu: 0}", 2, nil, nil), ("limits: {memory: 64Mi}", 2, nil, 67_108_864), ("limits: {memory: 0}", 2, nil, nil),
        ("requests: {memory: 64Mi}", 2, nil, nil), ("limits: {memory: 1500m}", 2, nil, 2),
        ("limits: {memory: 9Ei}", 2, nil, .max),
        ("limits: {cpu: 9E, memory: 1000E}", 262_144, .max, .max),
    ]

    @Test(arguments: amounts) func `requests are weights, limits are limits`(
        lines: String, shares: UInt64, quota: Int64?, memory: Int64?
    ) throws {
        let resources = try #require(try linux(container: lines.isEmpty ? "" : "resources: {\(lines)}").resources)
        #expect(resources.cpu?.shares == shares)
        #expect(resources.cpu?.quota == quota)
        #expect(resources.cpu?.period == (quota == nil ? nil : 100_000))
        #expect(resources.memory?.limit == memory)
        #expect(resources.memory?.swap == memory, "no swap beside it")
    }

    private func tuned(_ annotations: String, _ container: String, v2: Bool = false) throws -> Configuration {
        let text = """
            apiVersion: v1
            kind: Pod
            metadata: {name: web, annotations: {\(annotations)}}
            spec:
              volumes: [{name: e, emptyDir: {}}]
              containers: [{name: c, image: "i:1", \(container)}]
            """
        let pod = try Manifest.read(Array(text.utf8), name: "-").pods[0]
        var surroundings = Surroundings()
        surroundings.facts.countsMemoryOnV2 = v2
        surroundings.facts.volumes["e"] = HostPath.literal("/e")
        return try surroundings.configuration(pod, [])
    }

    @Test func `huge pages, processes, swap and limits come to their places`() throws {
        let annotations =
            "hull.dev/pids-limit: \"9\", hull.dev/swap: 1Mi, hull.dev/ulimits: nofile=5:unlimited, hull.dev/oom-group: \"false\""
        let container = "resources: {limits: {memory: 2Mi, hugepages-2Mi: 4Mi, hugepages-1Gi: 1Gi, hugepages-64Ki: 64Ki}}"
        let configuration = try tuned(annotations, container)
        let resources = try #require(configuration.linux?.resources)
        #expect(
            resources.hugepageLimits == [
                .init(pageSize: "64KB", limit: 65_536), .init(pageSize: "2MB", limit: 4 << 20),
                .init(pageSize: "1GB", limit: 1 << 30),
            ])
        #expect(resources.pids?.limit == 9 && resources.memory?.swap == 3 << 20)
        #expect(configuration.process?.rlimits == [ResourceLimit(type: .nofile, soft: 5, hard: .max)])
        #expect(resources.unified.isEmpty, "v1 kills single processes anyway")
        #expect(try tuned(annotations, container, v2: true).linux?.resources?.unified["memory.oom.group"] == "0")
        #expect(try tuned("hull.dev/swap: unlimited", container).linux?.resources?.memory?.swap == -1)
    }

    @Test func `nothing of a volume is executed where that is asked for`() throws {
        let mount = "volumeMounts: [{name: e, mountPath: /e}]"
        let options = try tuned("hull.dev/noexec-volumes: e", mount).mounts.last { $0.destination == "/e" }?.options
        #expect(options == ["rbind", "rprivate", "noexec", "nosuid", "nodev"])
        #expect(try tuned("", mount).mounts.last { $0.destination == "/e" }?.options == ["rbind", "rprivate"])
    }

    @Test func `a pod with users of its own joins its user namespace, and files of the machine are mapped`() throws {
        var surroundings = Surroundings()
        surroundings.facts.users = PodUsers(first: 131_072)
        surroundings.facts.volumes = ["e": HostPath.literal("/e"), "i": HostPath.literal("/i")]
        surroundings.facts.mappedVolumes = ["i"]
        let configuration = try surroundings.configuration(
            spec: "hostUsers: false\nvolumes: [{name: e, emptyDir: {}}, {name: i, image: {reference: x}}]",
            container:
                "volumeMounts: [{name: e, mountPath: /e}, {name: i, mountPath: /i}]\nsecurityContext: {procMount: Unmasked}")
        let linux = try #require(configuration.linux)
        #expect(linux.namespace(.user)?.path == sandbox + "/ns/user")
        let maps = [IDMapping(containerID: 0, hostID: 131_072, size: 65_536)]
        #expect(linux.uidMappings == maps && linux.gidMappings == maps)
        #expect(linux.maskedPaths.isEmpty && linux.readonlyPaths.isEmpty)
        for mount in configuration.mounts where mount.type == "bind" {
            let isMapped = mount.destination != "/i"
            #expect(mount.uidMappings == (isMapped ? maps : []), "\(mount.destination)")
            #expect(mount.options.contains("ridmap") == (mount.destination == "/e"), "\(mount.destination)")
        }
    }

    @Test func `mounts are passed on as the manifest says`() throws {
        func found(_ propagation: String) throws -> (options: [String]?, root: Propagation?) {
            let configuration = try Surroundings(facts: surroundingsWithHost()).configuration(
                spec: "volumes: [{name: h, hostPath: {path: /h}}]",
                container:
                    "volumeMounts: [{name: h, mountPath: /h, mountPropagation: \(propagation)}]\nsecurityContext: {privileged: true}"
            )
            return (configuration.mounts.last { $0.destination == "/h" }?.options, configuration.linux?.rootfsPropagation)
        }
        #expect(try found("None") == (["rbind", "rprivate"], nil))
        #expect(try found("HostToContainer") == (["rbind", "rslave"], nil))
        #expect(try found("Bidirectional") == (["rbind", "rshared"], .rshared))
    }

    private func surroundingsWithHost() -> ContainerLowering.Facts {
        var facts = Surroundings().facts
        facts.volumes["h"] = HostPath.literal("/h")
        return facts
    }

    @Test func `devices are denied, unless the container is privileged`() throws {
        #expect(try linux().resources?.devices == [.init(allow: false, access: .all)])
        #expect(
            try linux(container: "securityContext: {privileged: true}").resources?.devices == [.init(allow: true, access: .all)])
    }

    // MARK: Seccomp

    @Test func `the filter is the default one, unless somebody says another`() throws {
        var surroundings = Surroundings()
        let local = Seccomp(defaultAction: .allow)
        surroundings.facts.localProfile = local
        func filter(_ spec: String, _ container: String) throws -> Seccomp? {
            try surroundings.configuration(spec: spec, container: container).linux?.seccomp
        }
        let usual = try filter("", "")
        #expect(usual != nil && usual != local)
        let none = "securityContext: {seccompProfile: {type: Unconfined}}"
        let own = "securityContext: {seccompProfile: {type: Localhost, localhostProfile: a.json}}"
        let standard = "securityContext: {seccompProfile: {type: RuntimeDefault}}"
        #expect(try filter(standard, "") == usual)
        #expect(try filter(none, "") == nil)
        #expect(try filter(none, standard) == usual)
        #expect(try filter(standard, none) == nil)
        #expect(try filter(none, own) == local)
        #expect(try filter(own, "") == local)
        #expect(try filter("", "securityContext: {privileged: true}") == nil)
        #expect(try filter(standard, "securityContext: {privileged: true}") == nil)
        // What a capability opens, the filter opens with it.
        #expect(try filter("", "securityContext: {capabilities: {add: [SYS_ADMIN]}}") != usual)
    }
}
