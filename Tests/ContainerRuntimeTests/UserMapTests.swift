import InitProtocol
import LinuxTypes
import OCISpec
import StrictTree
import Testing

@testable import ContainerRuntime

@Suite struct UserMapTests {
    private let one = IDMapping(containerID: 0, hostID: 100_000, size: 65536)

    private func configuration(
        _ uids: [IDMapping], _ gids: [IDMapping], user: Namespace? = .init(type: .user)
    ) throws -> Configuration {
        var configuration = try Plans.configuration()
        configuration.linux?.namespaces = [.init(type: .mount)] + (user.map { [$0] } ?? [])
        configuration.linux?.uidMappings = uids
        configuration.linux?.gidMappings = gids
        return configuration
    }

    @Test func `maps become the kernel's lines, in order`() throws {
        let second = IDMapping(containerID: 65536, hostID: 0, size: 1)
        let plan = try Plans.plan(configuration([one, second], [one]))
        let maps = try #require(plan.birth.userMaps)
        #expect(UserMaps.text(maps.uids) == "0 100000 65536\n65536 0 1\n")
        #expect(UserMaps.text(maps.gids) == "0 100000 65536\n")
    }

    @Test func `a new user namespace needs both maps`() throws {
        Plans.expectRefusal(try configuration([], [one]), at: "/linux/uidMappings", saying: "is empty")
        Plans.expectRefusal(try configuration([one], []), at: "/linux/gidMappings", saying: "is empty")
    }

    @Test func `maps without a user namespace are refused, maps beside a joined one describe it`() throws {
        Plans.expectRefusal(
            try configuration([one], [one], user: nil), at: "/linux/uidMappings", saying: "needs a user namespace")
        let plan = try Plans.plan(configuration([one], [one], user: .init(type: .user, path: "/u")))
        #expect(plan.birth.userMaps == nil)
    }

    @Test func `lines that overlap inside or outside are refused, lines that touch are not`() throws {
        let inside = IDMapping(containerID: 65535, hostID: 500_000, size: 2)
        let outside = IDMapping(containerID: 70000, hostID: 99_999, size: 2)
        let beside = IDMapping(containerID: 65536, hostID: 165_536, size: 10)
        Plans.expectRefusal(try configuration([one, inside], [one]), at: "/linux/uidMappings/1", saying: "/linux/uidMappings/0")
        Plans.expectRefusal(try configuration([one], [one, beside, outside]), at: "/linux/gidMappings/2", saying: "overlaps")
        #expect(try Plans.plan(configuration([one, beside], [one])).birth.userMaps?.uids.count == 2)
    }

    @Test func `the last ids there are do not overflow the check`() throws {
        let last = IDMapping(containerID: 4_294_967_000, hostID: 4_294_967_000, size: 294)
        #expect(try Plans.plan(configuration([one, last], [one])).birth.userMaps?.uids.count == 2)
    }

    @Test func `an empty line is refused, by the decoder and by the planner`() throws {
        Plans.expectRefusal(
            try configuration([one, IDMapping(containerID: 1, hostID: 1, size: 0)], [one]), at: "/linux/uidMappings/1/size")
        #expect(throws: TreeError.self) {
            try Plans.configuration(linux: #""uidMappings": [{"containerID": 0, "hostID": 0, "size": 0}]"#)
        }
    }

    @Test func `the kernel takes 340 lines and no more`() throws {
        let lines = (0..<341).map { IDMapping(containerID: UInt32($0), hostID: UInt32(100_000 + $0), size: 1) }
        #expect(try Plans.plan(configuration(Array(lines.prefix(340)), [one])).birth.userMaps?.uids.count == 340)
        Plans.expectRefusal(try configuration(lines, [one]), at: "/linux/uidMappings", saying: "341")
        Plans.expectRefusal(try configuration([one], lines), at: "/linux/gidMappings", saying: "340")
    }
}
