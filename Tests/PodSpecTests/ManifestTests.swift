import LinuxTypes
import PodSpec
import StrictTree
import Testing

@Suite struct ManifestTests {
    @Test func `a small pod has Kubernetes' defaults`() throws {
        let pod = try pod()
        #expect(pod.metadata == ObjectMeta(name: "p"))
        var container = Container(
            name: "c", image: "i:1", imagePullPolicy: .ifNotPresent,
            terminationMessagePath: ContainerPath(literal: "/dev/termination-log"))
        container.terminationMessagePolicy = .file
        #expect(pod.spec == Pod.Spec(containers: [container]))
        #expect(
            pod.spec.terminationGracePeriodSeconds == 30 && pod.spec.restartPolicy == .always
                && pod.spec.dnsPolicy == .clusterFirst)
        #expect(pod.spec.qosClass == .bestEffort)
        #expect(pod.hostname == "p")
    }

    @Test(arguments: [
        ("a", PullPolicy.always), ("a:latest", .always), ("h:5000/a", .always), ("h:5000/a:1", .ifNotPresent),
        ("a@sha256:00", .ifNotPresent),
        ("a:latest@sha256:00", .ifNotPresent), ("a:latest1", .ifNotPresent),
    ])
    func `the pull policy follows the tag`(image: String, policy: PullPolicy) throws {
        let text = podText().replacing("image: i:1", with: "image: '\(image)'")
        #expect(try manifest(text).pods[0].spec.containers[0].imagePullPolicy == policy)
    }

    @Test func `what an API server prints can be run`() throws {
        let entry = try Manifest.read(try Fixtures.bytes("kubectl.yaml"), name: "pod.yaml").entries[0]
        let spec = entry.pod.spec
        #expect(entry.pod.isIdentified)
        #expect(entry.pod.metadata.name == "web-5d78c9869d-x7k2p" && entry.pod.metadata.generateName == nil)
        #expect(spec.containers[0].volumeMounts.map(\.name) == ["data"])
        #expect(spec.volumes == [Volume(name: "data", source: .emptyDir(EmptyDirVolume()))])
        #expect(spec.qosClass == .guaranteed)
        #expect(
            entry.notes.filter { $0.kind == .warning }.map(\.description) == [
                "spec.volumes[1]: there is no API server whose token this volume could hold: left out, with its mounts (line 76, column 5)",
                "spec.containers[0].volumeMounts[1]: its volume is left out, and so is the mount (line 54, column 7)",
            ])
        let inert = entry.notes.filter { $0.kind == .inert }.map(\.path)
        #expect(inert.contains("spec.tolerations") && inert.contains("status") && inert.contains("metadata.ownerReferences"))
        #expect(!inert.contains { $0.hasPrefix("spec.tolerations[") })
        #expect(entry.position(of: "spec.containers[0].image") == Position(line: 30, column: 12))
        #expect(entry.position(of: "metadata.annotations['example.com/note']")?.line == 5)
        #expect(entry.position(of: "spec.hostname") == nil)
        #expect(try Pod(json: entry.pod.json) == entry.pod)
    }

    @Test func `documents, lists and JSON in order`() throws {
        let pod =
            { "{apiVersion: v1, kind: Pod, metadata: {name: \($0)}, spec: {containers: [{name: c, image: i}]}}" }
            as (String) -> String
        let yaml = """
            ---
            # nothing
            --- \(pod("a"))
            ---
            apiVersion: v1
            kind: List
            metadata: {resourceVersion: ""}
            items:
            - \(pod("b"))
            - apiVersion: v1
              kind: PodList
              items: [{metadata: {name: c}, spec: {containers: [{name: c, image: i}]}}]
            --- ~
            --- \(pod("d"))
            """
        let manifest = try manifest(yaml)
        #expect(manifest.pods.map(\.metadata.name) == ["a", "b", "c", "d"])
        #expect(manifest.entries.map(\.position.line) == [3, 9, 12, 14])
        let json = #"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"containers":[{"name":"c","image":"i"}]}}"#
        #expect(try Manifest.read(Array(json.utf8), name: "-").pods == [manifest.pods[0]])
    }

    @Test(arguments: [
        ("", "there is no pod in it"), ("---\n---\n", "there is no pod in it"),
        ("{apiVersion: v1", "expected a key in double quotes, found 'a'"),
        ("text", "expected a Pod, found a string"), ("- 1", "expected a Pod, found an array"),
        ("kind: Pod", "'apiVersion' is missing: a pod begins with 'apiVersion: v1' and 'kind: Pod'"),
        ("apiVersion: v1", "'kind' is missing: a pod begins with 'apiVersion: v1' and 'kind: Pod'"),
        ("apiVersion: v2\nkind: Pod", "'v2' is not the apiVersion of a Pod, which is 'v1'"),
        ("apiVersion: v1\nkind: 5", "kind: expected a string, found 5"),
        (
            "apiVersion: apps/v1\nkind: Deployment",
            "a Deployment cannot be run, only a Pod: make one of its template, with a name"
        ),
        (
            "apiVersion: v1\nkind: Secret\nmetadata: {name: s}", "there is no pod in it: 'hull apply' takes what pods use"
        ),
        (
            "apiVersion: v1\nkind: pod",
            "documents of kind 'pod' are not supported, only Pods and what they use; did you mean 'Pod'?: remove it"
        ),
        ("apiVersion: v1\nkind: List", "a List has 'items', an array"),
        ("apiVersion: v1\nkind: List\nitems: [5]", "items[0]: expected a Pod, found a number"),
    ])
    func `what is no pod is refused`(text: String, message: String) {
        #expect(problems(text) == [message])
    }

    @Test func `all that is wrong is told, in the order of the text, with places`() {
        let text = """
            apiVersion: v1
            kind: Pod
            metadata:
              name: Web
              lables: {}
            spec:
              volumes: [{name: a, emptyDir: {}}]
              hostname: -x
              containers:
              - name: c
                image: i
                livenessProbe: {}
                volumeMounts: [{name: b, mountPath: /}]
                env: [{name: A, value: 5}]
            """
        do {
            _ = try Manifest.read(Array(text.utf8), name: "web.yaml")
            Issue.record("accepted")
        } catch {
            #expect(
                error.lines == [
                    "web.yaml:4:9: metadata.name: 'Web' is no pod name: expected lower case letters, digits, '-' and '.', at most 253, with a letter or digit at the ends of each part",
                    "web.yaml:5:3: metadata.lables: unknown field 'lables'; did you mean 'labels'?",
                    "web.yaml:8:13: spec.hostname: '-x' is no host name: expected lower case letters, digits and '-', at most 63, with a letter or digit at both ends",
                    "web.yaml:12:5: spec.containers[0].livenessProbe: probes are not supported yet: remove the field",
                    "web.yaml:13:27: spec.containers[0].volumeMounts[0].name: the pod has no volume 'b'",
                    "web.yaml:14:28: spec.containers[0].env[0].value: expected a string, found a number: put it in quotes",
                ])
        }
    }

    @Test func `two pods have two names`() throws {
        let text = podText()
        #expect(problems(text + "\n---\n" + text) == ["there is another pod 'default/p' before this one"])
        #expect(try manifest(text + "\n---\n" + text.replacing("name: p", with: "name: p\n  namespace: shop")).pods.count == 2)
        let generated = text.replacing("name: p", with: "generateName: p-")
        #expect(try manifest(generated + "\n---\n" + generated).pods.count == 2)
    }

    @Test(.timeLimit(.minutes(1))) func `a flood of errors is counted, and a large text refused`() throws {
        let text = podText() + "\nmetadata2: {" + (0..<10_000).map { "k\($0): 1" }.joined(separator: ", ") + "}"
        #expect(problems(text).count == 1)
        let flood = podText(spec: (0..<5_000).map { "x\($0): 1" }.joined(separator: "\n"))
        do {
            _ = try manifest(flood)
            Issue.record("accepted")
        } catch {
            #expect(error.problems.count == 50 && error.omitted == 4_950)
            #expect(error.lines.last == "pod.yaml: and 4950 more")
        }
        let pods = (0..<1_001).map {
            podText(spec: "priority: 1\npriorityClassName: x").replacing("name: p\n", with: "name: p\($0)\n")
        }
        let last = try manifest(pods.dropLast().joined(separator: "\n---\n")).entries.last
        #expect(last?.notes.map(\.position.line) == [11_994, 11_995])
        #expect(problems(pods.joined(separator: "\n---\n")) == ["there are more than 1000 pods and other documents"])
        #expect(problems(String(repeating: "#\n", count: 3 << 20)) == ["the document has 6291456 bytes, more than 4194304"])
    }
}
