import PodSpec
import Testing

/// ConfigMaps, Secrets and claims, as documents say them.
@Suite struct ConfigDocumentTests {
    private func read(_ text: String) throws(ManifestError) -> Manifest {
        try Manifest.read(Array(text.utf8), name: "c.yaml", needsPod: false)
    }

    private func problems(_ text: String) -> [String] {
        do {
            _ = try read(text)
            return []
        } catch {
            return error.problems.map { ($0.path.isEmpty ? "" : $0.path + ": ") + $0.message }
        }
    }

    private func document(_ kind: String, _ rest: String) -> String {
        "apiVersion: v1\nkind: \(kind)\nmetadata: {name: d, namespace: shop, labels: {a: b}, annotations: {x: z}}\n\(rest)\n"
    }

    @Test func `a ConfigMap has text and bytes, by the bytes of their keys`() throws {
        let manifest = try read(document("ConfigMap", "data: {b: text, B.x_-: ''}\nbinaryData: {a: AP8=}\nimmutable: true"))
        let map = manifest.documents[0].document
        #expect(map.kind == .configMap && map.isImmutable && map.metadata.namespace == "shop")
        #expect(map.entries.map(\.key) == ["B.x_-", "a", "b"])
        #expect(map.entries.map(\.bytes) == [[], [0, 255], Array("text".utf8)])
        #expect(map.entries.map(\.isBinary) == [false, true, false])
        #expect(try ConfigDocument(json: map.json { $0 }) == map)
    }

    @Test func `a Secret has bytes, and stringData goes before data`() throws {
        let manifest = try read(document("Secret", "data: {a: \"aGVs\\nbG8=\", b: eA==}\nstringData: {b: plain}"))
        let secret = manifest.documents[0].document
        #expect(secret.entries.map(\.bytes) == [Array("hello".utf8), Array("plain".utf8)])
        #expect(secret.type == "Opaque" && secret.metadata.annotations.isEmpty)
        // Whoever prints one prints no value.
        #expect(!"\(secret.entries)".contains("plain"))
        #expect(!String(decoding: secret.json { "<\($0)>" }, as: UTF8.self).contains("plain"))
    }

    @Test func `documents stand in Lists, beside pods, and once by name`() throws {
        let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: i}]}\n"
        let list = """
            apiVersion: v1
            kind: List
            items:
            - {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}
            - {apiVersion: v1, kind: Secret, metadata: {name: a}}
            - {apiVersion: v1, kind: SecretList, items: [{metadata: {name: b}, stringData: {x: z}}]}
            - {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: a}, spec: {resources: {requests: {storage: 1Gi}}}}
            """
        let manifest = try read(pod + "---\n" + list)
        #expect(manifest.pods.map(\.metadata.name) == ["p"])
        #expect(manifest.documents.map(\.document.metadata.name) == ["a", "a", "b"])
        #expect(manifest.claims.map(\.claim.size?.value) == [1 << 30])
        #expect(
            problems(list + "\n---\n" + "{\"apiVersion\": \"v1\", \"kind\": \"Secret\", \"metadata\": {\"name\": \"b\"}}")
                == ["there is another Secret 'default/b' before this one"])
    }

    @Test(arguments: [
        (
            "ConfigMap", "data: {../x: z}",
            "data['../x']: '../x' is no key: expected letters, digits, '-', '_' and '.', at most 253, neither '.' nor anything that begins with '..'"
        ),
        (
            "ConfigMap", "data: {..x: z}",
            "data['..x']: '..x' is no key: expected letters, digits, '-', '_' and '.', at most 253, neither '.' nor anything that begins with '..'"
        ),
        ("ConfigMap", "data: {a: 1}", "data.a: expected a string, found a number: put it in quotes"),
        ("ConfigMap", "data: {a: b}\nbinaryData: {a: eA==}", "binaryData.a: the key 'a' stands in 'data' already"),
        (
            "Secret", "data: {pin: hunter2}",
            "data.pin: expected base64 (RFC 4648, section 4, with padding): plain text belongs in 'stringData' or 'data'"
        ),
        ("Secret", "stringData: {pin: 4711}", "stringData.pin: expected a string, found a number: put it in quotes"),
        ("Secret", "stringDate: {pin: x}", "stringDate: unknown field 'stringDate'; did you mean 'stringData'?"),
        (
            "PersistentVolumeClaim", "spec: {accessModes: [ReadWriteonce]}",
            "spec.accessModes[0]: unknown access mode 'ReadWriteonce'; did you mean 'ReadWriteOnce'?"
        ),
        (
            "PersistentVolumeClaim", "spec: {volumeMode: Block}",
            "spec.volumeMode: 'Block' is not supported: block devices as volumes are not"
        ),
        (
            "PersistentVolumeClaim", "spec: {resources: {requests: {storage: -1}}}",
            "spec.resources.requests.storage: a size is not below zero"
        ),
    ])
    func `what is wrong with a document is told by its key, without values`(kind: String, rest: String, message: String) {
        let found = problems(document(kind, rest))
        #expect(found == [message])
        #expect(!found.joined().contains("hunter2") && !found.joined().contains("4711"))
    }

    @Test func `a document has a name of its own, and a mebibyte`() {
        #expect(
            problems("apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: c-}")
                == ["metadata: a ConfigMap is found by its name: give it one in 'name' instead of 'generateName'"])
        let half = String(repeating: "x", count: 1 << 19)
        #expect(problems(document("ConfigMap", "data: {a: \(half), b: \(half)}")).isEmpty)
        #expect(
            problems(document("Secret", "stringData: {a: \(half), b: \(half), c: z}"))
                == ["its values have 1048577 bytes together, more than 1048576"])
    }
}
