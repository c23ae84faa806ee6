extension FieldTable {
    static let podSecurityContext = FieldTable(
        "core.v1.PodSecurityContext",
        [
            .refused(
                "appArmorProfile", "Hull loads and sets no AppArmor profiles: remove the field, the default seccomp filter stays"),
            .enforced("fsGroup", "of all volumes but hostPath and image"),
            .enforced("fsGroupChangePolicy"),
            .enforced("runAsGroup"),
            .enforced("runAsNonRoot", "checked when a container starts, and here where runAsUser is 0"),
            .enforced("runAsUser"),
            .refused("seLinuxChangePolicy", "Hull sets no SELinux labels: remove the field"),
            .refused("seLinuxOptions", "Hull sets no SELinux labels: remove the field"),
            .enforced("seccompProfile"),
            .enforced("supplementalGroups"),
            .enforced("supplementalGroupsPolicy", "Merge: groups of a user whom the image names, not of a number"),
            .enforced("sysctls", "those that Kubernetes calls safe"),
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

    static let securityContext = FieldTable(
        "core.v1.SecurityContext",
        [
            .enforced("allowPrivilegeEscalation"),
            .refused(
                "appArmorProfile", "Hull loads and sets no AppArmor profiles: remove the field, the default seccomp filter stays"),
            .enforced("capabilities"),
            .enforced("privileged"),
            .enforced("procMount", "Unmasked: only with hostUsers false"),
            .enforced("readOnlyRootFilesystem"),
            .enforced("runAsGroup"),
            .enforced("runAsNonRoot", "checked when the container starts, and here where runAsUser is 0"),
            .enforced("runAsUser"),
            .refused("seLinuxOptions", "Hull sets no SELinux labels: remove the field"),
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
