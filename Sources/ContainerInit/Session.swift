import InitProtocol
import LinuxKernel
import LinuxTypes

extension ContainerInit {
    /// A session of its own, so that no terminal of the host is the container's, and a keyring of its own, so that none of the caller's keys are.
    static func startSession(_ setup: inout Setup) throws(InitFailure) {
        if setup.plan.startsSession {
            try during(.session) { () throws(KernelError) in try LinuxKernel.startSession() }
        }
        guard let keyring = setup.plan.sessionKeyring else { return }
        // Order: before it is made.
        try labelKeyrings(setup)
        do throws(InitFailure) {
            try during(.keyring) { () throws(KernelError) in try joinNewSessionKeyring(name: keyring) }
        } catch let error where error.errno == .ENOSYS {
            // A kernel without keyrings has none that could leak.
        } catch let error where error.errno == .EDQUOT {
            // The quota of keys is the user's, not the container's: as in other runtimes a full one is no reason not to start.
        }
    }

    static func setNames(_ setup: inout Setup) throws(InitFailure) {
        if let hostname = setup.plan.hostname {
            try during(.hostname) { () throws(KernelError) in try setHostname(hostname) }
        }
        if let domainname = setup.plan.domainname {
            try during(.domainname) { () throws(KernelError) in try setDomainname(domainname) }
        }
    }

    /// Writes kernel parameters through the host's procfs, where `/proc/sys` shows the namespaces of whoever looks: this process's own.
    ///
    /// Order: before the root changes, after which only the container's `/proc` is left, which the container's files may hide.
    static func writeSysctls(_ setup: inout Setup) throws(InitFailure) {
        guard !setup.plan.sysctls.isEmpty else { return }
        let proc = try during(.sysctl) { () throws(KernelError) in try ProcFS() }
        for (index, sysctl) in setup.plan.sysctls.enumerated() {
            try during(.sysctl, index) { () throws(KernelError) in try proc.write(sysctl.value, to: "sys/" + sysctl.path) }
        }
    }
}
