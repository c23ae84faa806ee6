extension FieldTable {
    static let container = FieldTable(
        "core.v1.Container",
        [
            .enforced("args"),
            .enforced("command"),
            .enforced("env"),
            .enforced("envFrom", "read when the container starts, each time"),
            .enforced("image"),
            .enforced("imagePullPolicy", "the default follows the tag, as in Kubernetes"),
            .refused("lifecycle", "hooks of containers are not supported yet: remove the field"),
            .refused("livenessProbe", "probes are not supported yet: remove the field"),
            .enforced("name"),
            .enforced("ports", "only those with a hostPort are opened to the outside"),
            .refused("readinessProbe", "probes are not supported yet: remove the field"),
            .enforced("resizePolicy", "hull resize changes containers while they run"),
            .enforced("resources"),
            .refused(
                "restartPolicy",
                "restart policies of single containers, and so sidecars, are not supported yet: the pod has one for all"),
            .refused("restartPolicyRules", "rules for restarts are not supported yet: the pod has one policy for all"),
            .enforced("securityContext"),
            .refused("startupProbe", "probes are not supported yet: remove the field"),
            .enforced("stdin"),
            .enforced("stdinOnce"),
            .enforced("terminationMessagePath"),
            .enforced("terminationMessagePolicy"),
            .enforced("tty"),
            .refused("volumeDevices", "block devices as volumes are not supported: remove the field"),
            .enforced("volumeMounts"),
            .enforced("workingDir"),
        ])

    static let containerPort = FieldTable(
        "core.v1.ContainerPort",
        [
            .enforced("containerPort"),
            .enforced("hostIP", "an address of the host; not ::1, which leads to no pod"),
            .enforced(
                "hostPort",
                "with the network bridge, or one of CNI that maps ports; with hostNetwork it is the containerPort; not of init containers"
            ),
            .enforced("name"),
            .enforced("protocol"),
        ])

    static let volumeMount = FieldTable(
        "core.v1.VolumeMount",
        [
            .enforced("mountPath"),
            .enforced(
                "mountPropagation",
                "Bidirectional: only of hostPath, without subPath, in a privileged container of a pod without users of its own"),
            .enforced("name"),
            .enforced("readOnly"),
            .enforced("recursiveReadOnly"),
            .enforced("subPath", "a link that leads out of the volume is an error when the container starts"),
            .enforced("subPathExpr", "variables from Secrets are refused: the path is no secret"),
        ])

    static let resourceRequirements = FieldTable(
        "core.v1.ResourceRequirements",
        [
            .refused("claims", "dynamic resources are not supported: remove the field"),
            .enforced(
                "limits",
                "cpu, memory, huge pages; ephemeral-storage: of what the container writes into its root, by a quota of the file system, refused where it has none"
            ),
            .enforced(
                "requests", "of cpu a weight, of memory a place in the order of those who go first; of ephemeral-storage inert"),
        ])

    static let resizePolicy = FieldTable(
        "core.v1.ContainerResizePolicy",
        [
            .enforced("resourceName", "cpu or memory"),
            .enforced("restartPolicy", "only NotRequired: hull resize restarts nothing"),
        ])
}
