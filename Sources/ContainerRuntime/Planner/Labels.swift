import InitProtocol
import LinuxKernel
import OCISpec

/// Profiles of AppArmor and labels of SELinux: given to the kernel where it has the module, refused where it has not.
struct Labels {
    let modules: SecurityModules

    init(_ modules: SecurityModules) { self.modules = modules }

    /// Whether a process asks for any, so that the kernel must be looked at.
    static func areAsked(by process: Process?, mountLabel: String? = nil) -> Bool {
        [process?.apparmorProfile, process?.selinuxLabel, mountLabel].contains { $0?.isEmpty == false }
    }

    func plan(_ process: Process, _ pointer: String, into plan: inout ProcessPlan) throws(RuntimeError) {
        if let profile = process.apparmorProfile, !profile.isEmpty {
            try Self.check(profile, pointer + "/apparmorProfile")
            // Without the module nothing is confined, which is what the word asks for.
            if modules.hasAppArmor {
                plan.appArmorProfile = profile
            } else if profile != "unconfined" {
                throw .refused(
                    pointer + "/apparmorProfile",
                    "this kernel has no AppArmor, or it is off (apparmor=1 on the kernel's command line): take the profile off")
            }
        }
        if let label = process.selinuxLabel, !label.isEmpty {
            plan.seLinuxLabel = try seLinux(label, pointer + "/selinuxLabel")
        }
    }

    /// A label that can be given.
    func seLinux(_ label: String, _ pointer: String) throws(RuntimeError) -> String {
        try Self.check(label, pointer)
        guard modules.hasSELinux else {
            throw .refused(
                pointer, "this kernel has no SELinux, or it is off (selinux=1 on the kernel's command line): take the label off")
        }
        return label
    }

    /// The kernel takes what it is given up to a NUL or newline, and would see another name.
    private static func check(_ label: String, _ pointer: String) throws(RuntimeError) {
        guard label.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f }) else {
            throw .refused(pointer, "'\(label)' has a space or control character, which no label has")
        }
    }
}

extension Planner {
    /// File systems that are mounted new get the container's label for files; proc, sysfs, cgroups and mqueue have the policy's own.
    func labelled(_ parameters: [String], of type: String) throws(RuntimeError) -> [String] {
        guard let label = linux.mountLabel, !label.isEmpty else { return parameters }
        let known = try Labels(facts.caller.modules).seLinux(label, "/linux/mountLabel")
        // A queue of messages takes no context (EINVAL): the kernel has mounted it itself before.
        let isPolicys = ["proc", "sysfs", "cgroup", "cgroup2", "mqueue"].contains(type)
        guard !isPolicys, !parameters.contains(where: { $0.hasPrefix("context=") }) else { return parameters }
        return parameters + ["context=\(known)"]
    }
}
