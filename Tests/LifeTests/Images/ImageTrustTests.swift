import Foundation
import Testing

/// Signatures and the trust policy with the real program: made here, carried in a layout, believed elsewhere.
@Suite("images: trust", Requirement.root, Requirement.shell, Requirement.rootfs, Requirement.openssl)
struct ImageTrustLifeTests {
    /// A place with two pairs of keys and an image.
    private func place(_ name: String) throws -> ImagePlace {
        let place = try ImagePlace(name)
        let made = try place.script(
            """
            cd $W && mkdir -m 755 trust && cd trust
            openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ../ec.key 2>/dev/null
            openssl genpkey -algorithm ED25519 -out ../ed.key
            for k in ec ed; do openssl pkey -in ../$k.key -pubout -out $k.pub; done
            $I import -q --cmd /bin/true $R registry.example/team/app:1 >/dev/null
            cat > both.json <<'END'
            {"default": "reject",
             "rules": [{"images": "registry.example/team/*", "signedBy": {"keys": ["ec.pub", "ed.pub"], "atLeast": 2}}]}
            END
            """)
        #expect(made.succeeded, "\(made.errors)")
        return place
    }

    @Test("import, sign, save, load elsewhere, verify, bundle: refused before the second signature, and accepted after it")
    func whole() throws {
        let place = try place("trust-whole")
        let both = place.work + "/trust/both.json"
        let name = "registry.example/team/app:1"
        let signed = try place("sign", "--key", place.work + "/ec.key", name)
        #expect(signed.succeeded && signed.output.hasPrefix("signed: sha256:"), "\(signed.errors)")
        #expect(try place("sign", "--key", place.work + "/ec.key", name).output.hasPrefix("signed before: sha256:"))
        // Before the second signature: nothing is made, and the rule is named.
        let refused = try place("bundle", "--trust-policy", both, name, place.work + "/bundle")
        #expect(refused.code == 7)
        #expect(
            refused.errors.contains(
                "image '\(name)' is rejected by the rule 'registry.example/team/*' (\(both), line 2, column 12): 1 of its 2 keys has signed, 2 must"
            ), "\(refused.errors)")
        #expect(!Machine.exists(place.work + "/bundle"))
        #expect(try place("mount", "--trust-policy", both, name).code == 7)
        #expect(try place("sign", "--key", place.work + "/ed.key", name).succeeded)
        #expect(try place("save", "-q", "--signatures", "--format", "oci-dir", "-o", place.work + "/layout", name).succeeded)
        let other = try ImagePlace("trust-other")
        let loaded = try other("load", "-q", place.work + "/layout")
        #expect(loaded.lines.count == 2, "\(loaded.errors)")
        let verdict = try other("verify", "--trust-policy", both, name)
        #expect(verdict.code == 0, "\(verdict.output)\(verdict.errors)")
        #expect(verdict.lines[0] == "image: \(name)")
        #expect(
            verdict.lines[2]
                == "accepted by the rule 'registry.example/team/*' (\(both), line 2, column 12): 2 of its 2 keys have signed")
        #expect(verdict.lines.dropFirst(3).map { String($0.prefix(17)) } == ["signed by: ec.pub", "signed by: ed.pub"])
        #expect(try other("verify", "-o", "json", "--trust-policy", both, name).output.contains("\"accepted\": true"))
        #expect(try other("bundle", "--trust-policy", both, name, other.work + "/bundle").succeeded)
        #expect(Machine.exists(other.work + "/bundle/rootfs/bin/busybox"))
        #expect(try other("check", "-q").output == "nothing is wrong\n")
        #expect(try other("ls").lines.count == 2)
        #expect(try other("ls", "--signatures").lines.count == 3)
        let gone = try other("rm", name)
        #expect(gone.lines.map { String($0.prefix(8)) } == ["untagged", "untagged", "removed:", "removed:"])
        #expect(try other.contents() == [])
    }

    @Test("exit codes and what is said") func endings() throws {
        let place = try place("trust-words")
        let name = "registry.example/team/app:1"
        let key = place.work + "/trust/ec.pub"
        let none = try place("verify", "--key", key, name)
        #expect(none.code == 7)
        #expect(
            none.lines.last
                == "rejected by --key: its key has not signed, and there is no signature beside the image")
        expectEnd(try place("verify", "--key", key, "none:1"), 3, "", says: "image 'none:1' is not in the local store")
        expectEnd(try place("verify", "--key", key, "--at-least", "2", name), 2, "", says: "--at-least is from 1 to")
        expectEnd(try place("verify", "--key", key, "--trust-policy", "x", name), 2, "", says: "exclude each other")
        expectEnd(try place("sign", name), 2, "", says: "there is no --key KEY to sign with")
        expectEnd(try place("sign", "--key", key, name), 1, "", says: "found a public key, expected a private key")
        expectEnd(
            try place("verify", "--trust-policy", place.work + "/none.json", name), 1, "",
            says: "there is no trust policy '\(place.work)/none.json'")
        if !Machine.exists("/etc/hull/trust.json") {
            let free = try place("verify", name)
            #expect(free.code == 0)
            #expect(free.lines.last == "accepted: there is no trust policy")
        }
        let pem = "-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED SIGSTORE PRIVATE KEY-----\n"
        try pem.write(toFile: place.work + "/cosign.key", atomically: true, encoding: .utf8)
        let cosign = try place("sign", "--key", place.work + "/cosign.key", name)
        #expect(cosign.code == 1)
        #expect(cosign.errors.contains("hint: cosign gives no plain key out; 'openssl genpkey"), "\(cosign.errors)")
    }

    @Test("a policy of the machine holds without being asked for, and libcrypto's configuration moves nothing")
    func machinePolicy() throws {
        let place = try place("trust-machine")
        // An engine and a provider that would have to be loaded: a static program must not try.
        let outcome = try place.script(
            """
            mkdir $W/etc && mount --bind $W/etc /etc 2>/dev/null && mkdir /etc/hull && cp $W/trust/*.pub /etc/hull/
            echo '{"default":"reject","rules":[{"images":"registry.example/team/app","signedBy":{"keys":["ed.pub"]}}]}' > /etc/hull/trust.json
            cat > $W/openssl.cnf <<'END'
            openssl_conf = init
            [init]
            providers = p
            [p]
            evil = e
            [e]
            module = /nowhere/evil.so
            activate = 1
            END
            export OPENSSL_CONF=$W/openssl.cnf OPENSSL_MODULES=/nowhere OPENSSL_ENGINES=/nowhere
            $I bundle registry.example/team/app:1 $W/b 2>/dev/null && echo bundled; echo $?
            $I mount registry.example/team/app:1 2>/dev/null && echo mounted; echo $?
            $I sign --key $W/ed.key registry.example/team/app:1 >/dev/null
            $I bundle registry.example/team/app:1 $W/b 2>/dev/null; echo $?
            chmod 666 /etc/hull/trust.json; $I bundle registry.example/team/app:1 $W/c 2>&1 | grep -o 'others can write to it'
            """, in: ["unshare", "-m", "--propagation", "private"])
        #expect(outcome.lines == ["7", "7", "0", "others can write to it"], "\(outcome.output) \(outcome.errors)")
    }

    @Test("ten signers at once: no signature is lost") func crowd() throws {
        let place = try place("trust-crowd")
        let name = "registry.example/team/app:1"
        let made = try place.script(
            "for n in 0 1 2 3 4 5 6 7 8 9; do openssl genpkey -algorithm ED25519 -out $W/$n.key; openssl pkey -in $W/$n.key -pubout -out $W/$n.pub; done"
        )
        #expect(made.succeeded, "\(made.errors)")
        let signers = try (0..<10).map { try LifeTests.start(place.words + ["sign", "-k", "\(place.work)/\($0).key", name]) }
        let outcomes = signers.map { $0.wait() }
        #expect(outcomes.map(\.code) == Array(repeating: 0, count: 10), "\(outcomes.map(\.errors))")
        let keys = (0..<10).flatMap { ["-k", "\(place.work)/\($0).pub"] }
        let verdict = try run(place.words + ["verify", "--at-least", "10", name] + keys)
        #expect(verdict.code == 0, "\(verdict.output)")
        #expect(try place("check", "-q").output == "nothing is wrong\n")
    }

    @Test("killed while it signs: what was there stays, and the same command again succeeds") func kill() throws {
        let place = try place("trust-kill")
        let name = "registry.example/team/app:1"
        #expect(try place("sign", "-k", place.work + "/ec.key", name).succeeded)
        let start = Date()
        #expect(try place("sign", "-k", place.work + "/ed.key", name).succeeded)
        let whole = max(Date().timeIntervalSince(start), 0.005)
        for round in 0..<(Machine.isSlow ? 3 : 20) {
            let key = place.work + "/new.key"
            #expect(try LifeTests.run(["openssl", "genpkey", "-algorithm", "ED25519", "-out", key]).succeeded)
            let signer = try LifeTests.start(place.words + ["sign", "-k", key, name])
            usleep(UInt32(Double.random(in: 0..<whole) * 1_000_000))
            signer.kill()
            _ = signer.wait()
            #expect(try place("check", "-q").code == 0, "round \(round)")
            let verdict = try place("verify", "--trust-policy", place.work + "/trust/both.json", name)
            #expect(verdict.code == 0, "round \(round): \(verdict.output)\(verdict.errors)")
            #expect(try place("sign", "-k", key, name).succeeded, "round \(round)")
        }
        #expect(try place("prune").succeeded)
        #expect(try place("check", "-q").output == "nothing is wrong\n")
    }

    @Test("openssl verifies what we sign, we verify what it signs, and skopeo carries it", Requirement.skopeo)
    func others() throws {
        let place = try place("trust-skopeo")
        let outcome = try place.script(
            """
            cd $W; N=registry.example/team/app
            $I sign -k ec.key $N:1 >/dev/null; $I sign -k ed.key $N:1 >/dev/null
            $I save -q --signatures --format oci-dir -o layout $N:1
            python3 - layout <<'END'
            import base64, json, sys
            blob = lambda digest: open(sys.argv[1] + '/blobs/' + digest.replace(':', '/'), 'rb').read()
            index = json.load(open(sys.argv[1] + '/index.json'))
            entry = [m for m in index['manifests'] if m['annotations']['org.opencontainers.image.ref.name'].endswith('.sig')][0]
            for name, layer in zip(['ec', 'ed'], json.loads(blob(entry['digest']))['layers']):
                open(name + '.payload', 'wb').write(blob(layer['digest']))
                open(name + '.sig', 'wb').write(base64.b64decode(layer['annotations']['dev.cosignproject.cosign/signature']))
            open('tag', 'w').write(entry['annotations']['org.opencontainers.image.ref.name'])
            END
            openssl dgst -sha256 -verify trust/ec.pub -signature ec.sig ec.payload
            openssl pkeyutl -verify -pubin -inkey trust/ed.pub -rawin -in ed.payload -sigfile ed.sig
            T=$(cat tag)
            skopeo copy -q --preserve-digests oci:layout:1 oci:carried:1 && skopeo copy -q --preserve-digests oci:layout:$T oci:carried:$T
            test "$(skopeo inspect --raw oci:carried:$T | sha256sum)" = "$(skopeo inspect --raw oci:layout:$T | sha256sum)"
            J="$B/hull image --root $W/root2 --run-root $W/run2"
            $J load -q carried
            $J tag localhost/carried:1 $N:1
            $J verify --trust-policy trust/both.json $N:1 | sed -n 3p | cut -c 1-40
            # What openssl signs, in an artifact of the shape that cosign makes.
            python3 - layout <<'END'
            import base64, hashlib, json, os, subprocess, sys
            top = sys.argv[1]
            index = json.load(open(top + '/index.json'))
            image = [m for m in index['manifests'] if not m['annotations']['org.opencontainers.image.ref.name'].endswith('.sig')][0]
            def put(data):
                digest = hashlib.sha256(data).hexdigest()
                open(top + '/blobs/sha256/' + digest, 'wb').write(data)
                return {'digest': 'sha256:' + digest, 'size': len(data)}
            payload = json.dumps({'critical': {'identity': {'docker-reference': 'registry.example/team/app'},
                'image': {'docker-manifest-digest': image['digest']}, 'type': 'cosign container image signature'},
                'optional': {'by': 'openssl'}}).encode()
            open('own.payload', 'wb').write(payload)
            subprocess.run(['openssl', 'dgst', '-sha256', '-sign', 'ec.key', '-out', 'own.sig', 'own.payload'], check=True)
            layer = put(payload) | {'mediaType': 'application/vnd.dev.cosign.simplesigning.v1+json', 'annotations':
                {'dev.cosignproject.cosign/signature': base64.b64encode(open('own.sig', 'rb').read()).decode()}}
            config = put(json.dumps({'architecture': '', 'os': '', 'config': {}, 'rootfs': {'type': 'layers', 'diff_ids': [layer['digest']]}}).encode())
            manifest = put(json.dumps({'schemaVersion': 2, 'mediaType': 'application/vnd.oci.image.manifest.v1+json',
                'config': config | {'mediaType': 'application/vnd.oci.image.config.v1+json'}, 'layers': [layer]}).encode())
            tag = image['digest'].replace(':', '-') + '.sig'
            entry = manifest | {'mediaType': 'application/vnd.oci.image.manifest.v1+json', 'annotations': {'org.opencontainers.image.ref.name': 'registry.example/team/app:' + tag}}
            index['manifests'] = [image, entry]
            json.dump(index, open(top + '/index.json', 'w'))
            END
            J="$B/hull image --root $W/root3 --run-root $W/run3"
            $J load -q layout >/dev/null && $J verify --key trust/ec.pub $N:1 | sed -n 3p
            $J verify --key trust/ed.pub $N:1 | sed -n 3p | cut -c 1-44
            """)
        #expect(outcome.succeeded, "\(outcome.output) \(outcome.errors)")
        let lines = outcome.lines
        #expect(lines.prefix(2) == ["Verified OK", "Signature Verified Successfully"], "\(outcome.output)")
        #expect(
            lines.dropFirst(2).prefix(2).map { String($0.prefix(31)) } == [
                "loaded image: localhost/carried", "loaded image: localhost/carried",
            ])
        #expect(
            lines.suffix(3) == [
                "accepted by the rule 'registry.example/t", "accepted by --key: its key has signed",
                "rejected by --key: its key has not signed; r",
            ], "\(outcome.output) \(outcome.errors)")
    }
}

extension Requirement {
    static let openssl = ConditionTrait.enabled("openssl is not installed") { Machine.exists("/usr/bin/openssl") }
}
