import InitProtocol
import LinuxTypes

/// Plans and messages in which no field has its default value.
enum Samples {
    static func path(_ text: String) -> ContainerPath {
        guard let path = ContainerPath(text) else { preconditionFailure("no NUL byte in '\(text)'") }
        return path
    }

    static func host(_ text: String) -> HostPath {
        guard let path = HostPath(text) else { preconditionFailure("no host path: '\(text)'") }
        return path
    }

    static let process = ProcessPlan(
        arguments: ["/bin/sh", "", "-c", "é\u{1F680}"], environment: ["A=1", "B="], setsHome: true, workingDirectory: path("/w"),
        uid: 1000, gid: 4_294_967_294, groups: [1, 2, 3], fileCreationMask: 0o077,
        capabilities: CapabilitySets(
            bounding: .init(rawValue: 1), effective: .init(rawValue: 1 << 40), inheritable: .init(rawValue: 3),
            permitted: .init(rawValue: .max), ambient: .init(rawValue: 7)),
        noNewPrivileges: true, limits: ResourceLimitKind.allCases.map { LimitPlan(kind: $0, soft: 5, hard: .max) },
        personality: 8,
        seccomp: FilterProgram(
            instructions: (0..<300).map {
                FilterInstruction(code: UInt16($0), jumpTrue: UInt8($0 & 0xff), jumpFalse: 2, constant: UInt32($0) << 20)
            }, flags: 5),
        terminal: TerminalPlan(rows: 24, columns: 65535, bindsConsole: true))

    static let mounts: [MountPlan] = [
        MountPlan(
            destination: path("/proc"),
            source: .filesystem(FileSystemPlan(type: "proc", source: "proc", parameters: ["hidepid=2", "ro"], copiesUp: true)),
            set: [.readOnly, .noSetuid], clear: .noDevices, setBelow: .noExecute, clearBelow: .accessTimeMask,
            propagation: [
                .init(propagation: .isPrivate, isRecursive: true), .init(propagation: .shared, isRecursive: false),
                .init(propagation: .slave, isRecursive: true), .init(propagation: .unbindable, isRecursive: false),
            ]),
        MountPlan(
            destination: path("/data"), source: .bind(BindPlan(path: host("/srv"), isRecursive: true, descriptor: 7))),
        MountPlan(destination: path("/sys"), source: .bind(BindPlan(path: host("relative"), isRecursive: false))),
        MountPlan(destination: path("/data"), source: .existing, set: .noSymlinkFollow),
    ]

    static let devices: [DevicePlan] = [
        DevicePlan(
            path: path("/dev/null"), type: .characterDevice, device: DeviceNumber(major: 1, minor: 3), permissions: 0o4666,
            uid: 1,
            gid: 2, bindsFromHost: true),
        DevicePlan(path: path("/dev/vda"), type: .blockDevice, device: DeviceNumber(major: 0xfff, minor: 0xf_ffff)),
        DevicePlan(path: path("/f"), type: .fifo, device: DeviceNumber(major: 0, minor: 0)),
    ]

    static let root = RootPlan(
        path: host("/var/lib/r"), change: .move, hostPropagation: .shared, propagation: .slave, propagationIsRecursive: false,
        isReadOnly: true, mounts: mounts, devices: devices, links: [LinkPlan(path: path("/dev/fd"), target: "/proc/self/fd")],
        maskedPaths: [path("/proc/kcore")], readonlyPaths: [path("/proc/sys"), path("/proc/bus")])

    static let hook = HookPlan(path: "/h", arguments: ["h", "x"], environment: ["K=V"], timeoutSeconds: 9)

    static let plan = InitPlan(
        containerID: "web-1", preservedDescriptors: 3,
        joins: NamespaceKind.allCases.enumerated().map { .init(kind: $1, descriptor: UInt32($0), subject: "/ns/\($1.procName)") },
        firstStage: FirstStage(
            created: [.user, .time, .mount],
            clockOffsets: [ClockOffset(clock: "monotonic", seconds: -5, nanoseconds: 999_999_999)], waitsForUserMaps: true),
        cgroupTasks: ["/sys/fs/cgroup/pids/x/tasks"], createsCgroupNamespace: true,
        startsSession: false, sessionKeyring: "_ses.web-1", hostname: "h", domainname: "d",
        sysctls: [SysctlPlan(path: "net/ipv4/ip_forward", value: "1")], root: root, waitsForRuntimeHooks: true,
        createContainerHooks: [hook], startContainerHooks: [hook, HookPlan(path: "/i", arguments: [], environment: [])],
        hookState: HookState(
            creating: StateTemplate(beforePID: "{\"pid\":", afterPID: "}"), created: StateTemplate(beforePID: "a", afterPID: "")),
        startSocket: 11, keepsLedger: true, process: process)

    static let smallest = InitPlan(
        containerID: "",
        process: ProcessPlan(
            arguments: [], workingDirectory: path("/"), groups: nil,
            capabilities: CapabilitySets(bounding: [], effective: [], inheritable: [], permitted: [], ambient: [])))

    static let messages: [InitMessage] =
        [
            .staged(pid: 1), .staged(pid: .max), .staged(pid: -1), .terminal, .mounted, .ready, .executing(ledger: []),
            .executing(ledger: [LedgerEntry(step: "mountAll", microseconds: .max), LedgerEntry(step: "", microseconds: -1)]),
        ]
        + InitStep.allCases.map {
            .failed(InitFailure(step: $0, index: 70_000, call: "openat2", errno: .ENOENT, subject: "/etc/'x'\n"))
        }
}
