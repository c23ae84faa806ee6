import InitProtocol
import LinuxKernel

extension ContainerInit {
    /// What AppArmor and SELinux shall make of the program: the kernel keeps it for the next execve.
    ///
    /// Order: before anybody is told that the container is ready, so that `create` fails where there is no such profile; hooks of the container, which are
    /// programs of this process's, too, run under it. The container's own `/proc` is all that is left: the library proves that it is one.
    static func takeLabels(_ setup: inout Setup) throws(InitFailure) {
        let process = setup.plan.process
        if let profile = process.appArmorProfile { try set(.appArmorExec, to: profile, .appArmor) }
        if let label = process.seLinuxLabel { try set(.seLinuxExec, to: label, .seLinux) }
    }

    /// Keys that the session's keyring will hold are the container's, and so is it.
    static func labelKeyrings(_ setup: borrowing Setup) throws(InitFailure) {
        if let label = setup.plan.process.seLinuxLabel { try set(.seLinuxKeys, to: label, .seLinux) }
    }

    private static func set(_ attribute: SecurityAttribute, to label: String, _ step: InitStep) throws(InitFailure) {
        do throws(KernelError) { try ProcFS().set(attribute, to: label) } catch {
            throw InitFailure(step: step, call: error.call, errno: error.errno, subject: label)
        }
    }
}
