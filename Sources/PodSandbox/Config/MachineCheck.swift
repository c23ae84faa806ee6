internal import ImageStore
internal import LinuxKernel
internal import LinuxTypes
public import PodRecords
public import PodSpec

/// Whether this machine can do what a pod asks of its kernel, its file systems and its administrator. Looks only at what is asked for.
public struct MachineCheck {
    private let places: PodPlaces
    private let configuration: MachineConfiguration?

    /// Without a configuration nothing but sizes can be looked at.
    public init(_ places: PodPlaces, _ configuration: MachineConfiguration? = nil) {
        self.places = places
        self.configuration = configuration
    }

    /// What it cannot, and the pod is therefore refused.
    public func findings(of pod: Pod) throws(PodError) -> [ConfigCheck.Finding] {
        try sysctls(pod) + appArmor(pod) + seLinux(pod) + storage(pod)
    }

    /// Sizes to which nobody will be held, as sentences, each with its path; `sizes` are of claims that stand beside the pod.
    public func unlimited(_ pod: Pod) throws(PodError) -> [(path: String, message: String)] {
        var notes: [(path: String, message: String)] = []
        for (index, volume) in pod.spec.volumes.enumerated() {
            guard case .emptyDir(let empty) = volume.source, empty.medium == .disk, empty.sizeLimit != nil else { continue }
            guard try !hasQuotas() else { return [] }
            notes.append(
                ("spec.volumes[\(index)].emptyDir.sizeLimit", "volume '\(volume.name)' is not held to its size: \(Self.noQuotas)")
            )
        }
        return notes
    }

    /// The same for a claim.
    public func unlimited(_ claim: VolumeClaim) throws(PodError) -> String? {
        guard claim.size != nil, try !hasQuotas() else { return nil }
        return "volume '\(claim.metadata.name)' is not held to its size: \(Self.noQuotas)"
    }

    private static let noQuotas = "the file system of the state root has no quotas of projects (ext4 and XFS have, with prjquota)"

    private func sysctls(_ pod: Pod) -> [ConfigCheck.Finding] {
        pod.spec.securityContext.sysctls.enumerated().compactMap { index, sysctl in
            guard !sysctl.isSafe, configuration?.unsafeSysctls.allow(sysctl) != true else { return nil }
            return ConfigCheck.Finding(
                path: "spec.securityContext.sysctls[\(index)].name",
                message: "'\(sysctl.name)' is none of the sysctls that are safe beside other pods",
                hint: "'allowedUnsafeSysctls' in \(MachineConfiguration.machinePath) allows more", fault: .notAllowed)
        }
    }

    private func appArmor(_ pod: Pod) throws(PodError) -> [ConfigCheck.Finding] {
        var findings: [ConfigCheck.Finding] = []
        for (container, path) in Self.containers(of: pod) {
            guard let profile = pod.appArmorProfile(of: container), profile != .unconfined else { continue }
            let place = container.securityContext.appArmorProfile == nil ? "spec" : path
            let message: String
            let hint: String
            if try !modules().hasAppArmor {
                message = "this kernel has no AppArmor, or it is off"
                hint =
                    "take the profile off, or say Unconfined; 'apparmor=1 security=apparmor' on the kernel's command line turns it on"
            } else if try SecurityLabels.isLoaded(profile.name) == false {
                message = "the AppArmor profile '\(profile.name)' is not loaded"
                hint =
                    profile == .runtimeDefault
                    ? "'apparmor_parser -r …/share/hull/\(AppArmorProfile.defaultName)' loads Hull's own: docs/pods.md"
                    : "'apparmor_parser -r FILE' loads one, 'aa-status' lists those that are"
            } else {
                continue
            }
            let finding = ConfigCheck.Finding(
                path: place + ".securityContext.appArmorProfile", message: message, hint: hint, fault: .notAllowed)
            if !findings.contains(finding) { findings.append(finding) }
        }
        return findings
    }

    private func seLinux(_ pod: Pod) throws(PodError) -> [ConfigCheck.Finding] {
        var paths = Self.containers(of: pod).filter { $0.0.securityContext.seLinuxOptions != nil }.map(\.1)
        if pod.spec.securityContext.seLinuxOptions != nil { paths.insert("spec", at: 0) }
        guard !paths.isEmpty, try !modules().hasSELinux else { return [] }
        return paths.map {
            ConfigCheck.Finding(
                path: $0 + ".securityContext.seLinuxOptions", message: "this kernel has no SELinux, or it is off",
                hint: "take the label off; 'selinux=1 security=selinux' on the kernel's command line turns it on",
                fault: .notAllowed)
        }
    }

    private func storage(_ pod: Pod) throws(PodError) -> [ConfigCheck.Finding] {
        let limited = Self.containers(of: pod).filter { $0.0.resources.limits.ephemeralStorage != nil }
        guard !limited.isEmpty, try !hasQuotas() else { return [] }
        return limited.map { _, path in
            ConfigCheck.Finding(
                path: path + ".resources.limits.ephemeral-storage",
                message: "nothing would hold the container to it: \(Self.noQuotas)",
                hint: "take the limit off, or let the container write into an emptyDir in memory with a 'sizeLimit'",
                fault: .notAllowed)
        }
    }

    private static func containers(of pod: Pod) -> [(Container, String)] {
        pod.spec.initContainers.enumerated().map { ($1, "spec.initContainers[\($0)]") }
            + pod.spec.containers.enumerated().map { ($1, "spec.containers[\($0)]") }
    }

    private func modules() throws(PodError) -> SecurityModules {
        try during("cannot tell which security modules the kernel has") { () throws(KernelError) in try .ofKernel() }
    }

    /// Of the state root, or where there is none yet, of the directory in which it will be.
    private func hasQuotas() throws(PodError) -> Bool {
        var path = places.root.string
        while true {
            if let answer = try hasQuotas(path) { return answer }
            let names = path.utf8.split(separator: UInt8(ascii: "/")).dropLast()
            path = "/" + names.map { String(Substring($0)) }.joined(separator: "/")
        }
    }

    /// nil where there is no such directory.
    private func hasQuotas(_ path: String) throws(PodError) -> Bool? {
        let directory: OwnedDescriptorBox
        do throws(KernelError) {
            directory = OwnedDescriptorBox(try FileDescriptor.workingDirectory.open(path, [.readOnly, .directory]))
        } catch {
            if error.errno == .ENOENT, path.utf8.count > 1 { return nil }
            throw PodError(error, "cannot open '\(path)'")
        }
        return try imaging("cannot tell whether '\(path)' has quotas") { () throws(ImageError) in
            try DirectoryQuota.isPossible(in: directory.descriptor)
        }
    }
}
