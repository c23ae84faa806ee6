import Digests
import ImageSpec
import OCISpec
import StrictTree
import Testing

@testable import ImageTrust

@Suite struct PolicyTests {
    /// The keys of the fixtures, as files.
    static func policy(_ json: String) throws(TreeError) -> TrustPolicy {
        try TrustPolicy(json: Array(json.utf8), source: "trust.json") { name throws(KeyFileError) in
            do { return try Fixtures.bytes(name) } catch { throw KeyFileError("no such file") }
        }
    }

    private func complaint(_ json: String) -> String {
        do throws(TreeError) {
            _ = try Self.policy(json)
            return "(none)"
        } catch { return "\(error)" }
    }

    private func rule(_ policy: TrustPolicy, _ name: String) throws -> String {
        policy.rule(for: try ImageReference(name)).map { "\($0.pattern)" } ?? "default"
    }

    @Test("the most specific rule is the one that holds, wherever it stands") func precedence() throws {
        let rules = [
            "a.example/*", "a.example/team/*", "a.example/team/app", "a.example/team/app:1", "docker.io/*", "docker.io/library/*",
            "docker.io/library/nginx",
        ]
        let texts = rules.map { #"{"images":"\#($0)","verdict":"accept"}"# }
        for order in [texts, texts.reversed()] {
            let policy = try Self.policy(#"{"default":"reject","rules":[\#(order.joined(separator: ","))]}"#)
            #expect(try rule(policy, "a.example/team/app:1") == "a.example/team/app:1")
            #expect(try rule(policy, "a.example/team/app:2") == "a.example/team/app")
            #expect(try rule(policy, "a.example/team/app@\(PayloadTests.digest)") == "a.example/team/app")
            #expect(try rule(policy, "a.example/team/application") == "a.example/team/*")
            #expect(try rule(policy, "a.example/team/app/x") == "a.example/team/*")
            #expect(try rule(policy, "a.example/teamwork") == "a.example/*")
            #expect(try rule(policy, "nginx") == "docker.io/library/nginx")
            #expect(try rule(policy, "index.docker.io/library/redis") == "docker.io/library/*")
            #expect(try rule(policy, "someone/x") == "docker.io/*")
            #expect(try rule(policy, "b.example/x") == "default")
            #expect(try rule(policy, "a.example.evil/x") == "default")
            #expect(policy.rule(for: nil) == nil)
        }
    }

    @Test("what is not understood is refused, with its place") func refusals() {
        let keys = #""keys":["p256-a.pub","p256-b.pub"]"#
        func signed(_ text: String) -> String {
            #"{"default":"reject","rules":[{"images":"a.example/b","signedBy":{\#(text)}}]}"#
        }
        func rule(_ text: String) -> String { #"{"default":"reject","rules":[{\#(text)}]}"# }
        let pattern = { (name: String) in rule(#""images":"\#(name)","verdict":"accept""#) }
        let cases: [(String, String)] = [
            ("{}", "'default' is missing (line 1, column 1)"), ("[]", "expected an object"), ("", ""),
            (#"{"default":"acept"}"#, "/default: expected 'accept' or 'reject', found 'acept'; did you mean 'accept'?"),
            (#"{"default":"accept","rule":[]}"#, "/rule: unknown member 'rule'; did you mean 'rules'? (line 1, column 28)"),
            (#"{"default":"accept","default":"reject"}"#, "duplicate key"),
            (rule(#""images":"a.example/b""#), "/rules/0: expected one of 'verdict' and 'signedBy'"),
            (
                rule(#""images":"a.example/b","verdict":"accept","signedBy":{\#(keys)}"#),
                "expected one of 'verdict' and 'signedBy'"
            ),
            (rule(#""image":"a.example/b","verdict":"accept""#), "/rules/0: 'images' is missing"),
            (
                rule(#""images":"a.example/b","verdict":"accept","sigendBy":{}"#),
                "unknown member 'sigendBy'; did you mean 'signedBy'?"
            ),
            (pattern("*"), "that is what 'default' is for"), (pattern("*.example/b"), "a '*' stands at the end only"),
            (pattern("a.example/b*"), "a '*' stands at the end only"), (pattern("a.example/*/b"), "a '*' stands at the end only"),
            (pattern("nginx"), "expected a whole name: 'docker.io/library/nginx'"), (pattern("team/*"), "'docker.io/team/*'"),
            (pattern("index.docker.io/x/y"), "expected a whole name: 'docker.io/x/y'"), (pattern("A"), "is no name of an image"),
            (pattern("a.example/b@\(PayloadTests.digest)"), "a pattern has no digest"), (pattern(""), "is no name of an image"),
            (
                #"{"default":"accept","rules":[{"images":"a.example/b","verdict":"accept"},{"images":"a.example/b","verdict":"reject"}]}"#,
                "/rules/1: 'a.example/b' has a rule already, at line 1, column 30"
            ),
            (signed(""), "/rules/0/signedBy: 'keys' is missing"), (signed(#""keys":[]"#), "0 keys, expected 1 to 100"),
            (signed(keys + #","atLeast":0"#), "/rules/0/signedBy/atLeast: "), (signed(keys + #","atLeast":"1""#), "atLeast: "),
            (signed(keys + #","atLeast":3"#), "/rules/0/signedBy/atLeast: 3 of 2 keys can never have signed"),
            (signed(keys + #","atleast":2"#), "unknown member 'atleast'; did you mean 'atLeast'?"),
            (signed(keys + #","reference":"tag""#), "expected 'repository' or 'exact', found 'tag'"),
            (signed(keys + #","reference":"exact","signedAs":"a.example/c""#), "exclude each other"),
            (signed(keys + #","signedAs":"a.example/c:1""#), "expected a repository"),
            (signed(#""keys":["none.pub"]"#), "/rules/0/signedBy/keys/0: cannot read the key 'none.pub': no such file"),
            (signed(#""keys":["p256-a.pub","p256-a.pub"]"#), "/keys/1: the same key as 'p256-a.pub'"),
            (signed(#""keys":["rsa.pub"]"#), "the key 'rsa.pub': RSA is not supported"),
            (signed(#""keys":["p256-a.key"]"#), "found a private key, expected a public key"),
            (signed(#""keys":[{"pem":"x"}]"#), "/keys/0/pem: there is no PEM block"),
            (signed(#""keys":[{"pem":"x","file":"y"}]"#), "unknown member 'file'"), (signed(#""keys":[1]"#), "expected a string"),
            (String(repeating: "[", count: 100), ""), ("{\"default\":\"accept\"} x", ""),
        ]
        for (json, message) in cases {
            let found = complaint(json)
            #expect(found != "(none)", "read: \(json)")
            #expect(found.contains(message), "\(found)")
        }
    }

    @Test func keysStandInThePolicyToo() throws {
        let pem = String(decoding: try Fixtures.bytes("p256-a.pub"), as: UTF8.self).split(separator: "\n").joined(
            separator: "\\n")
        let policy = try Self.policy(
            #"{"default":"reject","rules":[{"images":"a.example/b","signedBy":{"keys":[{"pem":"\#(pem)"},"ed25519.pub"],"atLeast":2}}]}"#
        )
        guard case .signedBy(let required) = policy.rules[0].requirement else {
            Issue.record("no signatures are asked for")
            return
        }
        #expect(required.keys.map(\.source) == ["the key at line 1, column 74", "ed25519.pub"])
        #expect(try required.keys[0].key == Fixtures.publicKey("p256-a"))
        #expect(required.atLeast == 2)
    }
}

@Suite struct VerdictTests {
    static let digest = try? Digest(PayloadTests.digest)

    private func signature(
        _ name: String, reference: String = "registry.example/team/app", digest: String = PayloadTests.digest, place: String = "s"
    ) throws -> ImageSignature {
        var payload = SignaturePayload(repositoryOf: try ImageReference(reference), digest: try Digest(digest))
        payload.tag = reference.hasSuffix(":1") ? "1" : nil
        return try signature(name, payload.json, place)
    }

    private func signature(_ name: String, _ payload: [UInt8], _ place: String = "s") throws -> ImageSignature {
        let layer = SignatureManifest.layer(payload: payload, signature: try Fixtures.privateKey(name).sign(payload))
        return ImageSignature(place: place, layer: layer, payload: payload)
    }

    private func verdict(
        _ signatures: [ImageSignature], _ more: String = "", keys: String = #""p256-a.pub","ed25519.pub""#,
        image: String = "registry.example/team/app:1"
    ) throws -> TrustVerdict {
        let policy = try PolicyTests.policy(
            #"{"default":"reject","rules":[{"images":"registry.example/*","signedBy":{"keys":[\#(keys)]\#(more)}}]}"#)
        let digest = try Digest(PayloadTests.digest)
        return policy.verdict(on: try ImageReference(image), called: image, digest: digest) {
            TrustEvidence(signatures: signatures, digests: [digest])
        }
    }

    @Test func oneOfTheKeysIsEnough() throws {
        for name in ["p256-a", "ed25519"] {
            let found = try verdict([signature(name)])
            #expect(found.isAccepted)
            #expect(found.signers.map(\.source) == [name + ".pub"])
            #expect(
                "\(found)"
                    == "accepted by the rule 'registry.example/*' (trust.json, line 1, column 30): 1 of its 2 keys has signed")
        }
        let payload = try Fixtures.payload
        let layer = SignatureManifest.layer(payload: payload, signature: try Fixtures.bytes("payload.p256-a.sig"))
        #expect(try verdict([ImageSignature(place: "openssl", layer: layer, payload: payload)]).isAccepted)
    }

    @Test func noSignature() throws {
        let found = try verdict([])
        #expect(!found.isAccepted)
        #expect(
            "\(found)"
                == "rejected by the rule 'registry.example/*' (trust.json, line 1, column 30): 0 of its 2 keys have signed, 1 must, and there is no signature beside the image"
        )
    }

    @Test("two signers: each key counts once, however often it signed") func threshold() throws {
        let two = #","atLeast":2"#
        #expect(try !verdict([signature("p256-a")], two).isAccepted)
        let twice = try verdict([signature("p256-a"), signature("p256-a")], two)
        #expect(!twice.isAccepted)
        #expect(twice.discounted.map(\.reason) == ["p256-a.pub counts once"])
        #expect(try !verdict([signature("p256-a"), signature("p256-b")], two).isAccepted)
        let both = try verdict([signature("p256-b"), signature("ed25519"), signature("p256-a")], two)
        #expect(both.isAccepted)
        #expect(both.signers.map(\.source) == ["ed25519.pub", "p256-a.pub"])
        #expect(both.discounted.count == 1)
    }

    @Test("what does not count, and why") func discounted() throws {
        let other = "sha256:" + String(repeating: "b", count: 64)
        let good = try signature("p256-a")
        var flipped = good
        flipped.signature?[20] ^= 1
        var truncated = good
        truncated.signature?.removeLast()
        var moved = good
        moved.payload = try signature("p256-a", digest: other).payload
        var unsigned = SignatureManifest.layer(payload: good.payload, signature: [])
        unsigned.annotations = [:]
        var nonsense = unsigned
        nonsense.annotations = [SignatureManifest.annotation: "!!"]
        let none = "made by none of the trusted keys, or not for what lies beside it"
        let cases: [(ImageSignature, String)] = [
            (try signature("p256-b"), none), (flipped, none), (truncated, none), (moved, none),
            (try signature("p256-a", digest: other), "it is for another image, \(other)"),
            (
                try signature("p256-a", reference: "registry.example/team/other"),
                "it is for the name 'registry.example/team/other', not 'registry.example/team/app'"
            ), (ImageSignature(place: "s", layer: unsigned, payload: good.payload), "it has no annotation"),
            (ImageSignature(place: "s", layer: nonsense, payload: good.payload), "its annotation is no base64"),
            (ImageSignature(place: "s", unreadable: "gone"), "gone"),
            (try signature("p256-a", Array("{}".utf8)), "what was signed: 'critical' is missing"),
            (
                try signature("p256-a", Array(String(repeating: "{\"a\":", count: 1000).utf8)),
                "what was signed: "
            ), (try signature("p256-a", [UInt8](repeating: 0x20, count: 70_000)), "what was signed has 70000 bytes"),
        ]
        for (signature, reason) in cases {
            let found = try verdict([signature])
            #expect(!found.isAccepted)
            #expect(found.signers.isEmpty)
            #expect(found.discounted.first?.reason.contains(reason) == true, "\(found.discounted)")
        }
        // Bad ones beside a good one change nothing.
        #expect(try verdict(cases.map(\.0) + [good]).isAccepted)
    }

    @Test("the name that was signed: the repository, the exact name, or the one that the rule says") func references() throws {
        #expect(try verdict([signature("p256-a", reference: "registry.example/team/app:1")]).isAccepted)
        let exact = #","reference":"exact""#
        #expect(try !verdict([signature("p256-a")], exact).isAccepted)
        #expect(try verdict([signature("p256-a", reference: "registry.example/team/app:1")], exact).isAccepted)
        #expect(
            try !verdict(
                [signature("p256-a", reference: "registry.example/team/app:1")], exact, image: "registry.example/team/app:2"
            )
            .isAccepted)
        let mirror = #","signedAs":"upstream.example/app""#
        #expect(try !verdict([signature("p256-a")], mirror).isAccepted)
        #expect(try verdict([signature("p256-a", reference: "upstream.example/app")], mirror).isAccepted)
    }

    @Test func whatHoldsForTheRest() throws {
        let digest = try Digest(PayloadTests.digest)
        func judge(_ policy: TrustPolicy, _ name: String?) throws -> TrustVerdict {
            try policy.verdict(on: name.map { try ImageReference($0) }, called: "abc", digest: digest) {
                Issue.record("signatures were asked for")
                return TrustEvidence(signatures: [], digests: [])
            }
        }
        let policy = try PolicyTests.policy(
            #"{"default":"reject","rules":[{"images":"a.example/b","verdict":"accept"},{"images":"a.example/b:1","verdict":"reject"}]}"#
        )
        #expect(try judge(policy, "a.example/b:2").isAccepted)
        #expect(try "\(judge(policy, "a.example/b:1"))" == "rejected by the rule 'a.example/b:1' (trust.json, line 1, column 74)")
        #expect(try "\(judge(policy, "x"))" == "rejected by what holds for the rest (trust.json)")
        #expect(try judge(policy, nil).image == "abc")
        #expect(try !judge(policy, nil).isAccepted)
        #expect(try "\(judge(.absent, nil))" == "accepted: there is no trust policy")
    }
}
