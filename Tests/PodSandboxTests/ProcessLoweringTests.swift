import ImageSpec
import LinuxTypes
import OCISpec
import PodSpec
import Testing

@testable import PodSandbox

/// From a container of a pod to its process.
@Suite struct ProcessLoweringTests {
    private func process(spec: String = "", container: String = "", _ image: ImageExecution? = nil) throws -> OCISpec.Process {
        var surroundings = Surroundings()
        if let image { surroundings.image = image }
        return try #require(try surroundings.configuration(spec: spec, container: container).process)
    }

    @Test func `what nobody says is the usual`() throws {
        let process = try process()
        #expect(!process.terminal && !process.noNewPrivileges)
        #expect(process.args == ["/bin/server", "--port", "80"])
        #expect(process.env == ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOSTNAME=web"])
        #expect(process.cwd == "/")
        #expect(process.oomScoreAdj == 1000)
        #expect(process.rlimits.isEmpty)
    }

    // MARK: Command

    /// Kubernetes' table: Define a Command and Arguments for a Container.
    static let commands: [(entrypoint: [String], cmd: [String], lines: String, args: [String])] = [
        (["/e"], ["c"], "", ["/e", "c"]), ([], ["/c", "d"], "", ["/c", "d"]), (["/e"], [], "", ["/e"]),
        (["/e"], ["c"], "command: [/m]", ["/m"]), (["/e"], ["c"], "args: [a]", ["/e", "a"]),
        (["/e"], ["c"], "command: [/m]\nargs: [a, b]", ["/m", "a", "b"]), ([], ["/c"], "args: [/a]", ["/a"]),
    ]

    @Test(arguments: commands) func `the manifest replaces what the image runs`(
        entrypoint: [String], cmd: [String], lines: String, args: [String]
    ) throws {
        #expect(try process(container: lines, ImageExecution(entrypoint: entrypoint, cmd: cmd)).args == args)
    }

    @Test func `a container that has nothing to run is refused`() {
        for image in [ImageExecution(), ImageExecution(entrypoint: [""])] {
            let error = #expect(throws: PodError.self) { try process(container: "", image) }
            #expect(error?.message.contains("says what to run") == true)
        }
    }

    // MARK: Environment

    @Test func `the image's environment comes first, and the manifest's wins`() throws {
        let image = ImageExecution(env: ["A=1", "B=2", "PATH=/x", "broken", "C=a=b", "A=3"], entrypoint: ["/e"])
        let lines = "env:\n- {name: B, value: two}\n- {name: D, value: '4'}\n- {name: D, value: '5'}\n- {name: E}"
        #expect(try process(container: lines, image).env == ["A=3", "B=two", "PATH=/x", "C=a=b", "HOSTNAME=web", "D=5", "E="])
    }

    @Test func `a terminal has a type, unless somebody says another`() throws {
        #expect(try process(container: "tty: true").env.contains("TERM=xterm"))
        #expect(try process(container: "tty: true\nenv: [{name: TERM, value: dumb}]").env.contains("TERM=dumb"))
        #expect(try process(container: "tty: true").terminal)
    }

    @Test func `in the machine's network the name is the machine's`() throws {
        #expect(try !process(spec: "hostNetwork: true").env.contains { $0.hasPrefix("HOSTNAME=") })
    }

    /// `defaults.md`, section 5: the image's variables, and what we add, are no variables of the manifest. `$(HOSTNAME)` may be a command of a shell.
    @Test func `references see what the manifest has said before, and nothing else`() throws {
        let image = ImageExecution(env: ["IMAGE=i"], entrypoint: ["/e", "$(A)"])
        let lines = """
            command: [/bin/sh, -c, 'echo $(A) $(B) $(IMAGE) $(HOSTNAME) $(PATH) $$(A) $(LATER)']
            args: ['$(B)']
            env:
            - {name: A, value: '1'}
            - {name: B, value: '$(A)$(LATER)$(IMAGE)'}
            - {name: LATER, value: '3'}
            """
        let process = try process(container: lines, image)
        #expect(
            process.args == [
                "/bin/sh", "-c", "echo 1 1$(LATER)$(IMAGE) $(IMAGE) $(HOSTNAME) $(PATH) $(A) 3", "1$(LATER)$(IMAGE)",
            ])
        #expect(process.env.contains("B=1$(LATER)$(IMAGE)"))
        // The image's own is taken as it is.
        #expect(try self.process(container: "env: [{name: A, value: '1'}]", image).args == ["/e", "$(A)"])
    }

    // MARK: Directory, user, privileges

    @Test func `the directory is the manifest's, the image's, or the root`() throws {
        let image = ImageExecution(entrypoint: ["/e"], workingDirectory: "/srv")
        #expect(try process(container: "", image).cwd == "/srv")
        #expect(try process(container: "workingDir: /tmp", image).cwd == "/tmp")
    }

    @Test func `the user is who was found`() throws {
        var surroundings = Surroundings()
        surroundings.facts.user = User(uid: 7, gid: 8, additionalGids: [9])
        #expect(try surroundings.configuration().process?.user == User(uid: 7, gid: 8, additionalGids: [9]))
    }

    @Test func `no new privileges only where that is said`() throws {
        #expect(try process(container: "securityContext: {allowPrivilegeEscalation: false}").noNewPrivileges)
        #expect(try !process(container: "securityContext: {allowPrivilegeEscalation: true}").noNewPrivileges)
    }

    // MARK: OOM score

    static let scores: [(String, Int32)] = [
        ("", 1000), ("resources: {requests: {memory: 4Gi}}", 500), ("resources: {requests: {memory: 1}}", 999),
        ("resources: {requests: {memory: 8Gi}}", 3), ("resources: {requests: {memory: 900Gi}}", 3),
        ("resources: {limits: {memory: 2Gi}}", 750), ("resources: {requests: {cpu: 1}}", 999),
        ("resources: {limits: {cpu: 1, memory: 1Gi}}", -997),
        ("resources: {requests: {memory: 9Ei}}", 3),
    ]

    @Test(arguments: scores) func `who asks for less goes first when memory runs out`(lines: String, score: Int32) throws {
        #expect(try process(container: lines).oomScoreAdj == score)
    }

    @Test func `a score that the caller may not set is left alone`() throws {
        var surroundings = Surroundings()
        surroundings.facts.lowestOOMScore = 0
        #expect(
            try surroundings.configuration(container: "resources: {limits: {cpu: 1, memory: 1Gi}}").process?.oomScoreAdj == nil)
        #expect(try surroundings.configuration().process?.oomScoreAdj == 1000)
        surroundings.facts.machineMemory = 0
        #expect(try surroundings.configuration(container: "resources: {requests: {memory: 1Gi}}").process?.oomScoreAdj == 999)
    }

    // MARK: Security modules

    @Test func `the default profile is for who says nothing, where it is loaded, and for nobody privileged`() throws {
        func profile(spec: String = "", container: String = "", isLoaded: Bool) throws -> String? {
            var surroundings = Surroundings()
            surroundings.facts.hasDefaultProfile = isLoaded
            return try surroundings.configuration(spec: spec, container: container).process?.apparmorProfile
        }
        let pods = "securityContext: {appArmorProfile: {type: Localhost, localhostProfile: web}}"
        let privileged = "securityContext: {privileged: true}"
        #expect(try profile(isLoaded: false) == nil)
        #expect(try profile(isLoaded: true) == "hull-default")
        #expect(try profile(spec: pods, isLoaded: true) == "web")
        #expect(try profile(container: privileged, isLoaded: true) == "unconfined")
        #expect(try profile(spec: pods, container: privileged, isLoaded: true) == "unconfined")
        let own = "securityContext: {appArmorProfile: {type: Unconfined}}"
        #expect(try profile(spec: pods, container: own, isLoaded: true) == "unconfined")
    }

    @Test func `a label of the pod is its containers', unless they have their own`() throws {
        let spec = "securityContext: {seLinuxOptions: {level: 's0:c1'}}"
        #expect(try process(spec: spec).selinuxLabel == "system_u:system_r:container_t:s0:c1")
        #expect(
            try process(spec: spec, container: "securityContext: {seLinuxOptions: {type: t}}").selinuxLabel
                == "system_u:system_r:t:s0")
        #expect(try process().selinuxLabel == nil)
    }
}
