import PodSpec
import Testing

/// What manifests say of AppArmor and SELinux, and of sysctls and huge pages beside them.
@Suite struct SecurityLabelTests {
    private func pod(annotations: String = "{}", _ spec: String) throws -> Pod {
        let text = """
            apiVersion: v1
            kind: Pod
            metadata: {name: p, annotations: \(annotations)}
            spec:
            \(spec.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n"))
            """
        return try Manifest.read(Array(text.utf8), name: "p.yaml").pods[0]
    }

    private static let prefix = "container.apparmor.security.beta.kubernetes.io/"

    @Test func `profiles and labels of pod and container`() throws {
        let pod = try pod(
            """
            securityContext:
              appArmorProfile: {type: RuntimeDefault}
              seLinuxOptions: {level: "s0:c1,c2"}
            containers:
            - name: a
              image: i
              securityContext: {appArmorProfile: {type: Localhost, localhostProfile: web}, seLinuxOptions: {type: t, user: u, role: r}}
            - {name: b, image: i}
            """)
        #expect(pod.spec.securityContext.appArmorProfile == .runtimeDefault)
        #expect(pod.spec.securityContext.seLinuxOptions?.processLabel == "system_u:system_r:container_t:s0:c1,c2")
        #expect(pod.spec.securityContext.seLinuxOptions?.fileLabel == "system_u:object_r:container_file_t:s0:c1,c2")
        let own = pod.spec.containers[0].securityContext
        #expect(own.appArmorProfile == .localhost(name: "web") && own.seLinuxOptions?.processLabel == "u:r:t:s0")
        #expect(pod.spec.containers[1].securityContext.appArmorProfile == nil)
    }

    @Test(arguments: [
        ("runtime/default", AppArmorProfile.runtimeDefault), ("unconfined", .unconfined), ("localhost/x", .localhost(name: "x")),
    ])
    func `annotations from before there were fields`(text: String, profile: AppArmorProfile) throws {
        let pod = try pod(annotations: "{\(Self.prefix)c: \(text)}", "containers: [{name: c, image: i}]")
        #expect(pod.spec.containers[0].securityContext.appArmorProfile == profile)
    }

    @Test func `annotations that contradict, or are of nobody, are refused`() {
        let field = "containers: [{name: c, image: i, securityContext: {appArmorProfile: {type: Unconfined}}}]"
        #expect(throws: ManifestError.self) { try pod(annotations: "{\(Self.prefix)c: runtime/default}", field) }
        #expect(throws: Never.self) { try pod(annotations: "{\(Self.prefix)c: unconfined}", field) }
        #expect(throws: ManifestError.self) { try pod(annotations: "{\(Self.prefix)d: unconfined}", field) }
        #expect(throws: ManifestError.self) { try pod(annotations: "{\(Self.prefix)c: other}", field) }
    }

    @Test func `sysctls of namespaces are read, safe or not`() throws {
        let sysctls =
            "securityContext: {sysctls: [{name: net/core/somaxconn, value: '9'}, {name: kernel.shm_rmid_forced, value: '1'}]}"
        let found = try pod(sysctls + "\ncontainers: [{name: c, image: i}]").spec.securityContext.sysctls
        #expect(found.map(\.name) == ["net.core.somaxconn", "kernel.shm_rmid_forced"] && found.map(\.isSafe) == [false, true])
        #expect(found.map(\.isOfNamespace) == [true, true])
    }

    @Test func `a volume of huge pages has the size of a container's`() throws {
        func medium(_ medium: String, _ limits: String) throws -> StorageMedium? {
            let pod = try pod(
                """
                volumes: [{name: v, emptyDir: {medium: \(medium)}}]
                containers: [{name: c, image: i, resources: {limits: {cpu: 1, \(limits)}}}]
                """)
            guard case .emptyDir(let empty) = pod.spec.volumes[0].source else { return nil }
            return empty.medium
        }
        #expect(try medium("HugePages", "hugepages-2Mi: 4Mi") == .hugePages(2 << 20))
        #expect(try medium("HugePages-1Gi", "hugepages-2Mi: 4Mi, hugepages-1Gi: 1Gi") == .hugePages(1 << 30))
        #expect(throws: ManifestError.self) { try medium("HugePages", "hugepages-2Mi: 4Mi, hugepages-1Gi: 1Gi") }
        #expect(throws: ManifestError.self) { try medium("HugePages-1Gi", "hugepages-2Mi: 4Mi") }
    }

    @Test func `annotations of the command line go before those of the document, and stay in it`() throws {
        let plain = try pod(annotations: "{hull.dev/shm-size: 1Mi, other: x}", "containers: [{name: c, image: i}]")
        let pod = try plain.annotated(["hull.dev/shm-size": "2Mi", "hull.dev/ulimits": "nofile=7"])
        #expect(pod.spec.tuning.sharedMemory == Quantity("2Mi") && pod.spec.tuning.common.limits.map(\.hard) == [7])
        #expect(pod.metadata.annotations == ["hull.dev/shm-size": "2Mi", "hull.dev/ulimits": "nofile=7", "other": "x"])
        #expect(String(decoding: pod.json, as: UTF8.self).contains(#""hull.dev/ulimits":"nofile=7""#))
        let error = #expect(throws: ManifestError.self) { try plain.annotated(["hull.dev/ulimits": "files=7"]) }
        #expect(error?.description.contains("unknown limit 'files'") == true, "\(String(describing: error))")
    }
}
