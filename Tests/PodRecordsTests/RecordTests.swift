import LinuxKernel
import LinuxTypes
import PodRecords
import SeededRandom
import StrictTree
import Testing

/// Records are read back as they were written; what is no record is refused, and never brings the reader down.
@Suite struct RecordTests {
    static func sandbox() -> SandboxRecord {
        var record = SandboxRecord(
            uid: PodUID(random: [9]), name: "web", namespace: "default",
            labels: [.init(key: "app", value: "a \"quoted\" one"), .init(key: "ä/ö", value: "")], bootID: "b", createdAt: .min,
            phase: .stopping, goal: .restarted)
        record.startedAt = .max
        record.finishedAt = 0
        record.reason = "Failed"
        record.message = "line one\nline two\u{7f}"
        record.keeper = ProcessIdentity(bootID: "b", pid: .max, startTime: .max)
        record.addresses = ["10.0.0.1", "fd00::1"]
        record.network = "cni:web"
        record.request = PodRequest(.stop, by: .init(pid: 7, uid: 0), grace: 5, at: .min)
        record.fault = .badVolume
        record.isStepwise = true
        record.ledger = "keeper=1;sandbox: pin=2"
        record.tally = ContainerTally(plan(), [status()])
        return record
    }

    static func status() -> ContainerStatus {
        var status = ContainerStatus(name: "web")
        status.state = .running
        status.attempt = .max
        status.goal = .stopped
        status.request = PodRequest(.stopContainer, by: .init(pid: 7, uid: 0), grace: 5, at: .min)
        status.nextAttempt = .max
        status.isCollected = false
        status.process = ProcessIdentity(bootID: "b", pid: 1, startTime: 0)
        status.memoryEvents = "/sys/fs/cgroup/x"
        status.hasStarted = true
        status.startedAt = 5
        status.termination = .init(
            exitCode: nil, signal: 9, reason: "OOMKilled", message: "\u{1}", startedAt: nil, finishedAt: .min)
        status.termination?.cause = .outOfMemory
        status.termination?.memory = MemoryKill(kills: .max, limit: 1, peak: nil, process: "a\"b", pid: 4)
        status.termination?.fault = .missingLoader
        status.log = LogTrouble(state: .abandoned, stdout: .max, stderr: 0, cause: "no space", at: 3)
        status.ledger.add("root", microseconds: 12)
        status.lastTermination = .init(exitCode: 255, reason: "Error", startedAt: 1, finishedAt: 2)
        status.reason = "CrashLoopBackOff"
        status.message = "back-off"
        status.restartCount = 7
        status.backOff = 300
        return status
    }

    static func plan() -> PodPlan {
        PodPlan(
            uid: PodUID(random: [9]), gracePeriod: .max, removesItself: true,
            containers: [
                .init(name: "i", isInit: true, restart: .onFailure, stopSignal: Signal(rawValue: 64), hasTerminal: true),
                .init(name: "a", restart: .never, hasInput: true, endsInputOnce: true),
            ])
    }

    @Test func `records are read back as they were written`() throws {
        #expect(try SandboxRecord(json: Self.sandbox().json) == Self.sandbox())
        #expect(try ContainerStatus(json: Self.status().json) == Self.status())
        #expect(try PodPlan(json: Self.plan().json) == Self.plan())
        var plan = Self.plan()
        plan.firstUser = 1_048_576
        plan.defaultContainer = "a"
        #expect(try PodPlan(json: plan.json) == plan)
        var sandbox = Self.sandbox()
        sandbox.awaitsRun = true
        #expect(try SandboxRecord(json: sandbox.json) == sandbox)
    }

    @Test func `without a word of the manifest the main container is the first that is no init container`() {
        var plan = Self.plan()
        #expect(plan.mainContainer == "a")
        plan.containers.append(.init(name: "b"))
        #expect(plan.mainContainer == "a")
        plan.defaultContainer = "b"
        #expect(plan.mainContainer == "b")
    }

    /// A container that left a NUL as its message made its pod's records unreadable: nobody could list, stop or remove the pod.
    @Test func `a message of a container can be anything`() throws {
        for message in ["a\0b\0", "\0", String(decoding: [0xff, 0, 0xc3], as: UTF8.self), "\u{1b}]0;x\u{7}\u{2028}\u{feff}"] {
            var status = Self.status()
            status.termination?.message = message
            status.message = message
            var sandbox = Self.sandbox()
            sandbox.message = message
            let read = String(String.UnicodeScalarView(message.unicodeScalars.map { $0 == "\0" ? "\u{fffd}" : $0 }))
            #expect(try ContainerStatus(json: status.json).termination?.message == read)
            #expect(try ContainerStatus(json: status.json).message == read)
            #expect(try SandboxRecord(json: sandbox.json).message == read)
        }
    }

    @Test func `the smallest records are read back`() throws {
        let sandbox = SandboxRecord(uid: PodUID(random: []), name: "", namespace: "", labels: [], bootID: "", createdAt: 0)
        #expect(try SandboxRecord(json: sandbox.json) == sandbox)
        #expect(try ContainerStatus(json: ContainerStatus(name: "").json) == ContainerStatus(name: ""))
        let plan = PodPlan(uid: PodUID(random: []), gracePeriod: 0, containers: [])
        #expect(try PodPlan(json: plan.json) == plan)
    }

    @Test(arguments: SandboxRecord.Phase.allCases, SandboxRecord.Goal.allCases)
    func `every phase and goal is read back`(phase: SandboxRecord.Phase, goal: SandboxRecord.Goal) throws {
        var record = Self.sandbox()
        record.phase = phase
        record.goal = goal
        #expect(try SandboxRecord(json: record.json) == record)
    }

    @Test(arguments: ContainerStatus.State.allCases, PodPlan.Restart.allCases)
    func `every state and policy is read back`(state: ContainerStatus.State, restart: PodPlan.Restart) throws {
        var status = Self.status()
        status.state = state
        #expect(try ContainerStatus(json: status.json) == status)
        var plan = Self.plan()
        plan.containers[0].restart = restart
        #expect(try PodPlan(json: plan.json) == plan)
    }

    /// What stands instead of something, and what is said of it.
    static let changes: [(String, String)] = [
        (#""phase":"stopping""#, #""phase":"flying""#), (#""phase":"stopping""#, #""phase":4"#), (#""phase":"stopping","#, ""),
        (#""goal":"restarted""#, #""goal":null"#), (#""createdAt":-9223372036854775808"#, #""createdAt":-9223372036854775809"#),
        (#""startedAt":9223372036854775807"#, #""startedAt":9223372036854775808"#), (#""finishedAt":0"#, #""finishedAt":0.5"#),
        (#""pid":2147483647"#, #""pid":2147483648"#), (#""pid":2147483647"#, #""pid":0"#), (#""pid":2147483647"#, #""pid":-1"#),
        (#""start":18446744073709551615"#, #""start":18446744073709551616"#), (#""name":"web""#, #""name":["web"]"#),
        (#""addresses":["#, #""addresses":[1,"#), (#""labels":{"#, #""labels":{"x":1,"#), (#""uid":""#, #""uid":"../"#),
        (#""uid":""#, #""uid":"UP"#),
    ]

    @Test(arguments: changes) func `a sandbox that is wrong in one place is refused`(good: String, bad: String) throws {
        let text = String(decoding: Self.sandbox().json, as: UTF8.self)
        let parts = text.split(separator: good, maxSplits: 1, omittingEmptySubsequences: false)
        try #require(parts.count == 2)
        let changed = Array((parts[0] + bad + parts[1]).utf8)
        #expect(throws: TreeError.self) { try SandboxRecord(json: changed) }
    }

    @Test(
        arguments: [
            #"{}"#, #"{"name":"a"}"#, #"{"name":"a","state":"dead"}"#, #"{"name":"a","state":"running","attempt":4294967296}"#,
            #"{"name":"a","state":"running","attempt":-1}"#, #"{"name":"a","state":"running","process":{}}"#,
            #"{"name":"a","state":"running","process":7}"#, #"{"name":"a","state":"running","hasStarted":1}"#,
            #"{"name":"a","state":"terminated","termination":{"reason":"Error"}}"#,
            #"{"name":"a","state":"terminated","termination":{"reason":"Error","finishedAt":1,"exitCode":-1}}"#,
            #"{"name":"a","state":"terminated","termination":{"reason":"Error","finishedAt":1e300}}"#, "[]", "", "null",
            "{\"name\":",
        ])
    func `a container that is wrong is refused`(json: String) {
        #expect(throws: TreeError.self) { try ContainerStatus(json: Array(json.utf8)) }
    }

    @Test(arguments: [
        (#""stopSignal":64"#, #""stopSignal":65"#), (#""stopSignal":64"#, #""stopSignal":0"#), ("OnFailure", "Sometimes"),
        ("4294967295", "4294967296"),
    ])
    func `a plan that is wrong is refused`(good: String, bad: String) throws {
        let text = String(decoding: Self.plan().json, as: UTF8.self)
        let parts = text.split(separator: good, maxSplits: 1, omittingEmptySubsequences: false)
        try #require(parts.count == 2)
        #expect(throws: TreeError.self) { try PodPlan(json: Array((parts[0] + bad + parts[1]).utf8)) }
    }

    /// A newer version may say more.
    @Test func `what is unknown is left aside`() throws {
        let text = String(decoding: Self.sandbox().json, as: UTF8.self)
        #expect(try SandboxRecord(json: Array((#"{"newer":[1],"# + text.dropFirst()).utf8)) == Self.sandbox())
    }

    @Test func `no change of a record brings the reader down`() {
        let run = FuzzRun()
        var random = run.random
        let originals = [Self.sandbox().json, Self.status().json, Self.plan().json]
        var understood = 0
        while !run.isOver {
            for original in originals {
                var bytes = original
                for _ in 0..<Int.random(in: 1...3, using: &random) { random.mutate(json: &bytes) }
                do {
                    let record = try SandboxRecord(json: bytes)
                    understood += 1
                    #expect(try SandboxRecord(json: record.json) == record)
                } catch {}
                do {
                    let status = try ContainerStatus(json: bytes)
                    understood += 1
                    #expect(try ContainerStatus(json: status.json) == status)
                } catch {}
                do {
                    let plan = try PodPlan(json: bytes)
                    understood += 1
                    #expect(try PodPlan(json: plan.json) == plan)
                } catch {}
            }
        }
        #expect(understood > 0, "seed \(run.seed)")
    }
}
