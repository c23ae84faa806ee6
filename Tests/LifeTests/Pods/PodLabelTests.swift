import Foundation
import Testing

/// AppArmor and SELinux: applied where the kernel has them, refused by line where it has not.
@Suite(
    "pods: security modules", .serialized, Requirement.root, Requirement.shell, Requirement.keeper, Requirement.rootfs, .leakCheck
)
struct PodLabelTests {
    private static var hasAppArmor: Bool { fileText("/sys/module/apparmor/parameters/enabled") == "Y\n" }
    private static var hasSELinux: Bool { fileText("/proc/filesystems")?.contains("selinuxfs") == true }

    private static let appArmor = ConditionTrait.enabled("the kernel has no AppArmor that tests may load profiles into") {
        hasAppArmor && Machine.exists("/sys/kernel/security/apparmor/.load") && Machine.exists("/usr/sbin/apparmor_parser")
    }
    private static let noAppArmor = ConditionTrait.enabled("the kernel has AppArmor") { !hasAppArmor }
    private static let seLinux = ConditionTrait.enabled("the kernel has no SELinux") { hasSELinux }
    private static let noSELinux = ConditionTrait.enabled("the kernel has SELinux") { !hasSELinux }

    /// A pod whose only container has a security context and runs a script.
    private func spec(_ context: String, _ script: String, pod: String = "", image: String = "busybox:1") -> String {
        """
        restartPolicy: Never
        terminationGracePeriodSeconds: 0
        \(pod)
        containers:
        - {name: c, image: "\(image)", securityContext: {\(context)}, command: [sh, -c, "\(script)"]}
        """
    }

    /// Runs one to its end and returns what it printed.
    private func look(_ place: PodPlace, _ spec: String) throws -> String {
        let outcome = try place.call("run", "--replace", "--wait", try place.write("p", spec))
        #expect(outcome.succeeded, "\(outcome.errors)")
        return try place.log("p")
    }

    private func expectRefusal(
        _ place: PodPlace, _ spec: String, _ words: String..., location: SourceLocation = #_sourceLocation
    ) throws {
        let file = try place.write("p", spec)
        for verb in ["run", "plan"] {
            let outcome = try place.call(verb, file)
            #expect(outcome.code == 2, sourceLocation: location)
            for word in words {
                #expect(outcome.errors.contains(word), "\(verb): \(outcome.errors)", sourceLocation: location)
            }
        }
        #expect(try place.phase("p") == "gone", sourceLocation: location)
    }

    @Test("without AppArmor a profile is refused with its line, and Unconfined is what there is", noAppArmor)
    func withoutAppArmor() throws {
        try withPods("no-apparmor") { place in
            let words = "containers[0].securityContext.appArmorProfile: this kernel has no AppArmor"
            for profile in ["{type: RuntimeDefault}", "{type: Localhost, localhostProfile: web}"] {
                try expectRefusal(place, spec("appArmorProfile: \(profile)", "true"), words, "/p.yaml:9:", "Unconfined")
            }
            try expectRefusal(
                place, spec("", "true", pod: "securityContext: {appArmorProfile: {type: RuntimeDefault}}"),
                "p.yaml:7:", "spec.securityContext.appArmorProfile")
            #expect(try look(place, spec("appArmorProfile: {type: Unconfined}", "echo ran")) == "ran\n")
        }
    }

    @Test("without SELinux a label is refused with its line", noSELinux)
    func withoutSELinux() throws {
        try withPods("no-selinux") { place in
            try expectRefusal(
                place, spec("seLinuxOptions: {level: 's0:c1,c2'}", "true"),
                "p.yaml:9:", "containers[0].securityContext.seLinuxOptions: this kernel has no SELinux")
            try expectRefusal(
                place, spec("", "true", pod: "securityContext: {seLinuxOptions: {type: t}}"), "p.yaml:7:",
                "spec.securityContext.seLinuxOptions")
        }
    }

    // MARK: AppArmor

    /// Loads a profile for the time of a closure.
    private func withProfile(_ name: String, _ text: String, _ place: PodPlace, body: () throws -> Void) throws {
        let file = place.work + "/profile"
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        try LifeTests.run(["apparmor_parser", "-rK", file]).check("apparmor_parser")
        defer { _ = try? LifeTests.run(["apparmor_parser", "-RK", file]) }
        try body()
    }

    private static let confinement = "cat /proc/self/attr/apparmor/current"

    @Test("a profile of the machine confines the container and what exec brings into it; others are as they were", appArmor)
    func localhost() throws {
        try withPods("apparmor") { place in
            let name = "hull-test-\(getpid())"
            try withProfile(
                name, "profile \(name) flags=(attach_disconnected) { file, capability, network, signal, deny /forbidden w, }",
                place
            ) { () throws in
                let context = "appArmorProfile: {type: Localhost, localhostProfile: \(name)}"
                let script =
                    "\(Self.confinement); touch /allowed && echo made; touch /forbidden 2>&1 | grep -o 'Permission denied' || true"
                #expect(try look(place, spec(context, script)) == "\(name) (enforce)\nmade\nPermission denied\n")
                let other = "allowPrivilegeEscalation: false, runAsUser: 1000, \(context)"
                #expect(try look(place, spec(other, Self.confinement)) == "\(name) (enforce)\n", "with no_new_privs, not as root")
                #expect(try look(place, spec("appArmorProfile: {type: Unconfined}", script)) == "unconfined\nmade\n")
                #expect(
                    try look(place, spec("privileged: true", Self.confinement, pod: "securityContext: {\(context)}"))
                        == "unconfined\n")
                try place.call("run", "--replace", try place.write("p", spec(context, "sleep 1000"))).check("run")
                #expect(try place.call("exec", "p", "--", "sh", "-c", Self.confinement).output == "\(name) (enforce)\n")
                #expect(try place.call("exec", "p", "--", "touch", "/forbidden").errors.contains("Permission denied"))
                try place.call("rm", "-f", "p").check("rm")
            }
            // As before there were fields for it.
            let annotation = "annotations: {container.apparmor.security.beta.kubernetes.io/c: localhost/\(name)}"
            let annotated = place.work + "/annotated.yaml"
            try place.manifest("q", spec("", "true")).replacing("labels: {}", with: annotation)
                .write(toFile: annotated, atomically: true, encoding: .utf8)
            let gone = try place.call("run", annotated)
            #expect(gone.code == 2 && gone.errors.contains("the AppArmor profile '\(name)' is not loaded"), "\(gone.errors)")
        }
    }

    @Test("RuntimeDefault, and who says nothing, have the default profile where it is loaded", appArmor)
    func runtimeDefault() throws {
        try withPods("apparmor-default") { place in
            try expectRefusal(
                place, spec("appArmorProfile: {type: RuntimeDefault}", "true"),
                "the AppArmor profile 'hull-default' is not loaded",
                "apparmor_parser -r")
            #expect(try look(place, spec("", Self.confinement)) == "unconfined\n")
            // Other tests run meanwhile, and say nothing: this one lets them do what they do.
            let open =
                "profile hull-default flags=(attach_disconnected) { file, capability, network, signal, ptrace, mount, umount, pivot_root, unix, }"
            try withProfile("hull-default", open, place) { () throws in
                for context in ["", "appArmorProfile: {type: RuntimeDefault}"] {
                    #expect(try look(place, spec(context, Self.confinement)) == "hull-default (enforce)\n")
                }
                #expect(try look(place, spec("privileged: true", Self.confinement)) == "unconfined\n")
            }
        }
    }

    @Test("the profile that Hull brings keeps a container with all capabilities from the machine's knobs", appArmor)
    func broughtProfile() throws {
        try withPods("apparmor-brought") { place in
            let path =
                URL(fileURLWithPath: #filePath).pathComponents.dropLast(4).joined(separator: "/").dropFirst()
                + "/Tools/apparmor/hull-default"
            let name = "hull-default-\(getpid())"
            let text = try #require(fileText(String(path))).replacing("hull-default flags", with: name + " flags")
                .replacing("peer=hull-default", with: "peer=" + name)
            try withProfile(name, text, place) { () throws in
                let script = """
                    mount -t tmpfs x /tmp 2>/dev/null || echo no mount; (echo 1 > /proc/sys/vm/overcommit_memory) 2>/dev/null || echo no sysctl; (echo h > /proc/sysrq-trigger) 2>/dev/null || echo no sysrq; cat /proc/kcore >/dev/null 2>&1 || echo no kcore; echo x > /file && cat /file; sleep 100 & kill %1 && echo killed; cat /sys/fs/cgroup/cgroup.controllers >/dev/null && echo cgroups
                    """
                let context = "privileged: true, appArmorProfile: {type: Localhost, localhostProfile: \(name)}"
                #expect(try look(place, spec(context, script)) == "no mount\nno sysctl\nno sysrq\nno kcore\nx\nkilled\ncgroups\n")
            }
        }
    }

    @Test("the engine refuses a profile that is not loaded when it creates the container", appArmor)
    func engine() throws {
        try withPods("apparmor-engine") { place in
            let outcome = try place.script(
                """
                $H image $O bundle busybox:1 $W/bundle >/dev/null; cd $W/bundle
                sed -i '0,/"args"/s//"apparmorProfile": "hull-no-such", "args"/' config.json
                "${H%/*}/hull-runtime" --root $W/oci run -b . aa-$$ 2>&1 || echo "ended with $?"
                sed -i 's/hull-no-such/unconfined/' config.json
                "${H%/*}/hull-runtime" --root $W/oci run -b . aa-$$ </dev/null && echo ran
                """)
            #expect(
                outcome.output.contains("/process/apparmorProfile")
                    && outcome.output.contains("no profile of that name is loaded"), "\(outcome.output)")
            #expect(outcome.output.hasSuffix("ran\n"), "\(outcome.output)\(outcome.errors)")
        }
    }

    // MARK: SELinux

    /// Under Tools/selinux-policy.cil.
    @Test("programs have the label of their manifest, and files that they make one that they may write", seLinux)
    func labels() throws {
        try withPods("selinux") { place in
            let context = "seLinuxOptions: {user: system_u, role: system_r, type: container_t, level: 's0:c1,c2'}"
            let label = "system_u:system_r:container_t:s0:c1,c2"
            #expect(try look(place, spec(context, "cat /proc/self/attr/current")).hasPrefix(label))
            let script = "touch /made /dev/shm/made; touch /shown; sleep 1000"
            try place.call("run", "--replace", try place.write("p", spec(context, script))).check("run")
            #expect(try place.call("exec", "p", "--", "cat", "/proc/self/attr/current").output.hasPrefix(label))
            let root = "/proc/\(try place.pid(of: "p"))/root"
            #expect(eventually { Machine.exists(root + "/shown") })
            for file in ["/made", "/dev/shm/made", "/dev/null", "/etc/hosts"] {
                let found = try LifeTests.run(["ls", "-dZ", root + file]).output
                #expect(found.hasPrefix("system_u:object_r:container_file_t:s0:c1,c2 "), "\(file): \(found)")
            }
            #expect(try look(place, spec("seLinuxOptions: {level: 's0:c1,c2'}", "cat /proc/self/attr/current")).hasPrefix(label))
            for part in ["user: no_such_u", "role: no_such_r", "type: no_such_t"] {
                let wrong = try place.call(
                    "run", "--replace", try place.write("p", spec("seLinuxOptions: {\(part)}", "true")))
                #expect(
                    wrong.code == 1 && wrong.errors.contains("the policy that is loaded knows no such label"),
                    "\(part): \(wrong.errors)")
            }
        }
    }
}
