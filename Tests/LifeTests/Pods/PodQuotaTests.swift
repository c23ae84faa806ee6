import Foundation
import Testing

/// Sizes of volumes and roots on the disk: held by the file system where it has quotas of projects, said where it has none.
@Suite(
    "pods: sizes on the disk", .serialized, Requirement.root, Requirement.shell, Requirement.keeper, Requirement.rootfs,
    .leakCheck)
struct PodQuotaTests {
    /// A state root on an ext4 of its own, mounted where nobody else sees it.
    private static let start = """
        truncate -s 320M $W/image; mkfs.ext4 -qF -O quota,project $W/image; mkdir $W/disk; mount -o loop,prjquota $W/image $W/disk
        O="--root $W/disk/root --run-root $W/disk-run"
        $H image $O import -q $R busybox:1 --cmd sh >/dev/null
        keys() { $H journal $O range --keys-only /projects/ | grep -c . || true; }
        """

    private static let isPossible = ConditionTrait.enabled("no file system of this kernel limits projects") {
        ImageQuotaTests.Kind.here.contains(.ext4)
    }

    private func script(_ place: PodPlace, _ text: String) throws -> Outcome {
        try LifeTests.run(
            ["unshare", "-m", "sh", "-ec", text],
            environment: ["H": JournalStore.program, "W": place.work, "R": Machine.rootfs], timeout: Machine.patience)
    }

    /// Fills a directory, and says what the kernel said.
    private func fill(_ path: String) -> String {
        "dd if=/dev/zero of=\(path)/big bs=64k count=256 2>&1 | grep -o 'o space left\\|uota exceeded' || echo no limit on \(path)"
    }

    private func manifest(_ place: PodPlace, size: String, _ command: String) -> String {
        """
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: data}
        spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: \(size)}}}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: p, uid: \(place.newUID())}
        spec:
          restartPolicy: Never
          volumes:
          - {name: v, emptyDir: {sizeLimit: 1Mi}}
          - {name: free, emptyDir: {}}
          - {name: d, persistentVolumeClaim: {claimName: data}}
          containers:
          - name: c
            image: busybox:1
            resources: {limits: {ephemeral-storage: 4Mi}}
            command:
            - sh
            - -c
            - |
              \(command)
            volumeMounts: [{name: v, mountPath: /v}, {name: free, mountPath: /free}, {name: d, mountPath: /d}]

        """
    }

    @Test("an emptyDir, a named volume and a root are held to their sizes; with them goes what held them", isPossible)
    func held() throws {
        try withPods("sizes") { place in
            let sizes = "stat -c %s /v/big /d/big /root/big"
            try manifest(place, size: "2Mi", ["/v", "/free", "/d", "/root"].map(fill).joined(separator: "; ") + "; " + sizes)
                .write(toFile: place.work + "/p.yaml", atomically: true, encoding: .utf8)
            try manifest(place, size: "20Mi", "rm /d/big; \(fill("/d")); stat -c %s /d/big")
                .write(toFile: place.work + "/q.yaml", atomically: true, encoding: .utf8)
            let outcome = try script(
                place,
                Self.start + """

                    $H run $O -q --strict --wait $W/p.yaml; $H logs $O p; keys
                    $H run $O -q --replace --wait $W/q.yaml; $H logs $O p
                    $H rm $O p >/dev/null; keys
                    $H volume $O rm data >/dev/null; keys
                    $H audit $O
                    """)
            let lines = outcome.lines
            #expect(outcome.succeeded, "\(outcome.output)\(outcome.errors)")
            let full = "uota exceeded"
            guard lines.count == 14 else { return #expect(lines == [], "\(outcome.errors)") }
            #expect(lines[..<5] == ["default/p", full, "no limit on /free", full, full], "\(lines)")
            let bytes = lines[5..<8].compactMap { Int($0) }
            #expect(zip(bytes, [1, 2, 4]).allSatisfy { $0 <= $1 << 20 && $0 > $1 << 19 }, "\(lines)")
            // Of the emptyDir, the claim and the root; without the root, without the emptyDir, without the claim.
            #expect(lines[8] == "3" || lines[8] == "2", "\(lines)")
            #expect(lines[9...11] == ["default/p", "no limit on /d", "16777216"], "a bigger claim: \(lines)")
            #expect(lines[12...] == ["1", "0"], "\(lines)")
        }
    }

    @Test("where the file system has no quotas, a volume's size is said to hold nobody, and a root's is refused")
    func said() throws {
        try withPods("no-quota") { place in
            let outcome = try script(
                place,
                """
                mount -t tmpfs tmpfs $W/shared; cd $W/shared
                run() { $H run --root $W/shared/root --run-root $W/shared/run "$@" 2>&1 || echo "ended with $?"; }
                cat > a.yaml <<EOF
                apiVersion: v1
                kind: PersistentVolumeClaim
                metadata: {name: data}
                spec: {resources: {requests: {storage: 2Mi}}}
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: p}
                spec:
                  volumes: [{name: v, emptyDir: {sizeLimit: 1Mi}}]
                  containers: [{name: c, image: "busybox:1"}]
                EOF
                run a.yaml; run --strict a.yaml
                sed 's/"busybox:1"/"busybox:1", resources: {limits: {ephemeral-storage: 1Mi}}/' a.yaml > b.yaml
                run b.yaml
                """)
            let text = outcome.output
            #expect(
                text.contains("a.yaml:10:45: spec.volumes[0].emptyDir.sizeLimit: volume 'v' is not held to its size"),
                "\(text)\(outcome.errors)")
            #expect(text.contains("a.yaml: volume 'data' is not held to its size"), "\(text)")
            #expect(text.contains("without --strict it runs all the same"), "\(text)")
            #expect(text.contains("b.yaml:11:") && text.contains("nothing would hold the container to it"), "\(text)")
        }
    }
}
