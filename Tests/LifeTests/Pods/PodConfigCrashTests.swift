import Foundation
import Testing

/// Kills `hull apply` and `hull volume` at each write to the journal: an update is whole or not there, and the next command finds nothing half done.
@Suite(
    "pods: documents and volumes, killed at every record", .serialized, Requirement.root, Requirement.shell, Requirement.keeper,
    Requirement.rootfs, .leakCheck)
struct PodConfigCrashTests {
    /// Every write; where that would take too long, only some.
    private static let pace = Machine.isSlow ? 2 : 1

    private func documents(_ version: Int) -> String {
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: web}
        data: {a: "\(version)", b: "\(version)"}
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: db}
        stringData: {a: "\(version)", b: "\(version)"}
        ---
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: data}
        spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: \(version)Gi}}}

        """
    }

    private func write(_ version: Int, _ place: PodPlace) throws -> String {
        let path = "\(place.work)/v\(version).yaml"
        try documents(version).write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    @Test("apply that is killed: each document and each volume is of one version, and the next apply makes all new")
    func apply() throws {
        try withPods("apply-crash") { place in
            let (old, new) = (try write(1, place), try write(2, place))
            try place.call("apply", "-q", old).check("apply")
            try place.runPod(
                "p",
                """
                terminationGracePeriodSeconds: 0
                volumes: [{name: w, configMap: {name: web}}, {name: d, secret: {secretName: db}}]
                containers:
                - {name: c, image: "busybox:1", command: [sleep, "1000"], volumeMounts: [{name: w, mountPath: /w}, {name: d, mountPath: /d}]}
                """)
            let crash = PodCrash(place: place, uid: "none")
            let total = try crash.writes(["apply", "-q", new])
            // Where the kernel is slow, writes that follow at once are seen as one.
            #expect(total >= 1, "\(total)")
            for number in stride(from: 0, through: total + 1, by: Self.pace) {
                try place.call("apply", "-q", old).check("apply")
                let (outcome, wasKilled) = try crash.run(["apply", "-q", new], killing: .all, at: number)
                let moment = "killed (\(wasKilled)) at write \(number) of \(total): \(outcome.errors)"
                let seen = try versions(place)
                #expect(seen.count == 2 && seen.allSatisfy { ["11", "22"].contains($0) }, "\(moment): \(seen)")
                let kept = try place.call("config", "inspect", "configmap/web")
                #expect(kept.output.contains("a: \"1\"") == kept.output.contains("b: \"1\""), "\(moment): \(kept.output)")
                let again = try place.call("apply", "-q", new)
                #expect(again.succeeded, "\(moment), then apply: \(again.errors)")
                // A document that was kept before the kill is no change any more: a volume that missed it gets it with the next one.
                try place.call("apply", "-q", old).check("apply")
                try place.call("apply", "-q", new).check("apply")
                #expect(try versions(place) == ["22", "22"], "\(moment)")
                let secrets = try FileManager.default.subpathsOfDirectory(atPath: place.root + "/secrets").filter {
                    !(isDirectory(place.root + "/secrets/" + $0))
                }
                #expect(secrets.count == 1, "\(moment): \(secrets)")
                let layers = try place.call("exec", "p", "--", "sh", "-c", "ls -A /w /d | grep -c '^[.][.]'").output
                #expect(layers == "4\n", "\(moment): ..data and one version each: \(layers)")
            }
        }
    }

    /// What the container sees of both volumes.
    private func versions(_ place: PodPlace) throws -> [String] {
        try place.call("exec", "p", "--", "sh", "-c", "for d in /w /d; do cat $d/a $d/b; echo; done").lines
    }

    private func isDirectory(_ path: String) -> Bool {
        var directory: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &directory) && directory.boolValue
    }

    @Test("volume rm that is killed: the volume is there with all its files, or the next command ends its removal")
    func volume() throws {
        try withPods("volume-crash") { place in
            let claim = try write(1, place)
            let directory = place.root + "/volumes/default/data"
            func prepare() throws {
                try place.call("apply", "-q", claim).check("apply")
                try place.script("mkdir -p \(directory)/a/b; echo 1 > \(directory)/a/f; echo 2 > \(directory)/a/b/f")
            }
            let crash = PodCrash(place: place, uid: "none")
            try prepare()
            let total = try crash.writes(["volume", "rm", "data"])
            for number in 0...(total + 1) {
                try prepare()
                let (_, wasKilled) = try crash.run(["volume", "rm", "data"], killing: .all, at: number)
                let moment = "killed (\(wasKilled)) at write \(number) of \(total)"
                let records = try place.call("journal", "range", "/volumes/").output
                if !records.isEmpty, !records.contains("\"removed\":true") {
                    #expect(fileText(directory + "/a/f") == "1\n" && fileText(directory + "/a/b/f") == "2\n", "\(moment)")
                }
                let again = try place.call("volume", "rm", "data")
                #expect(again.succeeded || again.code == 3, "\(moment): \(again.errors)")
                #expect(!FileManager.default.fileExists(atPath: directory), "\(moment)")
                #expect(try place.call("journal", "range", "--keys-only", "/volumes/").lines == [], "\(moment)")
            }
        }
    }
}
