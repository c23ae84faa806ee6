extension FieldTable {
    static let environmentVariable = FieldTable(
        "core.v1.EnvVar",
        [
            .enforced("name"),
            .enforced("value"),
            .enforced("valueFrom", "read when the container starts, each time"),
        ])

    static let environmentSource = FieldTable(
        "core.v1.EnvVarSource",
        [
            .enforced("configMapKeyRef", "of data, not of binaryData"),
            .enforced("fieldRef"),
            .refused("fileKeyRef", "variables from files of volumes are not supported: use a ConfigMap"),
            .enforced("resourceFieldRef"),
            .enforced("secretKeyRef", "text, without NUL"),
        ])

    static let configMapKey = FieldTable("core.v1.ConfigMapKeySelector", keyRows)
    static let secretKey = FieldTable("core.v1.SecretKeySelector", keyRows)

    private static let keyRows: [FieldRow] = [
        .enforced("key"),
        .enforced("name"),
        .enforced("optional"),
    ]

    static let podField = FieldTable(
        "core.v1.ObjectFieldSelector",
        [
            .enforced("apiVersion", "only v1"),
            .enforced("fieldPath", "of a pod without a network of its own status.podIP is 127.0.0.1"),
        ])

    static let resourceField = FieldTable(
        "core.v1.ResourceFieldSelector",
        [
            .enforced("containerName"),
            .enforced("divisor"),
            .enforced(
                "resource", "limits and requests of cpu, memory and ephemeral-storage; without a limit, what the machine has"),
        ])

    static let environmentDocument = FieldTable(
        "core.v1.EnvFromSource",
        [
            .enforced("configMapRef", "of data, not of binaryData"),
            .enforced("prefix"),
            .enforced("secretRef", "text, without NUL"),
        ])

    static let configMapEnvironment = FieldTable("core.v1.ConfigMapEnvSource", documentRows)
    static let secretEnvironment = FieldTable("core.v1.SecretEnvSource", documentRows)

    private static let documentRows: [FieldRow] = [
        .enforced("name"),
        .enforced("optional"),
    ]
}
