import Foundation
import Testing

/// ConfigMaps and Secrets: kept, listed, changed, removed.
@Suite("pods: documents", .serialized, Requirement.root, Requirement.shell, Requirement.keeper, Requirement.rootfs, .leakCheck)
struct PodConfigTests {
    @Test("apply keeps documents, says what became of each, and an immutable one stays as it is")
    func apply() throws {
        try withPods("apply") { place in
            let file = place.work + "/config.yaml"
            func write(_ value: String, immutable: Bool = false) throws {
                try """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: web}
                data: {greeting: \(value)}
                immutable: \(immutable)
                ---
                apiVersion: v1
                kind: Secret
                metadata: {name: db, namespace: shop}
                stringData: {password: \(value)}
                """.write(toFile: file, atomically: true, encoding: .utf8)
            }
            try write("canary-one")
            let first = try place.call("apply", file)
            #expect(first.output == "configmap/default/web created\nsecret/shop/db created\n", "\(first.errors)")
            #expect(try place.call("apply", file).output == "configmap/default/web unchanged\nsecret/shop/db unchanged\n")
            try write("canary-two", immutable: true)
            #expect(try place.call("apply", file).output == "configmap/default/web configured\nsecret/shop/db configured\n")
            try write("canary-three", immutable: true)
            let refused = try place.call("apply", file)
            #expect(refused.code == 1 && refused.errors.contains("configmap 'default/web' is immutable"), "\(refused.errors)")

            let list = try place.call("config", "ls", "-A")
            #expect(
                list.lines.map { $0.split(separator: " ").prefix(6).joined(separator: " ") } == [
                    "NAMESPACE KIND NAME KEYS BYTES IMMUTABLE", "default configmap web 1 10 yes", "shop secret db 1 10 no",
                ])
            #expect(try place.call("config", "inspect", "configmap/web").output.contains("greeting: canary-two"))
            let secret = try place.call("config", "inspect", "secret/shop/db")
            #expect(secret.output.contains("<secret db/password>") && !secret.output.contains("canary"), "\(secret.output)")

            // One file of values for one secret, and for nobody else to read.
            let files = try FileManager.default.contentsOfDirectory(atPath: place.root + "/secrets")
            #expect(files.count == 1)
            let modes = try place.script("stat -c %a $W/root/secrets $W/root/secrets/*").output
            #expect(modes == "700\n600\n")

            try place.call("config", "rm", "configmap/web", "secret/shop/db").check("rm")
            #expect(try place.call("config", "rm", "secret/shop/db").code == 3)
            #expect(try place.call("config", "rm", "-f", "secret/shop/db").succeeded)
            #expect(try FileManager.default.contentsOfDirectory(atPath: place.root + "/secrets") == [])
            #expect(try place.call("config", "ls", "-A").lines.count == 1)
        }
    }

    @Test("a value of a Secret stands in its file and nowhere else: not in the journal, not in what is printed")
    func canary() throws {
        try withPods("canary") { place in
            let file = place.work + "/../canary-\(getpid()).yaml"
            defer { unlink(file) }
            try """
            apiVersion: v1
            kind: Secret
            metadata: {name: db, annotations: {"kubectl.kubernetes.io/last-applied-configuration": "Q4n4ry"}}
            stringData: {password: Q4n4ry}
            """.write(toFile: file, atomically: true, encoding: .utf8)
            let encoded = Data("Q4n4ry".utf8).base64EncodedString()
            var printed = ""
            for words in [["apply", file], ["apply", file], ["config", "ls"], ["config", "inspect", "secret/db"]] {
                let outcome = try place.starting(words: words).wait()
                printed += outcome.output + outcome.errors
            }
            printed += try place.call("journal", "range", "/").output
            #expect(!printed.contains("Q4n4ry") && !printed.contains(encoded), "\(printed)")
            let found = try place.script("grep -rlE 'Q4n4ry|\(encoded)' $W || true").lines
            #expect(found.count == 1 && found[0].hasPrefix(place.root + "/secrets/"), "\(found)")
            try place.call("config", "rm", "secret/db").check("rm")
            #expect(try place.script("grep -rlE 'Q4n4ry|\(encoded)' $W || true").output == "")
        }
    }

    @Test("a value of a Secret that a pod uses is in the pod, and in nothing that any verb prints or that is kept beside it")
    func canaryOfPod() throws {
        try withPods("canary-pod") { place in
            let file = place.work + "/../canary-pod-\(getpid()).yaml"
            defer { unlink(file) }
            let secret = """
                apiVersion: v1
                kind: Secret
                metadata: {name: db}
                stringData: {password: Q4n4ry}
                ---

                """
            let spec = """
                restartPolicy: Never
                terminationGracePeriodSeconds: 0
                volumes: [{name: s, secret: {secretName: db}}]
                containers:
                - name: c
                  image: busybox:1
                  env: [{name: P, valueFrom: {secretKeyRef: {name: db, key: password}}}, {name: Q, value: "x-$(P)"}]
                  envFrom: [{secretRef: {name: db}}]
                  command: [sh, -c, "test $P = $$(cat /s/password) && echo same; sleep 1000", "$(P)"]
                  volumeMounts: [{name: s, mountPath: /s}]
                - {name: bad, image: "busybox:1", command: ["/no-such-program", "$(P)"], env: [{name: P, valueFrom: {secretKeyRef: {name: db, key: password}}}]}
                """
            try (secret + place.manifest("p", spec)).write(toFile: file, atomically: true, encoding: .utf8)
            let encoded = Data("Q4n4ry".utf8).base64EncodedString()
            var printed = ""
            func note(_ words: [String]) throws {
                let outcome = try place.starting(words: words).wait()
                printed += "\n$ \(words.joined(separator: " "))\n" + outcome.output + outcome.errors
            }
            try note(["run", file])
            #expect(eventually { (try? place.log("p")) == "same\n" }, "\(printed)")
            try note(["exec", "p", "-c", "c", "--", "sh", "-c", "test -n \"$P\" && echo has it"])
            #expect(printed.hasSuffix("has it\n"))
            for format in ["json", "yaml", "wide", "name"] { try note(["ps", "-a", "-o", format]) }
            for words in [
                ["inspect", "p"], ["inspect", "-o", "json", "p"], ["plan", file], ["plan", "-o", "json", file], ["why", "p"],
                ["history", "p"],
                ["events"], ["tree", "p"], ["stats", "p"], ["audit"], ["resize", "p", "-c", "c", "--memory", "64Mi"],
                ["label", "p", "a=b"], ["config", "ls"], ["config", "inspect", "secret/db"], ["volume", "ls"],
                ["journal", "range", "/"],
                ["journal", "dump"], ["run", "--replace", "--wait", "--rm", "--bad", file],
            ] { try note(words) }
            #expect(
                !printed.contains("Q4n4ry") && !printed.contains(encoded),
                "\(printed.split(separator: "\n").filter { $0.contains("Q4n4ry") || $0.contains(encoded) })")
            let allowed = ["/secrets/"]
            func strays() throws -> [String] {
                try place.script("grep -rlaE 'Q4n4ry|\(encoded)' $W 2>/dev/null || true").lines.filter { line in
                    !allowed.contains { line.contains($0) }
                }
            }
            #expect(try strays() == [])
            try place.call("rm", "-f", "p").check("rm")
            let left = try place.script("grep -rlaE 'Q4n4ry|\(encoded)' $W || true").lines
            #expect(left.count == 1 && left[0].hasPrefix(place.root + "/secrets/"), "\(left)")
        }
    }

    @Test("a container has variables of documents, of its pod and of its resources; exec has them too")
    func environment() throws {
        try withPods("environment") { place in
            let file = place.work + "/all.yaml"
            let pod = place.manifest(
                "p", labels: "{app: web}",
                """
                restartPolicy: Never
                terminationGracePeriodSeconds: 0
                serviceAccountName: robot
                containers:
                - name: c
                  image: busybox:1
                  command: [sh, -c, "env; echo args=$(URL); exec sleep 600"]
                  resources: {limits: {memory: 64Mi}}
                  envFrom:
                  - {configMapRef: {name: web}}
                  - {prefix: S_, secretRef: {name: db}}
                  env:
                  - {name: PASSWORD, valueFrom: {secretKeyRef: {name: db, key: password}}}
                  - {name: URL, value: "db://$(PASSWORD)@$(GREETING)"}
                  - {name: OPTIONAL, valueFrom: {secretKeyRef: {name: none, key: x, optional: true}}}
                  - {name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
                  - {name: APP, valueFrom: {fieldRef: {fieldPath: "metadata.labels['app']"}}}
                  - {name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
                  - {name: POD_IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
                  - {name: HOST_IP, valueFrom: {fieldRef: {fieldPath: status.hostIP}}}
                  - {name: MEMORY, valueFrom: {resourceFieldRef: {resource: limits.memory, divisor: 1Mi}}}
                  - {name: ITS_CPU, valueFrom: {resourceFieldRef: {containerName: d, resource: limits.cpu, divisor: 1m}}}
                  - {name: WORD, valueFrom: {configMapKeyRef: {name: web, key: GREETING}}}
                  - {name: NOWHERE, valueFrom: {configMapKeyRef: {name: web, key: none, optional: true}}}
                - {name: d, image: "busybox:1", command: [sleep, "600"], resources: {limits: {cpu: 250m}}}
                """)
            try
                (pod + """
                    ---
                    apiVersion: v1
                    kind: ConfigMap
                    metadata: {name: web}
                    data: {GREETING: hello}
                    ---
                    apiVersion: v1
                    kind: Secret
                    metadata: {name: db}
                    stringData: {password: Q4n4ry}
                    """).write(toFile: file, atomically: true, encoding: .utf8)
            let run = try place.call("run", file)
            #expect(run.succeeded, "\(run.errors)")
            var found: [String: String] = [:]
            _ = eventually {
                let lines = ((try? place.log("p")) ?? "").split(separator: "\n")
                for line in lines {
                    let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
                    if parts.count == 2 { found[parts[0]] = parts[1] }
                }
                return found["args"] != nil
            }
            let wanted = [
                "GREETING": "hello", "S_password": "Q4n4ry", "PASSWORD": "Q4n4ry", "URL": "db://Q4n4ry@hello", "POD": "p",
                "APP": "web", "POD_IP": "127.0.0.1", "MEMORY": "64", "ITS_CPU": "250",
                "WORD": "hello", "args": "db://Q4n4ry@hello",
                "NODE": ProcessInfo.processInfo.hostName,
            ]
            for (name, value) in wanted { #expect(found[name] == value, "\(name)") }
            #expect(found["OPTIONAL"] == nil && found["NOWHERE"] == nil && found["HOST_IP"]?.isEmpty == false)
            let exec = try place.call("exec", "p", "-e", "POD=mine", "--", "sh", "-c", "echo $PASSWORD $URL $POD $GREETING")
            #expect(exec.output == "Q4n4ry db://Q4n4ry@hello mine hello\n", "\(exec.errors)")

            // The container has printed its own secret into its log; nothing of ours has it.
            let records = try place.call("journal", "range", "/").output
            #expect(records.contains("<secret db/password>") && !records.contains("Q4n4ry"))
            #expect(try !place.call("inspect", "p").output.contains("Q4n4ry"))
            let files = try place.script("grep -rlE 'Q4n4ry|UTRuNHJ5' $W/root $W/run || true").lines
            #expect(
                files.allSatisfy { file in
                    file.hasPrefix(place.root + "/secrets/")
                        || file.hasPrefix(place.runRoot + "/pods/") && file.contains("/secrets/")
                        || file.contains("/logs/")
                }, "\(files)")
            let modes = try place.script("stat -c %a $W/run/pods/*/secrets $W/run/pods/*/secrets/*").output
            #expect(modes == "700\n600\n")
            let arguments = try place.script(
                "cat /proc/[0-9]*/cmdline | tr '\\0' '\\n' | grep 'Q4n4r[y]' | grep -v args= || true"
            ).output
            #expect(arguments == "")
            try place.call("rm", "-f", "p").check("rm")
            // The keeper takes its directory away after it has answered.
            #expect(eventually { (try? place.script("ls -d $W/run/pods/* 2>/dev/null || true").output) == "" })
            let rest = try place.script("grep -rlE 'Q4n4ry|UTRuNHJ5' $W/root $W/run || true").lines
            #expect(rest.count == 1 && rest[0].hasPrefix(place.root + "/secrets/"), "\(rest)")
        }
    }

    @Test(
        "a document or key that is missing is told with its place; one that goes missing later keeps the container from starting")
    func missing() throws {
        try withPods("missing") { place in
            let spec = """
                restartPolicy: OnFailure
                containers:
                - name: c
                  image: busybox:1
                  command: [sh, -c, "exit 1"]
                  env:
                  - {name: A, valueFrom: {secretKeyRef: {name: db, key: password}}}
                """
            let file = try place.write("p", spec)
            let first = try place.call("run", file)
            #expect(first.code == 2)
            #expect(
                first.errors.contains(
                    "\(file):11:43: spec.containers[0].env[0].valueFrom.secretKeyRef: there is no Secret 'db' in namespace 'default'"
                ),
                "\(first.errors)")
            let secret = place.work + "/secret.yaml"
            try "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {user: Q4n4ry}\n"
                .write(toFile: secret, atomically: true, encoding: .utf8)
            try place.call("apply", secret).check("apply")
            let second = try place.call("run", file)
            #expect(
                second.code == 2 && second.errors.contains("there is no key 'password' in Secret 'db', whose keys are 'user'"))
            #expect(!second.errors.contains("Q4n4ry") && second.errors.contains("'hull apply'"), "\(second.errors)")
            #expect(try place.call("ps", "-a").lines.count == 1)

            try "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {password: Q4n4ry}\n"
                .write(toFile: secret, atomically: true, encoding: .utf8)
            try place.call("apply", secret).check("apply")
            try place.call("run", file).check("run")
            try place.call("config", "rm", "secret/db").check("rm")
            // The next attempt to run it wants the secret anew.
            let isTold = eventually {
                ((try? place.call("inspect", "p"))?.output ?? "").contains("there is no Secret 'db' in namespace 'default'")
            }
            #expect(isTold)
        }
    }
}
