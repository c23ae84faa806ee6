import OCISpec
import Testing

@testable import Cgroups

private func list(_ rules: [Resources.DeviceRule]) throws -> DeviceExceptionList {
    var list = DeviceExceptionList()
    for rule in rules { try list.apply(rule) }
    return list
}

@Suite struct DeviceRulesTests {
    private let null = Resources.DeviceRule(allow: true, type: .character, major: 1, minor: 3)

    @Test func everythingIsDeniedAtFirst() throws {
        #expect(try list([null]).writes.map { "\($0.file) \($0.value)" } == ["devices.deny a", "devices.allow c 1:3 rwm"])
    }

    @Test func aRuleForAllForgetsWhatWasBefore() throws {
        #expect(try list([null, .init(allow: false)]).writes.map(\.value) == ["a"])
        #expect(try list([null, .init(allow: true)]).writes.isEmpty)
    }

    @Test func accessOfEqualNumbersIsJoinedAndTakenBack() throws {
        let read = Resources.DeviceRule(allow: true, type: .block, major: 8, minor: 0, access: .read)
        let write = Resources.DeviceRule(allow: true, type: .block, major: 8, minor: 0, access: .write)
        var noRead = read
        noRead.allow = false
        #expect(try list([read, write]).writes.last?.value == "b 8:0 rw")
        #expect(try list([read, write, noRead]).writes.last?.value == "b 8:0 w")
        #expect(try list([read, noRead]).writes.map(\.value) == ["a"])
    }

    @Test func aWiderDenialTakesBackNarrowerRules() throws {
        #expect(try list([null, .init(allow: false, type: .character, major: 1)]).writes.map(\.value) == ["a"])
    }

    @Test func aHoleInAWiderRuleIsAnError() {
        let all = Resources.DeviceRule(allow: true, type: .character)
        #expect(throws: DeviceExceptionList.Inexpressible.self) {
            try list([all, .init(allow: false, type: .character, major: 1, minor: 3)])
        }
    }

    @Test func whatIsDeniedFromAllIsWrittenToDeny() throws {
        let writes = try list([.init(allow: true), .init(allow: false, type: .block, major: 8)]).writes
        #expect(writes.map { "\($0.file) \($0.value)" } == ["devices.deny b 8:* rwm"])
    }

    @Test func aTypelessRuleWithNumbersIsNotOneForEverything() throws {
        let writes = try list([.init(allow: true, major: 10, minor: 200)]).writes
        #expect(writes.map(\.value) == ["a", "c 10:200 rwm", "b 10:200 rwm"])
    }

    @Test func theHoleIsNamedByItsPointer() {
        let rules: [Resources.DeviceRule] = [
            .init(allow: true, type: .character), .init(allow: false, type: .character, major: 9, minor: 9),
        ]
        let error = #expect(throws: CgroupError.self) {
            _ = try Plan(layout: Hosts.hybrid, cgroupsPath: "/t", id: "t", resources: .init(devices: rules))
        }
        #expect(error?.description.hasPrefix("/linux/resources/devices/1: deny c 9:9 rwm") == true)
    }

    @Test func everyContainerHasItsUsualDevices() throws {
        let plan = try Plan(layout: Hosts.hybrid, cgroupsPath: "/t", id: "t", resources: nil)
        let values = plan.groups.flatMap(\.writes).filter { $0.file == "devices.allow" }.map(\.value)
        for value in ["c *:* m", "b *:* m", "c 1:3 rwm", "c 5:0 rwm", "c 136:* rwm", "c 5:2 rwm"] {
            #expect(values.contains(value))
        }
    }

    @Test func v1WithoutTheControllerAndV2GetAProgram() throws {
        let plan = try Plan(layout: Hosts.unified, cgroupsPath: "/t", id: "t", resources: nil)
        #expect(plan.deviceProgram != nil)
        let everything = try Plan(
            layout: Hosts.unified, cgroupsPath: "/t", id: "t", resources: .init(devices: [.init(allow: true)]))
        #expect(everything.deviceProgram == nil)
        let pure = Layout(unified: nil, legacy: [Hierarchy(version: .v1, controllers: [.cpu], mountPoint: "/c")])
        #expect(throws: CgroupError.self) { _ = try Plan(layout: pure, cgroupsPath: "/t", id: "t", resources: nil) }
    }
}
