import Foundation
import Testing

/// Volumes of documents, parts of volumes, and owners, as containers see them.
@Suite(
    "pods: volumes of documents", .serialized, Requirement.root, Requirement.shell, Requirement.keeper, Requirement.rootfs,
    .leakCheck)
struct PodProjectedVolumeTests {
    private static let documents = """
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: web}
        data: {greeting: "hello", run.sh: "echo run"}
        binaryData: {raw: AAE=}
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: db}
        stringData: {password: Q4n4ry, user: me}

        """

    /// Runs one pod beside the documents to its end, and gives what its container `c` printed.
    private func output(_ place: PodPlace, _ spec: String, labels: String = "{}") throws -> String {
        let file = place.work + "/p.yaml"
        try (place.manifest("p", labels: labels, spec) + Self.documents).write(toFile: file, atomically: true, encoding: .utf8)
        let run = try place.call("run", "--replace", "--wait", file)
        #expect(run.succeeded, "\(run.errors)")
        return try place.log("p")
    }

    @Test("configMap, secret, downwardAPI and projected volumes have their files, modes and links, and nobody writes to them")
    func files() throws {
        try withPods("projected") { place in
            let text = try output(
                place,
                """
                restartPolicy: Never
                volumes:
                - {name: all, configMap: {name: web}}
                - {name: some, configMap: {name: web, defaultMode: 0400, items: [{key: run.sh, path: bin/run, mode: 0755}, {key: greeting, path: g}]}}
                - {name: none, configMap: {name: missing, optional: true}}
                - {name: secret, secret: {secretName: db, defaultMode: 0440}}
                - name: pod
                  downwardAPI:
                    items:
                    - {path: labels, fieldRef: {fieldPath: metadata.labels}}
                    - {path: memory, resourceFieldRef: {containerName: c, resource: limits.memory, divisor: 1Mi}}
                - name: both
                  projected:
                    sources:
                    - {configMap: {name: web, items: [{key: greeting, path: g}]}}
                    - {secret: {name: db, items: [{key: password, path: deep/p}]}}
                    - {downwardAPI: {items: [{path: name, fieldRef: {fieldPath: metadata.name}}]}}
                containers:
                - name: c
                  image: busybox:1
                  resources: {limits: {memory: 64Mi}}
                  command:
                  - sh
                  - -c
                  - |
                    cd /v
                    ls all none | tr '\\n' ' '; echo
                    cat all/greeting; echo; wc -c < all/raw; readlink all/greeting; readlink all/..data | cut -c1-4
                    stat -Lc '%a %u:%g' all/greeting some/bin/run some/g secret/password
                    sh some/bin/run
                    ls -A some secret | grep -v '^\\.\\.2' | tr '\\n' ' '; echo
                    cat pod/labels; echo; cat pod/memory; echo
                    cat both/g both/name; wc -c < both/deep/p
                    for v in all secret pod both; do touch $v/x 2>/dev/null && echo $v is written; rm -f $v/..data 2>/dev/null; ls $v/..data >/dev/null || echo broken; done
                    grep ' /v/secret ' /proc/mounts | cut -d' ' -f3
                  volumeMounts:
                  - {name: all, mountPath: /v/all}
                  - {name: some, mountPath: /v/some}
                  - {name: none, mountPath: /v/none}
                  - {name: secret, mountPath: /v/secret}
                  - {name: pod, mountPath: /v/pod}
                  - {name: both, mountPath: /v/both}
                """, labels: "{b: x, a: z}")
            #expect(
                text == """
                    all: greeting raw run.sh  none: 
                    hello
                    2
                    ..data/greeting
                    ..20
                    644 0:0
                    755 0:0
                    400 0:0
                    440 0:0
                    run
                    secret: ..data password user  some: ..data bin g 
                    a="z"
                    b="x"
                    64
                    hellop6
                    tmpfs

                    """)
            // Nothing of a secret is on the disk but its own file.
            let found = try place.script("grep -rlE 'Q4n4ry|UTRuNHJ5' $W/root $W/run || true").lines
            #expect(found.count == 1 && found[0].hasPrefix(place.root + "/secrets/"), "\(found)")
        }
    }

    @Test("a key that is missing is told with its place")
    func missing() throws {
        try withPods("projected-missing") { place in
            let file = place.work + "/p.yaml"
            let spec = """
                volumes: [{name: v, projected: {sources: [{secret: {name: db, items: [{key: none, path: x}]}}]}}]
                containers: [{name: c, image: "busybox:1", volumeMounts: [{name: v, mountPath: /v}]}]
                """
            try (place.manifest("p", spec) + Self.documents).write(toFile: file, atomically: true, encoding: .utf8)
            let run = try place.call("run", file)
            #expect(run.code == 2)
            #expect(
                run.errors.contains(
                    "\(file):5:54: spec.volumes[0].projected.sources[0].secret: there is no key 'none' in Secret 'db', whose keys are 'password', 'user'"
                ),
                "\(run.errors)")
        }
    }

    @Test("fsGroup: volumes are the group's, and every container is in it; hostPath stays as it is")
    func fsGroup() throws {
        try withPods("fs-group") { place in
            let text = try output(
                place,
                """
                restartPolicy: Never
                securityContext: {runAsUser: 1234, runAsGroup: 1235, fsGroup: 4321}
                volumes:
                - {name: disk, emptyDir: {}}
                - {name: memory, emptyDir: {medium: Memory}}
                - {name: secret, secret: {secretName: db, defaultMode: 0400}}
                - {name: host, hostPath: {path: \(place.shared)}}
                containers:
                - name: c
                  image: busybox:1
                  command:
                  - sh
                  - -c
                  - |
                    id -G; cd /v
                    stat -c '%a %g' disk memory secret host
                    stat -Lc '%a %g' secret/password
                    touch disk/new; stat -c '%u:%g' disk/new; wc -c < secret/password
                  volumeMounts:
                  - {name: disk, mountPath: /v/disk}
                  - {name: memory, mountPath: /v/memory}
                  - {name: secret, mountPath: /v/secret}
                  - {name: host, mountPath: /v/host}
                """)
            let host = try place.script("stat -c '%a %g' $W/shared").output
            #expect(text == "1235 4321\n2777 4321\n2777 4321\n2755 4321\n\(host)440 4321\n1234:4321\n6\n")
        }
    }

    @Test("a change by the group's policy: always all of it, or only where the directory is not the group's")
    func changePolicy() throws {
        try withPods("fs-group-policy") { place in
            func spec(_ policy: String) -> String {
                """
                restartPolicy: Never
                securityContext: {fsGroup: 4321, fsGroupChangePolicy: \(policy)}
                volumes: [{name: v, emptyDir: {}}]
                containers:
                - name: c
                  image: busybox:1
                  command: [sh, -c, "test -e /v/f || { mkdir /v/d; touch /v/f /v/d/f; ln -s /etc/passwd /v/l; chown -R 7:7 /v/f /v/d; chmod 600 /v/f; }; stat -c '%a %u:%g' /v/f /v/d /v/d/f; stat -c %g /etc/passwd"]
                  volumeMounts: [{name: v, mountPath: /v}]
                """
            }
            for (policy, second) in [
                ("Always", "660 7:4321\n2775 7:4321\n664 7:4321\n0\n"), ("OnRootMismatch", "600 7:7\n2755 7:7\n644 7:7\n0\n"),
            ] {
                try place.runPod(policy.lowercased(), spec(policy))
                try place.call("wait", policy.lowercased()).check("wait")
                try place.call("restart", policy.lowercased()).check("restart")
                try place.call("wait", policy.lowercased()).check("wait")
                #expect(try place.log(policy.lowercased()) == second, "\(policy)")
            }
        }
    }

    @Test("a document that is applied anew reaches the volumes of pods that run, all files at once")
    func update() throws {
        try withPods("projected-update") { place in
            func write(_ value: String, _ key: String) throws -> Outcome {
                let file = place.work + "/map.yaml"
                try
                    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {one: '\(value)', two: '\(value)', \(key): z}\n"
                    .write(toFile: file, atomically: true, encoding: .utf8)
                return try place.call("apply", file)
            }
            try write("0", "old").check("apply")
            try place.runPod(
                "p",
                """
                terminationGracePeriodSeconds: 0
                volumes: [{name: v, configMap: {name: web}}]
                containers:
                - name: c
                  image: busybox:1
                  command:
                  - sh
                  - -c
                  - |
                    # Two files of one version are the same, whenever they are read: by the directory that was the version then.
                    while :; do d=$(readlink /v/..data); a=$(cat /v/$d/one 2>/dev/null); b=$(cat /v/$d/two 2>/dev/null)
                    test -z "$a" || test -z "$b" || test "$a" = "$b" || echo torn; done &
                    until test "$(cat /v/one)" = 20; do :; done; ls /v; cat /part; sleep 600
                  volumeMounts: [{name: v, mountPath: /v}, {name: v, mountPath: /part, subPath: one}]
                """)
            for value in 1...20 {
                let outcome = try write("\(value)", "new")
                #expect(outcome.succeeded && outcome.errors.contains("pod 'default/p' has the new files"), "\(outcome.errors)")
            }
            #expect(eventually { (try? place.log("p"))?.contains("two\n0") == true })
            #expect(try place.log("p") == "new\none\ntwo\n0")
            let versions = try place.call("exec", "p", "--", "sh", "-c", "ls -A /v | grep -c '^\\.\\.2'")
            #expect(versions.output == "1\n")
        }
    }
}
