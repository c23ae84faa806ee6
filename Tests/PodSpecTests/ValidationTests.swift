import PodSpec
import StrictTree
import Testing

/// The rules of `defaults.md`, sections 2 and 3, for each field that is enforced.
@Suite struct ValidationTests {
    private static let label = "expected lower case letters, digits and '-', at most 63, with a letter or digit at both ends"

    @Test func `a pod with every field that is enforced`() throws {
        var pod = try Manifest.read(try Fixtures.bytes("everything.yaml"), name: "-").pods[0]
        let spec = pod.spec
        #expect(spec.hostAliases.map(\.ip) == ["10.0.0.1", "fd00::1"])
        #expect(spec.dnsConfig?.options == [DNSOption(name: "ndots", value: "2"), DNSOption(name: "edns0")])
        #expect(spec.securityContext.sysctls == [Sysctl(name: "kernel.shm_rmid_forced", value: "1")])
        #expect(spec.securityContext.supplementalGroups == [1, 2_147_483_647])
        #expect(spec.volumes.map(\.name) == ["disk", "memory", "host"])
        #expect(spec.volumes[1].source == .emptyDir(EmptyDirVolume(medium: .memory, sizeLimit: Quantity("1.5Gi"))))
        let container = spec.containers[0]
        #expect(
            container.env == [
                EnvironmentVariable(name: "NAME", value: "a"), EnvironmentVariable(name: "with.dot and blank", value: ""),
            ])
        #expect(container.ports.map(\.containerPort) == [53, 53] && container.ports[0].protocolName == .udp)
        #expect(container.resources.requests.cpu?.milliValue == 500 && container.resources.limits.memory?.value == 1_000_000_000)
        #expect(container.securityContext.capabilities == CapabilityChanges(add: ["NET_ADMIN", "SYS_TIME"], drop: ["ALL"]))
        #expect(container.securityContext.seccompProfile == .localhost(path: "web/audit.json"))
        #expect(
            container.terminationMessagePolicy == .fallbackToLogsOnError && container.stdinOnce && container.tty
                && container.stdin)
        #expect(spec.qosClass == .burstable)
        pod.identify(uid: "u", suffix: "x7k2p")
        #expect(try Pod(json: pod.json) == pod)
    }

    @Test(arguments: [
        ("hostname: a.b", "spec.hostname: 'a.b' is no host name: \(label)"),
        ("subdomain: A", "spec.subdomain: 'A' is no subdomain: \(label)"),
        (
            "restartPolicy: always",
            "spec.restartPolicy: unknown restart policy 'always': it is one of 'Always', 'OnFailure', 'Never'"
        ),
        (
            "terminationGracePeriodSeconds: 5.5",
            "spec.terminationGracePeriodSeconds: expected an integer, found 5.5; write it without fraction and exponent"
        ),
        (
            "hostPID: true\nshareProcessNamespace: true",
            "spec.shareProcessNamespace: a pod with 'hostPID' shares the host's processes, not its own"
        ),
        ("hostPID: 'true'", "spec.hostPID: expected a boolean, found a string"),
        (
            "hostUsers: false\nhostPID: true",
            "spec.hostUsers: with users of its own a pod has no namespace of the machine's: take 'hostPID' off, or 'hostUsers: false'"
        ),
        (
            "hostUsers: false\nsecurityContext: {fsGroup: 65536}",
            "spec.securityContext.fsGroup: with 'hostUsers: false' a pod has the ids 0 to 65535: take one of these"
        ),
        (
            "hostnameOverride: A",
            "spec.hostnameOverride: 'A' is no host name: expected lower case letters, digits, '-' and '.', at most 253, with a letter or digit at the ends of each part"
        ),
        (
            "hostnameOverride: a.b\nsetHostnameAsFQDN: true",
            "spec.hostnameOverride: it and 'setHostnameAsFQDN' exclude each other: take one off"
        ),
        (
            "resources: {limits: {ephemeral-storage: 1Gi}}",
            "spec.resources: a pod's resources are cpu, memory and huge pages: limit the storage of its containers"
        ),
        ("os: {name: windows}", "spec.os.name: 'windows' is not supported: containers are of Linux here"),
        ("dnsPolicy: None", "spec.dnsPolicy: the policy 'None' needs at least one of 'dnsConfig.nameservers'"),
        (
            "dnsConfig: {nameservers: [1.2.3.4, 1.2.3.4, '::1', '::2']}",
            "spec.dnsConfig.nameservers: there are 4 name servers, more than 3"
        ),
        (
            "dnsConfig: {nameservers: [1.2.3]}",
            "spec.dnsConfig.nameservers[0]: '1.2.3' is no address: expected an IPv4 or IPv6 address"
        ),
        ("dnsConfig: {searches: [a..b]}", "spec.dnsConfig.searches[0]: 'a..b' is no search domain: expected a domain name"),
        (
            "dnsConfig: {options: [{name: 'a b'}]}",
            "spec.dnsConfig.options[0]: 'a b' is no option of resolv.conf: expected characters without blanks"
        ),
        ("dnsConfig: {options: [{value: x}]}", "spec.dnsConfig.options[0]: 'name' is missing"),
        ("hostAliases: [{ip: 01.2.3.4}]", "spec.hostAliases[0].ip: '01.2.3.4' is no address: expected an IPv4 or IPv6 address"),
        (
            "hostAliases: [{ip: 1.2.3.4, hostnames: [\"a\\nb\"]}]",
            "spec.hostAliases[0].hostnames[0]: 'a\nb' is no host name: expected lower case letters, digits, '-' and '.', at most 253, with a letter or digit at the ends of each part"
        ),
        ("hostAliases: [{hostnames: [a]}]", "spec.hostAliases[0]: 'ip' is missing"),
        ("volumes: [{name: a}, {name: a}]", "spec.volumes[1]: there is another volume 'a' before this one"),
        ("volumes: [{name: a, emptyDir: {}, hostPath: {path: /}}]", "spec.volumes[0]: a volume has one source, this has 2"),
        ("volumes: [{name: a, hostPath: {path: a}}]", "spec.volumes[0].hostPath.path: 'a' is no absolute path"),
        ("volumes: [{name: a, hostPath: {path: ''}}]", "spec.volumes[0].hostPath.path: '' is no absolute path"),
        ("volumes: [{name: a, hostPath: {path: /a/../b}}]", "spec.volumes[0].hostPath.path: a path of the host has no '..'"),
        ("volumes: [{name: a, hostPath: {path: \"/a\\0b\"}}]", "spec.volumes[0].hostPath.path: the string holds a NUL character"),
        (
            "volumes: [{name: a, hostPath: {path: /, type: dir}}]",
            "spec.volumes[0].hostPath.type: unknown host path type 'dir': it is one of 'DirectoryOrCreate', 'Directory', 'FileOrCreate', 'File', 'Socket', 'CharDevice', 'BlockDevice'"
        ),
        ("volumes: [{name: a, emptyDir: {sizeLimit: -1}}]", "spec.volumes[0].emptyDir.sizeLimit: a size is not below zero"),
        (
            "volumes: [{name: a, emptyDir: {medium: HugePages}}]",
            "spec.volumes[0]: volume 'a': no container of the pod has a limit of such huge pages: give one 'hugepages-2Mi' or the like"
        ),
        (
            "volumes: [{name: a, emptyDir: {medium: HugePages-3Mi}}]",
            "spec.volumes[0].emptyDir.medium: 'HugePages-3Mi' has no size of a page: expected one as HugePages-2Mi"
        ),
        (
            "volumes: [{name: a, emptyDir: {medium: Ram}}]",
            "spec.volumes[0].emptyDir.medium: unknown medium 'Ram': it is one of 'Memory', 'HugePages', 'HugePages-SIZE'"
        ),
        (
            "volumes: [{name: a, emptyDir: {sizeLimit: 1Ki}}]",
            "spec.volumes[0].emptyDir.sizeLimit: a directory needs more than 1Ki: 64Ki is the least"
        ),
        (
            "volumes: [{name: a, projected: {sources: [{serviceAccountToken: {path: t}}]}}]",
            "spec.volumes[0].projected.sources[0].serviceAccountToken: there is no API server whose token it could be: remove it"
        ),
        ("initContainers: [{name: c, image: i}]", "spec.containers[0]: there is another container 'c' before this one"),
        (
            "initContainers: [{name: s, image: i, restartPolicy: Always}]",
            "spec.initContainers[0].restartPolicy: restart policies of single containers, and so sidecars, are not supported yet: the pod has one for all"
        ),
    ])
    func `of the pod`(spec: String, problem: String) {
        #expect(problems(spec: spec) == [problem])
    }

    @Test(arguments: [
        ("env: [{name: A=B}]", "env[0].name: 'A=B' is no name of a variable: expected printable ASCII characters without '='"),
        ("env: [{name: ''}]", "env[0].name: '' is no name of a variable: expected printable ASCII characters without '='"),
        ("env: [{value: a}]", "env[0]: 'name' is missing"),
        ("env: [null]", "env[0]: expected an object, found null"),
        ("env: {A: b}", "env: expected an array, found an object"),
        (
            "env: [{name: A, valueFrom: {fieldRef: {fieldPath: metadata.labels}}}]",
            "env[0].valueFrom.fieldRef.fieldPath: 'metadata.labels' is for files, not for variables"
        ),
        ("command: /bin/sh", "command: expected an array, found a string"),
        ("args: [1]", "args[0]: expected a string, found a number: put it in quotes"),
        ("args: [\"a\\0\"]", "args[0]: the string holds a NUL character"),
        (
            "imagePullPolicy: never",
            "imagePullPolicy: unknown pull policy 'never': it is one of 'Always', 'IfNotPresent', 'Never'"
        ),
        ("ports: [{containerPort: 0}]", "ports[0].containerPort: expected an integer from 1 to 65535, found 0"),
        ("ports: [{name: a}]", "ports[0]: 'containerPort' is missing"),
        (
            "ports: [{containerPort: 1, protocol: ICMP}]",
            "ports[0].protocol: unknown protocol 'ICMP': it is one of 'TCP', 'UDP', 'SCTP'"
        ),
        (
            "ports: [{containerPort: 1, name: '80'}]",
            "ports[0].name: '80' is no name of a port: expected lower case letters, digits and single '-', at most 15, with a letter, and none of '-' at the ends"
        ),
        (
            "ports: [{containerPort: 1, name: a}, {containerPort: 2, name: a}]",
            "ports[1]: there is another port 'a' before this one"
        ),
        (
            "ports: [{containerPort: 1, hostPort: 65536}]",
            "ports[0].hostPort: expected an integer from 0 to 65535, found 65536"
        ),
        ("ports: [{containerPort: 1, hostPort: 1, hostIP: 1.2.3}]", "ports[0].hostIP: '1.2.3' is no address"),
        (
            "volumeMounts: [{name: v, mountPath: /a}, {name: v, mountPath: /b/../a}]",
            "volumeMounts[1]: there is another mount at '/a' before this one"
        ),
        ("volumeMounts: [{name: vv, mountPath: /a}]", "volumeMounts[0].name: the pod has no volume 'vv'"),
        (
            "volumeMounts: [{name: volum, mountPath: /a}]",
            "volumeMounts[0].name: the pod has no volume 'volum'; did you mean 'volume'?"
        ),
        ("volumeMounts: [{name: v}]", "volumeMounts[0]: 'mountPath' is missing"),
        ("volumeMounts: [{name: v, mountPath: ''}]", "volumeMounts[0].mountPath: a mount has a path"),
        (
            "volumeMounts: [{name: v, mountPath: /a, subPath: ../x}]",
            "volumeMounts[0].subPath: '../x' is no relative path without '..'"
        ),
        (
            "securityContext: {privileged: true}\nvolumeMounts: [{name: v, mountPath: /a, mountPropagation: Bidirectional}]",
            "volumeMounts[0].mountPropagation: only a hostPath can pass mounts to the machine: take 'HostToContainer' or 'None'"
        ),
        (
            "volumeMounts: [{name: h, mountPath: /a, mountPropagation: Bidirectional}]",
            "volumeMounts[0]: 'mountPropagation: Bidirectional' is for privileged containers: set 'privileged', or take it off"
        ),
        (
            "securityContext: {privileged: true}\nvolumeMounts: [{name: h, mountPath: /a, subPath: b, mountPropagation: Bidirectional}]",
            "volumeMounts[0].mountPropagation: a 'subPath' passes no mounts to the machine: mount the whole volume"
        ),
        (
            "resizePolicy: [{resourceName: cpu, restartPolicy: RestartContainer}]",
            "resizePolicy[0].restartPolicy: 'RestartContainer' is not supported: 'hull resize' never restarts: take 'NotRequired'"
        ),
        (
            "resources: {limits: {cpu: x}}",
            "resources.limits.cpu: 'x' is no quantity: expected a number with one of n u m k M G T P E Ki Mi Gi Ti Pi Ei, or none"
        ),
        ("resources: {limits: {cpu: -1}}", "resources.limits.cpu: an amount is not below zero"),
        ("resources: {limits: {cpu: true}}", "resources.limits.cpu: expected a string, found true"),
        (
            "resources: {limits: {memory: 1Gi}, requests: {memory: 2Gi}}",
            "resources.requests: the request of memory, 2Gi, is above its limit, 1Gi"
        ),
        ("resources: {limits: {memry: 1Gi}}", "resources.limits.memry: unknown resource 'memry'; did you mean 'memory'?"),
        (
            "resources: {limits: {hugepages-2Mi: 1Gi}}", "resources.limits: huge pages need cpu or memory beside them"
        ),
        (
            "resources: {limits: {hugepages-2Mi: 4Mi, cpu: 1}, requests: {hugepages-2Mi: 2Mi}}",
            "resources.limits: huge pages have a limit that is their request: write both alike, or the limit alone"
        ),
        (
            "resources: {limits: {hugepages-2Mi: 3Mi, cpu: 1}}",
            "resources.limits.hugepages-2Mi: 3Mi is no number of whole pages of 2Mi"
        ),
        (
            "resources: {limits: {hugepages-3Mi: 3Mi, cpu: 1}}",
            "resources.limits.hugepages-3Mi: '3Mi' is no size of a page: expected one as 2Mi or 1Gi"
        ),
        (
            "resources: {limits: {example.com/gpu: 1}}",
            "resources.limits['example.com/gpu']: there are no resources beside cpu and memory: a device is a volume or a device of the host"
        ),
        (
            "securityContext: {privileged: true, allowPrivilegeEscalation: false}",
            "securityContext.allowPrivilegeEscalation: a container with 'privileged' cannot be kept from more privileges"
        ),
        (
            "securityContext: {capabilities: {add: [CAP_SYS_ADMIN]}, allowPrivilegeEscalation: false}",
            "securityContext.allowPrivilegeEscalation: a container with the capability 'CAP_SYS_ADMIN' cannot be kept from more privileges"
        ),
        (
            "securityContext: {capabilities: {drop: [NET_RAV]}}",
            "securityContext.capabilities.drop[0]: unknown capability 'NET_RAV'; did you mean 'NET_RAW'?"
        ),
        (
            "securityContext: {procMount: Unmasked}",
            "securityContext.procMount: what the machine's root sees of /proc is not for a container: set 'hostUsers: false' beside it"
        ),
    ])
    func `of a container`(container: String, problem: String) {
        let volumes = "volumes: [{name: v}, {name: volume}, {name: h, hostPath: {path: /h}}]"
        #expect(problems(spec: volumes, container: container) == ["spec.containers[0]." + problem])
    }

    @Test(arguments: [
        ("  name: p\n", "  name: p\n  namespace: a.b\n", "metadata.namespace: 'a.b' is no namespace: \(label)"),
        ("  name: p\n", "  name: p\n  uid: ../x\n", "metadata.uid: '../x' is no uid: \(label)"),
        (
            "  name: p\n", "  generateName: -p\n",
            "metadata.generateName: '-p' is no beginning of a pod name: expected lower case letters, digits, '-' and '.', at most 253, with a letter or digit at the ends of each part"
        ),
        ("  name: p\n", "  labels: {a: b}\n", "metadata: 'name' is missing"),
        ("  name: p\n", "  name: ''\n", "metadata: 'name' is missing"),
        (
            "  name: p\n", "  name: p\n  labels: {-a: b}\n",
            "metadata.labels.-a: '-a' is no key of a label: expected a name of letters, digits, '-', '_' and '.', at most 63, and before it perhaps a domain and '/'"
        ),
        (
            "  name: p\n", "  name: p\n  labels: {a: b c}\n",
            "metadata.labels.a: 'b c' is no value of a label: expected letters, digits, '-', '_' and '.', at most 63, with a letter or digit at both ends, or nothing"
        ),
        (
            "  name: p\n", "  name: p\n  labels: {a: true}\n",
            "metadata.labels.a: expected a string, found a boolean: put it in quotes"
        ),
        (
            "  name: p\n", "  name: p\n  annotations: {a b: c}\n",
            "metadata.annotations['a b']: 'a b' is no key of an annotation: expected a name of letters, digits, '-', '_' and '.', at most 63, and before it perhaps a domain and '/'"
        ),
        (
            "  name: p\n", "  name: p\n  annotations: {a: \(String(repeating: "x", count: 262_144))}\n",
            "metadata.annotations: the annotations have 262145 bytes together, more than 262144"
        ),
        ("    image: i:1\n", "", "spec.containers[0]: 'image' is missing"),
        ("    image: i:1\n", "    image: ' i'\n", "spec.containers[0].image: the name of an image has no blanks at its ends"),
        ("    image: i:1\n", "    image: ''\n", "spec.containers[0].image: the image has no name"),
        ("  - name: c\n", "  - name: C\n", "spec.containers[0].name: 'C' is no container name: \(label)"),
        ("  containers:\n  - name: c\n    image: i:1\n", "  containers: []\n", "spec: a pod has at least one container"),
        ("  containers:\n  - name: c\n    image: i:1\n", "", "'spec' is missing"),
        ("  containers:\n  - name: c\n    image: i:1\n", "  hostname: a\n", "spec: 'containers' is missing"),
    ])
    func `of names`(line: String, other: String, problem: String) {
        let text = podText()
        #expect(text.contains(line))
        let changed = text.replacing(line, with: other)
        #expect(problems(changed) == [problem])
    }

    @Test func `what Kubernetes takes for absent is so here`() throws {
        let empty = try pod(
            spec: "hostname: ''\nsubdomain: null\ninitContainers: []\nephemeralContainers: []",
            container: "env: null\nworkingDir: ''\nlifecycle: null")
        #expect(empty.spec == (try pod().spec))
        #expect(try pod(spec: "terminationGracePeriodSeconds: -7").spec.terminationGracePeriodSeconds == 1)
        #expect(try pod(spec: "terminationGracePeriodSeconds: 0").spec.terminationGracePeriodSeconds == 0)
    }

    @Test(arguments: [
        ("", QoSClass.bestEffort), ("{limits: {cpu: 0}}", .bestEffort), ("{limits: {cpu: 1, memory: 1Gi}}", .guaranteed),
        ("{limits: {cpu: 1, memory: 1Gi}, requests: {cpu: 1000m}}", .guaranteed),
        ("{limits: {cpu: 1, memory: 1Gi}, requests: {cpu: 500m}}", .burstable),
        ("{limits: {cpu: 1}}", .burstable), ("{requests: {memory: 1Ki}}", .burstable),
    ])
    func `classes of service`(resources: String, expected: QoSClass) throws {
        #expect(try pod(container: resources.isEmpty ? "" : "resources: \(resources)").spec.qosClass == expected)
        let beside = try pod(
            spec: "initContainers: [{name: i, image: i}]", container: resources.isEmpty ? "" : "resources: \(resources)")
        #expect(beside.spec.qosClass == (expected == .bestEffort ? .bestEffort : .burstable))
    }

    @Test(arguments: [
        ("0.0.0.0", true), ("255.255.255.255", true), ("256.0.0.1", false), ("1.2.3.4.5", false), ("1.2.3.", false), ("::", true),
        ("::1", true), ("1::", true),
        ("1:2:3:4:5:6:7:8", true), ("1:2:3:4:5:6:7", false), ("1:2:3:4:5:6:7:8:9", false), ("1::2::3", false), (":::", false),
        (":1", false), ("1:", false),
        ("1:2:3:4:5:6:7::", true), ("1:2:3:4::5:6:7:8", false), ("::ffff:1.2.3.4", true), ("1.2.3.4::", false),
        ("12345::", false), ("fe80::1%eth0", false), ("", false),
        ("::1.2.3.4:5", false), ("1:2:3:4:5:6:1.2.3.4", true), ("1:2:3:4:5:6:7:1.2.3.4", false),
    ])
    func `addresses`(text: String, isAddress: Bool) {
        #expect(problems(spec: "hostAliases: [{ip: '\(text)'}]").isEmpty == isAddress)
    }
}
