import PodSpec
import StrictTree
import Testing

/// The rules of `defaults.md` for who a pod's programs are, and what they may.
@Suite struct SecurityValidationTests {
    @Test(arguments: [
        (
            "sysctls: [{name: net.ipv4.tcp_syncookies, value: 1}]",
            "sysctls[0].value: expected a string, found a number: put it in quotes"
        ),
        (
            "sysctls: [{name: vm.swappiness, value: '1'}]",
            "sysctls[0].name: 'vm.swappiness' is the machine's and no pod's: set it with sysctl(8), and take it off here"
        ),
        (
            "sysctls: [{name: kernel.panic, value: a}]",
            "sysctls[0].name: 'kernel.panic' is the machine's and no pod's: set it with sysctl(8), and take it off here"
        ),
        (
            "sysctls: [{name: ../a, value: a}]",
            "sysctls[0].name: '../a' is no sysctl: expected parts of lower case letters, digits, '-' and '_', joined by '.' or '/', at most 253"
        ),
        (
            "sysctls: [{name: net.ipv4.tcp_syncookies, value: a}, {name: net/ipv4/tcp_syncookies, value: b}]",
            "sysctls[1]: there is another sysctl 'net.ipv4.tcp_syncookies' before this one"
        ),
        ("seccompProfile: {type: Runtime}", "seccompProfile.type: unknown seccomp profile 'Runtime'"),
        ("seccompProfile: {type: Localhost}", "seccompProfile: 'localhostProfile' is missing"),
        (
            "seccompProfile: {type: Localhost, localhostProfile: ../a}",
            "seccompProfile.localhostProfile: '../a' is no relative path without '..'"
        ),
        (
            "seccompProfile: {type: Localhost, localhostProfile: /a}",
            "seccompProfile.localhostProfile: '/a' is no relative path without '..'"
        ),
        (
            "seccompProfile: {type: Unconfined, localhostProfile: a}",
            "seccompProfile.localhostProfile: only the type 'Localhost' has a profile of its own"
        ),
        ("appArmorProfile: {type: Localhost}", "appArmorProfile: 'localhostProfile' is missing"),
        ("appArmorProfile: {type: runtime}", "appArmorProfile.type: unknown AppArmor profile 'runtime'"),
        (
            "appArmorProfile: {type: Localhost, localhostProfile: 'a b'}",
            "appArmorProfile.localhostProfile: 'a b' is no name of a profile: it has 1 to 4095 bytes, and neither spaces nor control characters"
        ),
        (
            "appArmorProfile: {type: Unconfined, localhostProfile: a}",
            "appArmorProfile.localhostProfile: only the type 'Localhost' has a profile of its own"
        ),
        ("seLinuxOptions: {type: 'a:b'}", "seLinuxOptions.type: 'a:b' is no part of a label of SELinux"),
        ("runAsUser: 2147483648", "runAsUser: expected an integer from 0 to 2147483647, found 2147483648"),
        ("runAsUser: -1", "runAsUser: expected an integer from 0 to 2147483647, found -1"),
        ("supplementalGroups: [a]", "supplementalGroups[0]: expected an integer, found a string"),
        ("supplementalGroupsPolicy: All", "supplementalGroupsPolicy: 'All' is not supported: it is one of 'Merge', 'Strict'"),
    ])
    func `of its security`(context: String, problem: String) {
        #expect(problems(spec: "securityContext: {\(context)}") == ["spec.securityContext." + problem])
    }

    @Test func `sysctls of a host's namespace are refused`() {
        #expect(
            problems(spec: "hostNetwork: true\nsecurityContext: {sysctls: [{name: net.ipv4.tcp_syncookies, value: a}]}").first?
                .contains("'hostNetwork'") == true)
        #expect(
            problems(spec: "hostIPC: true\nsecurityContext: {sysctls: [{name: kernel.shm_rmid_forced, value: a}]}").first?
                .contains("'hostIPC'") == true)
    }

    @Test func `a container that may not be root is not root`() {
        let problem = "spec.containers[0]: with 'runAsNonRoot' the container cannot be user 0, which 'runAsUser' says"
        #expect(problems(container: "securityContext: {runAsNonRoot: true, runAsUser: 0}") == [problem])
        #expect(problems(spec: "securityContext: {runAsNonRoot: true, runAsUser: 0}") == [problem])
        #expect(
            problems(spec: "securityContext: {runAsNonRoot: true}", container: "securityContext: {runAsUser: 0}") == [problem])
        #expect(
            problems(
                spec: "securityContext: {runAsNonRoot: true}", container: "securityContext: {runAsUser: 0, runAsNonRoot: false}"
            ).isEmpty)
        #expect(problems(spec: "securityContext: {runAsNonRoot: true}").isEmpty)
    }
}
