import LinuxKernel
import PodRecords
import PodSandbox
import StrictTree
import Testing

@testable import PodVerbs

/// Pods as tables and documents.
@Suite struct PodTextTests {
    private func state(
        _ containers: [ContainerStatus], _ change: (inout SandboxRecord) -> Void = { _ in }, bootID: String = "b"
    ) -> PodState {
        let state = PodStateTests.state(.ready, containers)
        var sandbox = state.sandbox
        change(&sandbox)
        return PodState(sandbox: sandbox, containers: containers, plan: state.plan, bootID: bootID)
    }

    private let running = [
        PodStateTests.initialized, PodStateTests.status("a", .running),
        PodStateTests.status("b", .waiting, last: 1, reason: "CrashLoopBackOff"),
    ]

    // MARK: Tables

    private func lines(_ table: PodTable, _ pods: [PodState], now: Int64 = 0) -> [[Substring]] {
        table.text(pods.map(\.line), now: now).split(separator: "\n").map { $0.split(separator: " ") }
    }

    @Test func `a pod is a line`() {
        let lines = lines(PodTable(isWide: false, hasNamespaces: false), [state(running)], now: 90_000_000_000)
        #expect(lines == [["NAME", "READY", "STATUS", "RESTARTS", "AGE"], ["web", "1/2", "CrashLoopBackOff", "1", "90s"]])
    }

    @Test func `a wide line has more`() {
        let pod = state(running) { sandbox in
            sandbox.addresses = ["10.0.0.2", "fd00::2"]
            sandbox.keeper = ProcessIdentity(bootID: "b", pid: 77, startTime: 1)
        }
        let lines = lines(PodTable(isWide: true, hasNamespaces: true), [pod, state([])])
        #expect(lines[0] == ["NAMESPACE", "NAME", "READY", "STATUS", "RESTARTS", "AGE", "IP", "KEEPER", "UID"])
        #expect(
            lines[1] == [
                "default", "web", "1/2", "CrashLoopBackOff", "1", "0s", "10.0.0.2,fd00::2", "77",
                "01000000-0000-4000-8000-000000000000",
            ])
        #expect(lines[2].dropLast().suffix(2) == ["-", "-"])
    }

    @Test func `what is lost is not ready`() {
        let lines = lines(PodTable(isWide: false, hasNamespaces: false), [state(running, bootID: "another")])
        #expect(lines[1].prefix(3) == ["web", "0/2", "Lost"])
    }

    @Test func `records that make no sense are shown`() {
        let many = ["a", "b"].map { name in
            var status = PodStateTests.status(name, .running)
            status.restartCount = .max
            return status
        }
        let pods = [Int64.min, .max].map { moment in state(many) { $0.createdAt = moment } }
        for now in [Int64.min, 0, .max] {
            let lines = lines(PodTable(isWide: true, hasNamespaces: true), pods, now: now)
            #expect(lines[1][4] == "8589934590")
        }
    }

    static let ages: [(Int64, String)] = [
        (-5, "0s"), (0, "0s"), (119, "119s"), (120, "2m"), (121, "2m1s"), (599, "9m59s"), (600, "10m"), (10_799, "179m"),
        (10_800, "3h"),
        (10_860, "3h1m"), (28_799, "7h59m"), (28_800, "8h"), (172_799, "47h"), (172_800, "2d"), (176_400, "2d1h"),
        (691_199, "7d23h"),
        (691_200, "8d"), (63_071_999, "729d"), (63_072_000, "2y"), (63_158_400, "2y1d"), (252_288_000, "8y"),
        (9_000_000_000, "285y"),
    ]

    @Test(arguments: ages) func `an age has two units at most`(seconds: Int64, text: String) {
        #expect(Age.text(from: 1_000_000_000, to: (seconds + 1) * 1_000_000_000) == text)
    }

    // MARK: Documents

    private func document(
        _ pod: PodState, manifest: String = #"{"status":{"phase":"Old"},"metadata":{"name":"web"},"kind":"Pod","x":null}"#
    )
        throws -> Value
    {
        try Document(json: PodDocument(pod, manifest: Array(manifest.utf8)).json()).root
    }

    @Test func `a document is the manifest, and a status of our own`() throws {
        let root = try document(state(running) { $0.startedAt = 1_500_000_000 })
        #expect(try root.members.map { try $0.key } == ["kind", "metadata", "status"])
        #expect(try root.descendant("status.phase")?.string == "Running")
        #expect(
            try root.descendant("status.startTime")?.string == "1970-01-01T00:00:01.5Z"
                || root.descendant("status.startTime") != nil)
        #expect(root.descendant("status.podIP") == nil)
        let inits = try #require(try root.member("status")?.member("initContainerStatuses")).array.map { $0 }
        #expect(inits.count == 1)
        let first = inits[0]
        #expect(try first.member("name")?.string == "i")
        #expect(try first.member("ready")?.bool == false)
        #expect(try first.member("state")?.member("terminated")?.member("exitCode")?.integer == 0)
        let main = try #require(try root.member("status")?.member("containerStatuses")).array.map { $0 }
        #expect(try main.map { try $0.member("name")?.string } == ["a", "b"])
        #expect(try main[0].member("state")?.member("running") != nil)
        #expect(try main[0].member("containerID")?.string == "hull://01000000-0000-4000-8000-000000000000.a.0")
        #expect(try main[1].member("state")?.member("waiting")?.member("reason")?.string == "CrashLoopBackOff")
        #expect(try main[1].member("lastState")?.member("terminated")?.member("exitCode")?.integer == 1)
        #expect(try main[1].member("restartCount")?.integer == 1)
    }

    @Test func `addresses and reasons are in it`() throws {
        let root = try document(
            state([]) { sandbox in
                sandbox.addresses = ["10.0.0.2", "fd00::2"]
                sandbox.reason = "Failed"
                sandbox.message = "why"
            })
        let status = try #require(try root.member("status"))
        #expect(try status.member("podIP")?.string == "10.0.0.2")
        #expect(try status.member("podIPs")?.array.map { try $0.member("ip")?.string } == ["10.0.0.2", "fd00::2"])
        #expect(try status.member("reason")?.string == "Failed")
        #expect(try status.member("message")?.string == "why")
        // What was not heard of yet waits, all the same.
        let main = try #require(try status.member("containerStatuses")).array.map { $0 }
        #expect(try main.allSatisfy { try $0.member("state")?.member("waiting") != nil })
    }

    @Test func `the machine's addresses are those of pods in its network`() throws {
        func addresses(_ network: String, _ phase: SandboxRecord.Phase) throws -> [[String]] {
            var pod = PodStateTests.state(phase)
            var sandbox = pod.sandbox
            if network == "bridge" { sandbox.addresses = ["10.210.0.2"] }
            sandbox.network = network
            pod = PodState(sandbox: sandbox, containers: [], plan: pod.plan, bootID: "b")
            let json = try PodDocument(
                pod, manifest: Array("{}".utf8), hostAddresses: ["192.0.2.1", "2001:db8::1"]
            ).json()
            let status = try #require(try Document(json: json).root.member("status"))
            let lists = try ["hostIP", "podIP"].map { key in
                let all = try status.member(key + "s")?.array.map { try $0.member("ip")?.string ?? "" } ?? []
                #expect(try status.member(key)?.string == all.first)
                return all
            }
            return lists
        }
        let host = ["192.0.2.1", "2001:db8::1"]
        #expect(try addresses("host", .ready) == [host, host])
        #expect(try addresses("bridge", .ready) == [host, ["10.210.0.2"]])
        #expect(try addresses("none", .ready) == [host, []])
        #expect(try addresses("host", .stopped) == [[], []])
    }

    @Test func `what is lost runs no more`() throws {
        let status = try #require(try document(state(running, bootID: "another")).member("status"))
        #expect(try status.member("reason")?.string == "Lost")
        #expect(try status.member("phase")?.string == "Failed")
        let first = try #require(try status.member("containerStatuses")?.array.map { $0 }.first)
        #expect(try first.member("ready")?.bool == false)
        #expect(try first.member("state")?.member("terminated")?.member("reason")?.string == "ContainerStatusUnknown")
    }

    @Test(arguments: [Int64.min, .max, 0, -1]) func `every moment is a time`(moment: Int64) throws {
        var status = PodStateTests.status("a", .terminated, code: 1)
        status.termination?.startedAt = moment
        status.termination?.finishedAt = moment
        #expect(try document(state([status]) { $0.startedAt = moment }).kind == .object)
        if moment == -1 { #expect(moment.rfc3339 == "1969-12-31T23:59:59.999999999Z") }
    }

    @Test func `a manifest that is none is an error`() {
        #expect(throws: TreeError.self) { try document(state([]), manifest: "{") }
    }
}
