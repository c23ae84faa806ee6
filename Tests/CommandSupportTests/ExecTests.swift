import CommandSupport
import ContainerRuntime
import LinuxTypes
import Testing

@Suite struct ExecTests {
    private func request(_ line: String) throws -> ExecRequest {
        guard case .exec(let request) = try read(line) else { throw Unexpected() }
        return request
    }

    @Test func everyOptionIsRead() throws {
        let request = try request(
            """
            exec -d -t --pid-file p --console-socket s --pidfd-socket q --cwd /w -e A=1 --env=B=2=3 -u 7:8 -g 1 -g 2,3 -c sys_admin \
            --cap CAP_KILL,net_raw --no-new-privs --preserve-fds 3 --ignore-paused id /bin/x
            """)
        #expect(request.isDetached && request.terminal == true && request.noNewPrivileges)
        #expect(request.pidFile == "p")
        #expect(request.consoleSocket == "s")
        #expect(request.pidfdSocket == "q")
        #expect(request.workingDirectory == "/w")
        #expect(request.environment == ["A=1", "B=2=3"])
        #expect(request.uid == 7)
        #expect(request.gid == 8)
        #expect(request.additionalGids == [1, 2, 3])
        #expect(request.capabilities == ["CAP_SYS_ADMIN", "CAP_KILL", "CAP_NET_RAW"])
        #expect(request.preservedDescriptors == 3)
        #expect(request.id == "id")
        #expect(request.arguments == ["/bin/x"])
    }

    @Test func whatStandsBehindTheIDIsTheProgram() throws {
        let request = try request("exec id -d --help -e -- x")
        #expect(request.arguments == ["-d", "--help", "-e", "--", "x"])
        #expect(!request.isDetached)
        #expect(request.environment.isEmpty)
    }

    @Test func aProcessFileNeedsNoProgram() throws {
        let request = try request("exec -p /dev/fd/5 id")
        #expect(request.processFile == HostPath("/dev/fd/5"))
        #expect(request.arguments.isEmpty)
    }

    @Test(arguments: [
        ("exec", "there is no container ID"), ("exec id", "there is no program to run behind the container ID"),
        ("exec -p f id sh", "a program behind the container ID contradicts --process, which names one"),
        ("exec -e A id sh", "--env 'A' is not KEY=VALUE"), ("exec -e =A id sh", "--env '=A' is not KEY=VALUE"),
        ("exec -u root id sh", "--user 'root' is not UID[:GID]"), ("exec -u 1: id sh", "--user '1:' is not UID[:GID]"),
        ("exec --cgroup /x id sh", "--cgroup is not supported yet"),
        ("exec -c sys_admn id sh", "unknown capability 'sys_admn'; did you mean 'CAP_SYS_ADMIN'?"),
        ("exec -c , id sh", "unknown capability ''"),
        ("exec -g a id sh", "--additional-gids is a number from 0 to 4294967295, not 'a'"),
        ("exec -p", "option '-p' needs a value"),
    ])
    func mistakesAreNamed(_ line: String, _ message: String) { #expect(complaint(line) == message) }

    @Test func emptyLabelsMeanNone() throws {
        let empty = try request("exec --apparmor= --process-label= id sh")
        #expect(empty.appArmorProfile == nil && empty.seLinuxLabel == nil)
        let given = try request("exec --apparmor web --process-label a:b:c:s0 id sh")
        #expect(given.appArmorProfile == "web" && given.seLinuxLabel == "a:b:c:s0")
    }

    @Test(
        arguments: [("0", 0, nil), ("1000", 1000, nil), ("7:0", 7, 0), ("4294967294:1", 4_294_967_294, 1)]
            as [(String, UInt32, UInt32?)])
    func usersAreNumbers(_ text: String, _ uid: UInt32, _ gid: UInt32?) throws {
        let user = try UserArgument(parsing: text)
        #expect(user.uid == uid)
        #expect(user.gid == gid)
    }

    @Test(arguments: [
        "", ":", ":5", "1:", "1:2:3", "-1", "+1", " 1", "1 ", "0x1", "1_0", "root", "4294967295", "4294967296", "1:4294967295",
        "\u{0661}",
    ])
    func whatIsNoNumberIsNoUser(_ text: String) { #expect(throws: UsageError.self) { try UserArgument(parsing: text) } }
}
