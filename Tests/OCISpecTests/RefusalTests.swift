import OCISpec
import StrictTree
import Testing

/// Values that the specification refuses, each at its pointer.
@Suite struct RefusalTests {
    @Test(arguments: [
        (#"{}"#, "'ociVersion' is missing"), (#"[]"#, "expected an object, found an array"),
        (#"{"ociVersion": null}"#, "'ociVersion' is missing"), (#"{"ociVersion": 1}"#, "/ociVersion: expected a string, found 1"),
        (#"{"ociVersion": "1.3"}"#, "/ociVersion: expected a version as '1.3.0', found '1.3'"),
        (#"{"ociVersion": "1.03.0"}"#, "/ociVersion: expected a version as '1.3.0', found '1.03.0'"),
        (#"{"ociVersion": "1.0.0-"}"#, "/ociVersion: expected a version as '1.3.0', found '1.0.0-'"),
        (#"{"ociVersion": ""}"#, "/ociVersion: expected a version as '1.3.0', found ''"),
        (
            #"{"ociVersion": "2.0.0"}"#,
            "/ociVersion: version '2.0.0' of the runtime specification is not supported, only 1.x up to 1.3.0"
        ),
        (#"{"ociVersion": "1.0.0", "root": {}}"#, "/root: 'path' is missing"),
        (#"{"ociVersion": "1.0.0", "root": {"path": ""}}"#, "/root/path: the path is empty"),
        (#"{"ociVersion": "1.0.0", "root": {"path": "a\u0000b"}}"#, "/root/path: the string holds a NUL character"),
        (
            #"{"ociVersion": "1.0.0", "root": {"path": "a", "readonly": "yes"}}"#,
            "/root/readonly: expected a boolean, found a string"
        ),
        (#"{"ociVersion": "1.0.0", "mounts": [{"type": "proc"}]}"#, "/mounts/0: 'destination' is missing"),
        (#"{"ociVersion": "1.0.0", "mounts": {}}"#, "/mounts: expected an array, found an object"),
        (
            #"{"ociVersion": "1.0.0", "mounts": [{"destination": "/a"}, {"destination": ""}]}"#,
            "/mounts/1/destination: the destination is empty"
        ),
        (
            #"{"ociVersion": "1.0.0", "mounts": [{"destination": "/a", "uidMappings": [{"containerID": 0, "hostID": 0, "size": 1}]}]}"#,
            "/mounts/0: 'uidMappings' and 'gidMappings' go together, one of them is missing"
        ),
        (
            #"{"ociVersion": "1.0.0", "hooks": {"poststop": [{"path": "x"}]}}"#,
            "/hooks/poststop/0/path: expected an absolute path, found 'x'"
        ),
        (#"{"ociVersion": "1.0.0", "hooks": {"poststop": [{}]}}"#, "/hooks/poststop/0: 'path' is missing"),
        (
            #"{"ociVersion": "1.0.0", "hooks": {"prestart": [{"path": "/x", "timeout": 0}]}}"#,
            "/hooks/prestart/0/timeout: expected an integer from 1 to 9223372036854775807, found 0"
        ),
        (#"{"ociVersion": "1.0.0", "annotations": {"a": 1}}"#, "/annotations/a: expected a string, found 1"),
        (#"{"ociVersion": "1.0.0", "annotations": {"a": null}}"#, "/annotations/a: expected a string, found null"),
    ])
    func `a configuration`(json: String, message: String) {
        #expect(refusal(Configuration.self, json) == message)
    }

    @Test(arguments: [
        (#"{}"#, "'cwd' is missing"), (#"{"cwd": "a"}"#, "/cwd: expected an absolute path, found 'a'"),
        (#"{"cwd": ""}"#, "/cwd: expected an absolute path, found ''"),
        (#"{"cwd": "/", "args": "sh"}"#, "/args: expected an array, found a string"),
        (#"{"cwd": "/", "args": ["sh", "\u0000"]}"#, "/args/1: the string holds a NUL character"),
        (#"{"cwd": "/", "env": ["A=1", "B"]}"#, "/env/1: expected NAME=value, found 'B'"),
        (#"{"cwd": "/", "env": ["=1"]}"#, "/env/0: expected NAME=value, found '=1'"),
        (#"{"cwd": "/", "user": {"uid": -1}}"#, "/user/uid: expected an integer from 0 to 4294967294, found -1"),
        (#"{"cwd": "/", "user": {"gid": 4294967295}}"#, "/user/gid: expected an integer from 0 to 4294967294, found 4294967295"),
        (
            #"{"cwd": "/", "user": {"uid": 1.0}}"#,
            "/user/uid: expected an integer, found 1.0; write it without fraction and exponent"
        ),
        (
            #"{"cwd": "/", "user": {"uid": 1e400}}"#,
            "/user/uid: expected an integer, found 1e400; write it without fraction and exponent"
        ),
        (
            #"{"cwd": "/", "user": {"additionalGids": [5, 4294967296]}}"#,
            "/user/additionalGids/1: expected an integer from 0 to 4294967294, found 4294967296"
        ),
        (#"{"cwd": "/", "user": {"umask": 512}}"#, "/user/umask: expected an integer from 0 to 511, found 512"),
        (
            #"{"cwd": "/", "rlimits": [{"type": "RLIMIT_NOFILES", "soft": 1, "hard": 1}]}"#,
            "/rlimits/0/type: unknown resource limit 'RLIMIT_NOFILES'; did you mean 'RLIMIT_NOFILE'?"
        ),
        (
            #"{"cwd": "/", "rlimits": [{"type": "RLIMIT_CPU", "soft": 2, "hard": 1}]}"#,
            "/rlimits/0: the soft limit 2 is above the hard limit 1"
        ),
        (
            #"{"cwd": "/", "rlimits": [{"type": "RLIMIT_CPU", "soft": 1, "hard": 1}, {"type": "RLIMIT_CPU", "soft": 1, "hard": 1}]}"#,
            "/rlimits/1: a second limit of type 'RLIMIT_CPU'"
        ),
        (#"{"cwd": "/", "rlimits": [{"type": "RLIMIT_CPU", "soft": 1}]}"#, "/rlimits/0: 'hard' is missing"),
        (#"{"cwd": "/", "capabilities": ["CAP_KILL"]}"#, "/capabilities: expected an object, found an array"),
        (#"{"cwd": "/", "oomScoreAdj": 1001}"#, "/oomScoreAdj: expected an integer from -1000 to 1000, found 1001"),
        (
            #"{"cwd": "/", "scheduler": {"policy": "SCHED_FIFA"}}"#,
            "/scheduler/policy: unknown scheduler policy 'SCHED_FIFA'; did you mean 'SCHED_FIFO'?"
        ),
        (
            #"{"cwd": "/", "scheduler": {"policy": "SCHED_OTHER", "nice": 20}}"#,
            "/scheduler/nice: expected an integer from -20 to 19, found 20"
        ),
        (
            #"{"cwd": "/", "ioPriority": {"class": "IOPRIO_CLASS_RT", "priority": 8}}"#,
            "/ioPriority/priority: expected an integer from 0 to 7, found 8"
        ),
        (
            #"{"cwd": "/", "execCPUAffinity": {"initial": "0-x"}}"#,
            "/execCPUAffinity/initial: expected a list of CPUs as '0-3,7', found '0-x'"
        ),
        (#"{"cwd": "/", "consoleSize": {"height": 24}}"#, "/consoleSize: 'width' is missing"),
        (
            #"{"cwd": "/", "consoleSize": {"height": 24, "width": 65536}}"#,
            "/consoleSize/width: expected an integer from 0 to 65535, found 65536"
        ),
    ])
    func `a process`(json: String, message: String) {
        #expect(refusal(Process.self, json) == message)
    }

    @Test(arguments: [
        (#"{"namespaces": [{"type": "net"}]}"#, "/namespaces/0/type: unknown namespace type 'net'"),
        (#"{"namespaces": [{"type": "pid"}, {"type": "pid", "path": "/x"}]}"#, "/namespaces/1: a second namespace of type 'pid'"),
        (#"{"namespaces": [{"type": "pid", "path": "x"}]}"#, "/namespaces/0/path: expected an absolute path, found 'x'"),
        (
            #"{"uidMappings": [{"containerID": 0, "hostID": 0, "size": 0}]}"#,
            "/uidMappings/0/size: expected an integer from 1 to 4294967295, found 0"
        ),
        (
            #"{"uidMappings": [{"containerID": 0, "hostID": 1, "size": 4294967295}]}"#,
            "/uidMappings/0: the 4294967295 ids from hostID 1 reach beyond 4294967294"
        ),
        (
            #"{"timeOffsets": {"monotonic": {"nanosecs": 1000000000}}}"#,
            "/timeOffsets/monotonic/nanosecs: expected an integer from 0 to 999999999, found 1000000000"
        ),
        (#"{"devices": [{"type": "d", "path": "/dev/x"}]}"#, "/devices/0/type: unknown device type 'd'"),
        (
            #"{"devices": [{"type": "c", "path": "/dev/x", "major": 1}]}"#,
            "/devices/0: 'major' and 'minor' are needed for a device of type 'c'"
        ),
        (
            #"{"devices": [{"type": "c", "path": "/dev/x", "major": 4096, "minor": 0}]}"#,
            "/devices/0/major: expected an integer from 0 to 4095, found 4096"
        ),
        (
            #"{"devices": [{"type": "c", "path": "dev/x", "major": 1, "minor": 0}]}"#,
            "/devices/0/path: expected an absolute path, found 'dev/x'"
        ),
        (#"{"rootfsPropagation": "privat"}"#, "/rootfsPropagation: unknown propagation 'privat'; did you mean 'private'?"),
        (
            #"{"personality": {"domain": "LINUX64"}}"#,
            "/personality/domain: unknown personality domain 'LINUX64'; did you mean 'LINUX'?"
        ),
        (#"{"personality": {"domain": "LINUX", "flags": ["X"]}}"#, "/personality/flags: no personality flags are supported"),
        (#"{"memoryPolicy": {"mode": "MPOL_BIND"}}"#, "/memoryPolicy: mode 'MPOL_BIND' needs 'nodes'"),
        (#"{"memoryPolicy": {"mode": "MPOL_LOCAL", "nodes": "0"}}"#, "/memoryPolicy: mode 'MPOL_LOCAL' takes no 'nodes'"),
        (#"{"intelRdt": {"memBwSchema": "L3:0=f"}}"#, "/intelRdt/memBwSchema: expected one line that begins with 'MB:'"),
        (#"{"intelRdt": {"schemata": ["a\nb"]}}"#, "/intelRdt/schemata/0: expected one line"),
        (#"{"intelRdt": {"closID": "a/b"}}"#, "/intelRdt: 'a/b' is no name of a resctrl group"),
        (
            #"{"resources": {"devices": [{"allow": true, "access": "rx"}]}}"#,
            "/resources/devices/0/access: expected letters of 'rwm', found 'rx'"
        ),
        (
            #"{"resources": {"devices": [{"allow": true, "type": "p"}]}}"#,
            "/resources/devices/0/type: unknown device type 'p'"
        ),
        (#"{"resources": {"pids": {}}}"#, "/resources/pids: 'limit' is missing"),
        (
            #"{"resources": {"memory": {"limit": 9223372036854775808}}}"#,
            "/resources/memory/limit: expected an integer from -9223372036854775808 to 9223372036854775807, found 9223372036854775808"
        ),
        (#"{"resources": {"rdma": {"mlx": {}}}}"#, "/resources/rdma/mlx: 'hcaHandles' or 'hcaObjects' is needed"),
        (#"{"resources": {"unified": {"a/b": "1"}}}"#, "/resources/unified: 'a/b' is no name of a cgroup file"),
        (
            #"{"resources": {"hugepageLimits": [{"pageSize": "02MB", "limit": 1}]}}"#,
            "/resources/hugepageLimits/0/pageSize: expected a page size as '2MB', found '02MB'"
        ),
        (
            #"{"resources": {"blockIO": {"weight": 65536}}}"#,
            "/resources/blockIO/weight: expected an integer from 0 to 65535, found 65536"
        ),
    ])
    func `the section of Linux`(json: String, message: String) {
        #expect(refusal(Linux.self, json) == message)
    }

    @Test(arguments: [
        (#"{}"#, "'defaultAction' is missing"),
        (
            #"{"defaultAction": "SCMP_ACT_ERRN"}"#,
            "/defaultAction: unknown seccomp action 'SCMP_ACT_ERRN'; did you mean 'SCMP_ACT_ERRNO'?"
        ),
        (
            #"{"defaultAction": "SCMP_ACT_ALLOW", "defaultErrnoRet": 1}"#,
            "/defaultErrnoRet: action 'SCMP_ACT_ALLOW' takes no errno"
        ),
        (
            #"{"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 4096}"#,
            "/defaultErrnoRet: expected an integer from 0 to 4095, found 4096"
        ),
        (
            #"{"defaultAction": "SCMP_ACT_LOG", "architectures": ["SCMP_ARCH_X"]}"#,
            "/architectures/0: unknown seccomp architecture 'SCMP_ARCH_X'; did you mean 'SCMP_ARCH_X86'?"
        ),
        (
            #"{"defaultAction": "SCMP_ACT_LOG", "flags": ["SECCOMP_FILTER_FLAG_NEW_LISTENER"]}"#,
            "/flags/0: unknown seccomp flag 'SECCOMP_FILTER_FLAG_NEW_LISTENER'"
        ),
        (
            #"{"defaultAction": "SCMP_ACT_LOG", "listenerMetadata": "x"}"#,
            "/listenerMetadata: 'listenerMetadata' has no meaning without 'listenerPath'"
        ),
        (
            #"{"defaultAction": "SCMP_ACT_LOG", "syscalls": [{"names": [], "action": "SCMP_ACT_LOG"}]}"#,
            "/syscalls/0/names: the rule names no system call"
        ),
        (#"{"defaultAction": "SCMP_ACT_LOG", "syscalls": [{"names": ["a"]}]}"#, "/syscalls/0: 'action' is missing"),
        (
            #"{"defaultAction": "SCMP_ACT_LOG", "syscalls": [{"names": ["a"], "action": "SCMP_ACT_KILL", "errnoRet": 1}]}"#,
            "/syscalls/0/errnoRet: action 'SCMP_ACT_KILL' takes no errno"
        ),
        (
            #"{"defaultAction": "SCMP_ACT_LOG", "syscalls": [{"names": ["a"], "action": "SCMP_ACT_LOG", "args": [{"index": 6, "value": 0, "op": "SCMP_CMP_EQ"}]}]}"#,
            "/syscalls/0/args/0/index: expected an integer from 0 to 5, found 6"
        ),
        (
            #"{"defaultAction": "SCMP_ACT_LOG", "syscalls": [{"names": ["a"], "action": "SCMP_ACT_LOG", "args": [{"index": 0, "value": -1, "op": "SCMP_CMP_EQ"}]}]}"#,
            "/syscalls/0/args/0/value: expected an integer from 0 to 18446744073709551615, found -1"
        ),
    ])
    func `a filter of system calls`(json: String, message: String) {
        #expect(refusal(Seccomp.self, json) == message)
    }
}
