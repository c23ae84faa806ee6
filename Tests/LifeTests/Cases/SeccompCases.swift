/// Filters on calls that the probe itself does not need. The numbers are x86-64's: sysinfo 99, times 100, personality 135, mkdir 83.
let seccompCases: [Case] =
    [
        filter("errno", action: "SCMP_ACT_ERRNO"),
        filter("errno-value", action: "SCMP_ACT_ERRNO", extra: ["errnoRet": 42]),
        filter("errno-zero", action: "SCMP_ACT_ERRNO", extra: ["errnoRet": 0]),
        filter("kill-thread", action: "SCMP_ACT_KILL_THREAD"),
        filter("kill", action: "SCMP_ACT_KILL"),
        filter("kill-process", action: "SCMP_ACT_KILL_PROCESS"),
        filter("trap", action: "SCMP_ACT_TRAP"),
        filter("log", action: "SCMP_ACT_LOG"),
        filter("allow", action: "SCMP_ACT_ALLOW"),
        filter("trace", action: "SCMP_ACT_TRACE", extra: ["errnoRet": 7]),
        Case("seccomp-ends-init") {
            $0.seccomp(rules: [["names": ["sysinfo"], "action": "SCMP_ACT_KILL_PROCESS"]])
            $0.probe("die=99")
        },
        Case("seccomp-traps-init") {
            $0.seccomp(rules: [["names": ["sysinfo"], "action": "SCMP_ACT_TRAP"]])
            $0.probe("die=99")
        },
        Case("seccomp-privileged") {
            $0["process", "noNewPrivileges"] = false
            $0.seccomp(rules: [["names": ["sysinfo"], "action": "SCMP_ACT_ERRNO"]])
            $0.probe("syscall=99", "syscall=100")
        },
        Case("seccomp-privileged-user") {
            $0["process", "noNewPrivileges"] = false
            $0["process", "user"] = ["uid": 1000, "gid": 1000]
            $0.seccomp(rules: [["names": ["sysinfo"], "action": "SCMP_ACT_ERRNO"]])
            $0.probe("syscall=99", "syscall=100")
        },
        Case("seccomp-user-namespace", needs: [.userNamespace]) {
            $0.userNamespace(host: 0)
            $0.seccomp(rules: [["names": ["sysinfo"], "action": "SCMP_ACT_ERRNO"]])
            $0.probe("syscall=99")
        },
        Case("seccomp-unknown-call") {
            $0.seccomp(rules: [["names": ["no_such_call", "sysinfo"], "action": "SCMP_ACT_ERRNO"]])
            $0.probe("syscall=99")
        },
        Case("seccomp-several-architectures") {
            $0.seccomp(
                architectures: ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
                rules: [["names": ["sysinfo"], "action": "SCMP_ACT_ERRNO"]])
            $0.probe("syscall=99", "syscall=100")
        },
        Case("seccomp-no-architecture") {
            $0.seccomp(architectures: [], rules: [["names": ["sysinfo"], "action": "SCMP_ACT_ERRNO"]])
            $0.probe("syscall=99")
        },
        Case("seccomp-flags") {
            $0.seccomp(rules: [["names": ["sysinfo"], "action": "SCMP_ACT_ERRNO"]])
            $0["linux", "seccomp", "flags"] = ["SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW"]
            $0.probe("syscall=99")
        },
        Case("seccomp-tsync") {
            $0.seccomp(rules: [["names": ["sysinfo"], "action": "SCMP_ACT_ERRNO"]])
            $0["linux", "seccomp", "flags"] = ["SECCOMP_FILTER_FLAG_TSYNC"]
        },
        Case("seccomp-unknown-action") { $0.seccomp(rules: [["names": ["sysinfo"], "action": "SCMP_ACT_NOSUCH"]]) },
        Case("seccomp-later-rule") {
            $0.seccomp(rules: [
                ["names": ["sysinfo"], "action": "SCMP_ACT_ERRNO", "errnoRet": 3],
                ["names": ["times"], "action": "SCMP_ACT_ERRNO", "errnoRet": 4],
            ])
            $0.probe("syscall=99", "syscall=100")
        },
        Case("seccomp-default-denies") {
            $0["linux", "seccomp"] = [
                "defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38, "architectures": ["SCMP_ARCH_X86_64"],
                "syscalls": [["names": .array(allowedCalls.map(JSONValue.string)), "action": "SCMP_ACT_ALLOW"]],
            ]
            $0.probe("syscall=99", "syscall=100", "syscall=165")
        },
    ] + comparisons

private func filter(_ name: String, action: JSONValue, extra: [String: JSONValue] = [:]) -> Case {
    Case("seccomp-\(name)") {
        $0.seccomp(rules: [.object(["names": ["sysinfo"], "action": action].merging(extra) { $1 })])
        $0.probe("syscall=99", "syscall=100")
    }
}

/// Each operator on the first argument of personality(2), whose argument 0xffffffff only asks.
private let comparisons: [Case] =
    [
        ("NE", 5, 0), ("LT", 5, 0), ("LE", 5, 0), ("EQ", 5, 0), ("GE", 5, 0), ("GT", 5, 0), ("MASKED_EQ", 6, 4),
    ].map { (name, value: Int64, second: Int64) in
        Case("seccomp-operator-\(name.lowercased())") {
            $0.seccomp(rules: [
                [
                    "names": ["times"], "action": "SCMP_ACT_ERRNO", "errnoRet": 55,
                    "args": [
                        ["index": 0, "value": .integer(value), "valueTwo": .integer(second), "op": .string("SCMP_CMP_" + name)]
                    ],
                ]
            ])
            $0.probe("syscall=100,0", "syscall=100,4", "syscall=100,5", "syscall=100,6")
        }
    } + [
        Case("seccomp-two-arguments") {
            $0.seccomp(rules: [
                [
                    "names": ["times"], "action": "SCMP_ACT_ERRNO", "errnoRet": 55,
                    "args": [["index": 0, "value": 1, "op": "SCMP_CMP_EQ"], ["index": 1, "value": 2, "op": "SCMP_CMP_EQ"]],
                ]
            ])
            $0.probe("syscall=100,1,2", "syscall=100,1,3", "syscall=100,3,2")
        },
        Case("seccomp-same-argument-twice") {
            $0.seccomp(rules: [
                [
                    "names": ["times"], "action": "SCMP_ACT_ERRNO", "errnoRet": 55,
                    "args": [["index": 0, "value": 1, "op": "SCMP_CMP_EQ"], ["index": 0, "value": 2, "op": "SCMP_CMP_EQ"]],
                ]
            ])
            $0.probe("syscall=100,1", "syscall=100,2", "syscall=100,3")
        },
    ]

extension JSONValue {
    mutating func seccomp(architectures: JSONValue = ["SCMP_ARCH_X86_64"], rules: JSONValue) {
        self["linux", "seccomp"] = ["defaultAction": "SCMP_ACT_ALLOW", "architectures": architectures, "syscalls": rules]
    }
}

/// What the probe and a runtime's last steps before the program need.
private let allowedCalls = """
    access arch_prctl brk capget capset chdir clock_gettime clone clone3 close close_range dup dup2 dup3 epoll_create1 epoll_ctl epoll_pwait
    eventfd2 execve execveat exit exit_group faccessat faccessat2 fchdir fchmod fchown fcntl fstat fstatfs futex getcwd getdents64 getegid
    geteuid getgid getgroups getpgid getpgrp getpid getppid getpriority getrandom getresgid getresuid getrlimit getsid gettid getuid ioctl
    ioprio_get keyctl kill lseek lstat madvise membarrier mkdir mmap mprotect munmap nanosleep newfstatat open openat pipe2 poll ppoll prctl
    pread64 prlimit64 pselect6 read readlink readlinkat readv recvfrom recvmsg restart_syscall rseq rt_sigaction rt_sigprocmask rt_sigreturn
    sched_getaffinity sched_getscheduler sched_yield select sendmsg sendto set_robust_list set_tid_address setgid setgroups setresgid
    setresuid setsid setuid sigaltstack socket stat statfs statx tgkill umask uname unlink unlinkat wait4 waitid write writev
    """.split(whereSeparator: \.isWhitespace).map(String.init)
