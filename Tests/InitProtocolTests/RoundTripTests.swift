import InitProtocol
import LinuxTypes
import Testing

@Suite struct RoundTripTests {
    @Test func `a plan in which every field is set comes back`() throws {
        #expect(try InitPlan(wireBytes: Samples.plan.wireBytes) == Samples.plan)
    }

    @Test func `a plan in which nothing is set comes back`() throws {
        #expect(try InitPlan(wireBytes: Samples.smallest.wireBytes) == Samples.smallest)
    }

    /// Two fields that are read in another order than they are written would not show in a plan whose fields are alike.
    @Test func `every change of a plan changes its bytes and comes back`() throws {
        let changes: [(inout InitPlan) -> Void] = [
            { $0.containerID = "x" }, { $0.preservedDescriptors = 77 }, { $0.joins.removeLast() }, { $0.firstStage = nil },
            { $0.firstStage?.created = [.pid] }, { $0.firstStage?.waitsForUserMaps = false }, { $0.cgroupTasks = [] },
            { $0.createsCgroupNamespace = false }, { $0.startsSession = true }, { $0.sessionKeyring = nil },
            { $0.hostname = "other" }, { $0.domainname = nil }, { $0.sysctls[0].value = "0" }, { $0.root = nil },
            { $0.root?.change = .chroot }, { $0.root?.hostPropagation = .slave }, { $0.root?.propagation = nil },
            { $0.root?.propagationIsRecursive = true }, { $0.root?.isReadOnly = false }, { $0.root?.mounts.swapAt(0, 1) },
            { $0.root?.mounts[0].set = [] }, { $0.root?.mounts[0].clearBelow = [] }, { $0.root?.devices[0].gid = 5 },
            { $0.root?.devices[0].bindsFromHost = false }, { $0.root?.links[0].target = "" },
            { $0.root?.maskedPaths = [] }, { $0.root?.readonlyPaths.removeFirst() }, { $0.waitsForRuntimeHooks = false },
            { $0.createContainerHooks = [] }, { $0.startContainerHooks[0].timeoutSeconds = nil }, { $0.hookState = nil },
            { $0.startSocket = nil }, { $0.keepsLedger = false }, { $0.process.uid = 1 }, { $0.process.gid = 0 },
            { $0.process.groups = nil },
            { $0.process.groups = [] }, { $0.process.fileCreationMask = 0 }, { $0.process.capabilities.ambient = [] },
            { $0.process.noNewPrivileges = false }, { $0.process.limits = [] }, { $0.process.personality = nil },
            { $0.process.seccomp?.flags = 0 }, { $0.process.seccomp?.instructions.removeLast() },
            { $0.process.terminal?.rows = 0 }, { $0.process.terminal = nil }, { $0.process.setsHome = false },
        ]
        for (index, change) in changes.enumerated() {
            var plan = Samples.plan
            change(&plan)
            #expect(plan != Samples.plan, "change \(index) changes nothing")
            #expect(plan.wireBytes != Samples.plan.wireBytes, "change \(index) is not written")
            #expect(try InitPlan(wireBytes: plan.wireBytes) == plan, "change \(index) does not come back")
        }
    }

    @Test(arguments: Samples.messages)
    func `every message comes back`(message: InitMessage) throws {
        #expect(try InitMessage(wireBytes: message.wireBytes) == message)
    }

    @Test func `every step has a phrase of its own`() {
        let phrases = InitStep.allCases.map(\.phrase)
        #expect(Set(phrases).count == phrases.count)
        for phrase in phrases { #expect(phrase.first?.isLowercase == true && !phrase.hasSuffix(".")) }
    }

    @Test func `the filter program travels as the kernel's own eight bytes an instruction`() {
        let program = FilterProgram(
            instructions: [FilterInstruction(code: 0x15, jumpTrue: 1, jumpFalse: 2, constant: 0x0403_0201)], flags: 9)
        #expect(program.wireBytes == [9, 0, 0, 0, 1, 0, 0, 0, 0x15, 0, 1, 2, 1, 2, 3, 4])
    }
}
