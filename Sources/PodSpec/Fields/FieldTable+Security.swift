extension FieldTable {
    static let podSecurityContext = FieldTable(
        "core.v1.PodSecurityContext",
        [
            .enforced("appArmorProfile", "where the kernel has AppArmor; elsewhere all but Unconfined is refused"),
            .enforced("fsGroup", "of all volumes but hostPath and image"),
            .enforced("fsGroupChangePolicy"),
            .enforced("runAsGroup"),
            .enforced("runAsNonRoot", "checked when a container starts, and here where runAsUser is 0"),
            .enforced("runAsUser"),
            .inert("seLinuxChangePolicy", "volumes are never relabelled"),
            .enforced(
                "seLinuxOptions", "of programs, roots and file systems in memory, where the kernel has SELinux; refused elsewhere"
            ),
            .enforced("seccompProfile"),
            .enforced("supplementalGroups"),
            .enforced("supplementalGroupsPolicy", "Merge: those that the image's /etc/group gives the user, named or numbered"),
            .enforced(
                "sysctls",
                "those that Kubernetes calls safe; others of the pod's namespaces where /etc/hull/config.json allows them"),
            .refused("windowsOptions", "this is not Windows: remove the field"),
        ])

    static let sysctl = FieldTable(
        "core.v1.Sysctl",
        [
            .enforced("name"),
            .enforced("value"),
        ])

    static let seccompProfile = FieldTable(
        "core.v1.SeccompProfile",
        [
            .enforced("localhostProfile", "with the type Localhost"),
            .enforced("type"),
        ])

    static let appArmorProfile = FieldTable(
        "core.v1.AppArmorProfile",
        [
            .enforced("localhostProfile", "with the type Localhost: the name of a profile that is loaded"),
            .enforced("type", "RuntimeDefault is the profile hull-default, which must be loaded"),
        ])

    static let seLinuxOptions = FieldTable(
        "core.v1.SELinuxOptions",
        [
            .enforced("level", "s0 where absent"),
            .enforced("role", "system_r where absent"),
            .enforced("type", "container_t where absent"),
            .enforced("user", "system_u where absent"),
        ])

    static let securityContext = FieldTable(
        "core.v1.SecurityContext",
        [
            .enforced("allowPrivilegeEscalation"),
            .enforced("appArmorProfile", "where the kernel has AppArmor; elsewhere all but Unconfined is refused"),
            .enforced("capabilities"),
            .enforced("privileged"),
            .enforced("procMount", "Unmasked: only with hostUsers false"),
            .enforced("readOnlyRootFilesystem"),
            .enforced("runAsGroup"),
            .enforced("runAsNonRoot", "checked when the container starts, and here where runAsUser is 0"),
            .enforced("runAsUser"),
            .enforced(
                "seLinuxOptions", "of programs, roots and file systems in memory, where the kernel has SELinux; refused elsewhere"
            ),
            .enforced("seccompProfile"),
            .refused("windowsOptions", "this is not Windows: remove the field"),
        ])

    static let capabilities = FieldTable(
        "core.v1.Capabilities",
        [
            .enforced("add"),
            .enforced("drop"),
        ])
}
