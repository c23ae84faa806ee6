import Digests
import ImageSpec
import OCISpec
import Testing

/// From an image's configuration to a container's.
@Suite struct ImageConversionTests {
    static let passwd = Array(
        """
        root:x:0:0:root:/root:/bin/sh
        broken
        app:x:1000:1001:App:/home/app:/bin/sh
        1000:x:0:0:trap:/:/bin/sh
        huge:x:4294967296:0::/:/bin/sh
        """.utf8)
    static let group = Array("root:x:0:\napp:x:1001:\nwheel:x:10:app,root\nvideo:x:44:app\n".utf8)

    private func user(_ text: String) throws -> User {
        try ImageUser(text).resolved(passwd: Self.passwd, group: Self.group)
    }

    @Test func usersOfTheImage() throws {
        #expect(try user("") == User())
        #expect(try user("app") == User(uid: 1000, gid: 1001, additionalGids: [10, 44]))
        #expect(try user("app:video") == User(uid: 1000, gid: 44))
        #expect(try user("app:7") == User(uid: 1000, gid: 7))
        #expect(try user("1000") == User(uid: 1000, gid: 1001))
        #expect(try user("5:6") == User(uid: 5, gid: 6))
        #expect(try user("2147483647") == User(uid: 2_147_483_647))
        #expect(try user("77") == User(uid: 77))
        #expect(try ImageUser("77").resolved(passwd: nil, group: nil) == User(uid: 77))
    }

    @Test(arguments: [
        "-1", "+1", "2147483648", "4294967295", "4294967296", "99999999999999999999", "0x0", "1e3", "a b", "x:-1", "nobody-here",
        "huge", "a,b",
    ])
    func refusesUsers(_ text: String) {
        #expect(throws: ImageUserError.self) { try user(text) }
    }

    private func image(_ execution: ImageExecution) -> ImageConfiguration {
        ImageConfiguration(
            platform: Platform(architecture: "amd64"), created: "2026-01-02T03:04:05Z", author: "someone", execution: execution,
            diffIDs: [])
    }

    @Test func programAndSurroundings() {
        let execution = ImageExecution(
            exposedPorts: ["80/tcp", "53/udp"], env: ["A=b", "PATH=/x"], entrypoint: ["/e"], cmd: ["c"], workingDirectory: "/w",
            labels: ["org.opencontainers.image.author": "label", "x": "y"], stopSignal: "SIGRTMIN+3")
        let configuration = Configuration(image: image(execution), user: User(uid: 5))
        #expect(configuration.process?.args == ["/e", "c"])
        #expect(configuration.process?.env == ["A=b", "PATH=/x"])
        #expect(configuration.process?.cwd == "/w")
        #expect(configuration.process?.user.uid == 5)
        #expect(configuration.annotations["org.opencontainers.image.author"] == "label")
        #expect(configuration.annotations["org.opencontainers.image.exposedPorts"] == "80/tcp,53/udp")
        #expect(configuration.annotations["org.opencontainers.image.stopSignal"] == "SIGRTMIN+3")
        #expect(configuration.annotations["org.opencontainers.image.os"] == "linux")
        #expect(configuration.annotations["org.opencontainers.image.created"] == "2026-01-02T03:04:05Z")
        #expect(configuration.annotations["x"] == "y")
    }

    @Test("what an image says becomes nothing but its program and its annotations")
    func isOnlyText() {
        let plain = Configuration(image: image(ImageExecution()), user: User())
        let loud = Configuration(
            image: image(ImageExecution(volumes: ["/", ".."], labels: ["run": "rm", "io.kubernetes.cri.sandbox": "x"])),
            user: User())
        #expect(plain.mounts == loud.mounts)
        #expect(plain.linux == loud.linux)
        #expect(plain.hooks == loud.hooks)
        #expect(plain.process == loud.process)
        #expect(plain.process?.cwd == "/")
        #expect(plain.process?.env == ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"])
    }
}
