import PodSpec
import SeededRandom
import StrictTree
import Testing

@Suite struct IdentityTests {
    @Test func `what the manifest leaves open comes from the caller`() throws {
        var pod = try manifest(podText().replacing("name: p", with: "generateName: web-")).pods[0]
        #expect(!pod.isIdentified && pod.metadata.name == "" && pod.metadata.generateName == "web-")
        pod.identify(uid: "u-1", suffix: "x7k2p")
        #expect(pod.isIdentified && pod.metadata.name == "web-x7k2p" && pod.metadata.uid == "u-1")
        let named = pod
        pod.identify(uid: "u-2", suffix: "other")
        #expect(pod == named)
        let read = try Pod(json: pod.json)
        #expect(read.metadata.name == "web-x7k2p" && read.metadata.uid == "u-1" && read.spec == pod.spec)
        #expect(read.json == pod.json)
        #expect(read == pod)
    }

    @Test func `a long prefix leaves room for the suffix`() throws {
        let prefix = String(repeating: "a", count: 70)
        var pod = try manifest(podText().replacing("name: p", with: "generateName: \(prefix)")).pods[0]
        pod.identify(uid: "u", suffix: "x7k2p")
        #expect(pod.metadata.name == prefix.prefix(58) + "x7k2p")
    }

    @Test func `the document is canonical: one text for one meaning`() throws {
        let first = try manifest(
            "kind: Pod\nmetadata: {name: p, uid: u, labels: {b: x, a: 'y'}}\nspec: {priority: 0x10, containers: [{image: i, name: c, env: null}]}\napiVersion: v1"
        ).pods[0]
        let second = try manifest(
            #"{"apiVersion":"v1","kind":"Pod","spec":{"containers":[{"name":"c","image":"i"}],"priority":16},"metadata":{"uid":"u","labels":{"a":"y","b":"x"},"name":"p"}}"#
        ).pods[0]
        #expect(first == second)
        #expect(
            String(decoding: first.json, as: UTF8.self)
                == #"{"apiVersion":"v1","kind":"Pod","metadata":{"labels":{"a":"y","b":"x"},"name":"p","namespace":"default","uid":"u"},"spec":{"containers":[{"image":"i","name":"c"}],"priority":16}}"#
        )
    }

    @Test(arguments: [
        (String(repeating: "a", count: 62) + ".b", String(repeating: "a", count: 62)), ("a.b", "a.b"),
        (String(repeating: "a", count: 70), String(repeating: "a", count: 63)),
    ])
    func `the host name is the pod's name, cut`(name: String, hostname: String) throws {
        #expect(try manifest(podText().replacing("name: p", with: "name: \(name)")).pods[0].hostname == hostname)
    }

    @Test func `no change of a manifest brings the reader down, and what is read can be kept`() throws {
        let originals = [try Fixtures.bytes("kubectl.yaml"), try Fixtures.bytes("everything.yaml")]
        let run = FuzzRun()
        var random = run.random
        var read = 0
        var refused = 0
        while !run.isOver {
            var bytes = originals.randomElement(using: &random) ?? []
            for _ in 0..<Int.random(in: 1...3, using: &random) { random.mutate(json: &bytes) }
            do throws(ManifestError) {
                for var pod in try Manifest.read(bytes, name: "fuzz").pods {
                    pod.identify(uid: "u", suffix: "x7k2p")
                    if try Pod(json: pod.json) != pod {
                        Issue.record("seed \(run.seed): \(String(decoding: bytes, as: UTF8.self))")
                    }
                }
                read += 1
            } catch {
                refused += 1
                if error.problems.isEmpty || error.problems.contains(where: { $0.message.isEmpty }) {
                    Issue.record("a refusal without a reason")
                }
                if error.name == "pod" { Issue.record("seed \(run.seed): not read back: \(error)") }
            }
        }
        #expect(read > 5 && refused > 5)
    }
}
