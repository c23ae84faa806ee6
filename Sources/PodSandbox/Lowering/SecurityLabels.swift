internal import LinuxKernel
internal import LinuxTypes
internal import PodSpec

/// What AppArmor and SELinux are told of a pod's containers.
enum SecurityLabels {
    /// Whether the kernel has the profile that `RuntimeDefault` names. False where it has no AppArmor.
    static func isDefaultProfileLoaded() throws(PodError) -> Bool { try isLoaded(AppArmorProfile.defaultName) ?? false }

    /// Whether a profile is loaded; nil where nobody can tell, since securityfs is not mounted. False where the kernel has no AppArmor.
    static func isLoaded(_ profile: String) throws(PodError) -> Bool? {
        let list: String
        do throws(KernelError) { list = try readText("/sys/kernel/security/apparmor/profiles", limit: 4 << 20) } catch {
            guard error.errno == .ENOENT || error.errno == .EACCES else {
                throw PodError(error, "cannot list the AppArmor profiles")
            }
            return try during("cannot tell which security modules the kernel has") { () throws(KernelError) in
                try SecurityModules.ofKernel().hasAppArmor ? nil : false
            }
        }
        // As `NAME (enforce)`.
        return list.split(separator: "\n").contains { $0.hasPrefix(profile + " (") }
    }
}

extension Pod {
    /// The label of files that belong to the pod as a whole: its own, else that of its first container that has one.
    var seLinuxFileLabel: String? {
        (spec.securityContext.seLinuxOptions ?? spec.allContainers.lazy.compactMap(\.securityContext.seLinuxOptions).first)?
            .fileLabel
    }

    /// What a container's programs are labelled with; nil where nothing is said.
    func seLinuxOptions(of container: Container) -> SELinuxOptions? {
        container.securityContext.seLinuxOptions ?? spec.securityContext.seLinuxOptions
    }

    /// What is said of AppArmor; nil where nothing is. A privileged container is confined only where it says so itself.
    func appArmorProfile(of container: Container) -> AppArmorProfile? {
        container.securityContext.appArmorProfile
            ?? (container.securityContext.privileged ? .unconfined : spec.securityContext.appArmorProfile)
    }
}
