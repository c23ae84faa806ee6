import LinuxTypes
import PodSpec
import Testing

/// Annotations of Hull, resources of whole pods, and changes of resources.
@Suite struct TuningTests {
    private func text(_ annotations: String, _ spec: String = "", _ container: String = "") -> String {
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: p, annotations: {\(annotations)}}
        spec:
          volumes: [{name: e, emptyDir: {}}, {name: h, hostPath: {path: /h}}]
          \(spec)
          containers:
          - {name: c, image: "i:1"\(container)}
          - {name: d, image: "i:1"}
        """
    }

    private func pod(_ annotations: String, _ spec: String = "", _ container: String = "") throws -> Pod {
        try #require(try Manifest.read(Array(text(annotations, spec, container).utf8), name: "-").pods.first)
    }

    private func problems(_ annotations: String, _ spec: String = "", _ container: String = "") -> [String] {
        do throws(ManifestError) {
            _ = try Manifest.read(Array(text(annotations, spec, container).utf8), name: "-")
            return []
        } catch { return error.problems.map { "\($0.path): \($0.message)" } }
    }

    @Test func `annotations are for all containers, or for one`() throws {
        let pod = try pod(
            """
            hull.dev/ulimits: "nofile=10:20, core=0", hull.dev/ulimits.c: nofile=unlimited, hull.dev/pids-limit: "7",
            hull.dev/pids-limit.d: "8", hull.dev/oom-group.c: "false", hull.dev/shm-size: 8Mi, hull.dev/noexec-volumes: e, other/x: z
            """)
        let tuning = pod.spec.tuning
        #expect(tuning.sharedMemory?.value == 8 << 20 && tuning.noExecVolumes == ["e"])
        #expect(tuning.of("d").limits == [.init(name: "nofile", soft: 10, hard: 20), .init(name: "core", soft: 0, hard: 0)])
        #expect(
            tuning.of("c").limits == [.init(name: "core", soft: 0, hard: 0), .init(name: "nofile", soft: .max, hard: .max)])
        #expect(tuning.of("c").processes == 7 && tuning.of("d").processes == 8)
        #expect(tuning.of("c").endsTogether == false && tuning.of("d").endsTogether == nil)
        #expect(try Pod(json: pod.json).spec.tuning == tuning)
    }

    @Test(arguments: [
        ("hull.dev/ulimit: a", "['hull.dev/ulimit']: unknown annotation 'hull.dev/ulimit'; did you mean 'hull.dev/ulimits'?"),
        (
            "hull.dev/nothing-like-it: a",
            "['hull.dev/nothing-like-it']: unknown annotation 'hull.dev/nothing-like-it': take it off"
        ),
        ("hull.dev/pids-limit.x: '1'", "['hull.dev/pids-limit.x']: the pod has no container 'x'"),
        ("hull.dev/pids-limit: '0'", "['hull.dev/pids-limit']: '0' is no number of processes: expected 1 or more"),
        ("hull.dev/shm-size: many", "['hull.dev/shm-size']: 'many' is no size: expected a quantity above zero, as 64Mi"),
        ("hull.dev/noexec-volumes: h", "['hull.dev/noexec-volumes']: the pod has no emptyDir 'h'"),
        ("hull.dev/oom-group: maybe", "['hull.dev/oom-group']: 'maybe' is neither 'true' nor 'false'"),
        ("hull.dev/ulimits: nofil=1", "['hull.dev/ulimits']: unknown limit 'nofil'; did you mean 'nofile'?"),
        (
            "hull.dev/ulimits: 'nofile=2:1'",
            "['hull.dev/ulimits']: 'nofile=2:1' is no limit: expected NAME=SOFT:HARD or NAME=BOTH, numbers or 'unlimited'"
        ),
        ("hull.dev/ulimits: 'core=1,core=2'", "['hull.dev/ulimits']: the limit 'core' stands there twice"),
        ("hull.dev/swap.d: 1Mi", ": hull.dev/swap: container 'd' has no limit of memory, beside which swap could be"),
    ])
    func `an annotation that is not known is refused`(_ annotation: String, _ problem: String) {
        let found = problems(annotation)
        #expect(found.count == 1 && found[0] == "metadata.annotations" + problem, "\(found)")
    }

    @Test func `what is said of a whole pod decides what it is promised`() throws {
        let limits = ", resources: {limits: {cpu: 500m, memory: 64Mi}, requests: {cpu: 100m, memory: 32Mi}}"
        let some = try pod("", "", limits)
        #expect(some.spec.qosClass == .burstable)
        #expect(some.spec.promised.cpu?.milliValue == 100 && some.spec.promised.memory?.value == 32 << 20)
        let whole = try pod("", "resources: {limits: {cpu: 1, memory: 132Mi}}", limits)
        #expect(whole.spec.qosClass == .guaranteed)
        #expect(whole.spec.promised.cpu?.milliValue == 1000)
        // Half of what nobody asked for by name.
        #expect(whole.spec.promisedMemory(of: whole.spec.containers[0]) == 82 << 20)
        #expect(whole.spec.promisedMemory(of: whole.spec.containers[1]) == 50 << 20)
        #expect(
            problems("", "resources: {limits: {cpu: 250m}}", limits) == [
                "spec.containers[0]: the limit of cpu, 500m, is above the pod's, 250m, which 'spec.resources' says"
            ])
        #expect(
            problems("", "resources: {requests: {memory: 16Mi}}", limits) == [
                "spec.resources: the containers' requests of memory are 32Mi together, more than the pod's, 16Mi"
            ])
    }

    @Test func `changes of resources are kept, and huge pages stay`() throws {
        var pod = try pod("", "", ", resources: {limits: {cpu: 500m, memory: 64Mi, hugepages-2Mi: 2Mi}}")
        var wish = ResourceWish()
        wish.cpuLimit = .some(try #require(Quantity("2")))
        wish.memoryLimit = ResourceWish.Amount("none")
        var changes = ResourceChanges()
        changes.containers["c"] = wish.change(pod.spec.containers[0].resources)
        changes.pod = ResourceRequirements(limits: ResourceList(memory: Quantity("1Gi")))
        #expect(try ResourceChanges(json: changes.json).json == changes.json)
        pod.change(try ResourceChanges(json: changes.json))
        let resources = pod.spec.containers[0].resources
        #expect(resources.limits.cpu?.value == 2 && resources.requests.cpu?.milliValue == 500)
        #expect(resources.limits.memory == nil && resources.requests.memory?.value == 64 << 20)
        #expect(resources.limits.hugePages[2 << 20]?.value == 2 << 20)
        #expect(pod.spec.resources?.limits.memory?.value == 1 << 30)
        #expect(pod.spec.containers[1].resources == ResourceRequirements())
    }

    @Test(arguments: ["", "-1", "x", "1x", "None"]) func `an amount is a quantity, or none`(_ text: String) {
        #expect(ResourceWish.Amount(text) == nil)
    }
}
