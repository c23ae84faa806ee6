extension FieldTable {
    static let configMapVolume = FieldTable(
        "core.v1.ConfigMapVolumeSource",
        [
            .enforced("defaultMode"),
            .enforced("items"),
            .enforced("name"),
            .enforced("optional"),
        ])

    static let secretVolume = FieldTable(
        "core.v1.SecretVolumeSource",
        [
            .enforced("defaultMode"),
            .enforced("items"),
            .enforced("optional"),
            .enforced("secretName"),
        ])

    static let podFilesVolume = FieldTable(
        "core.v1.DownwardAPIVolumeSource",
        [
            .enforced("defaultMode"),
            .enforced("items"),
        ])

    static let podFile = FieldTable(
        "core.v1.DownwardAPIVolumeFile",
        [
            .enforced("fieldRef", "those that Kubernetes has for files"),
            .enforced("mode"),
            .enforced("path"),
            .enforced("resourceFieldRef"),
        ])

    static let projectedVolume = FieldTable(
        "core.v1.ProjectedVolumeSource",
        [
            .enforced("defaultMode"),
            .enforced(
                "sources",
                "the automatic token of a service account (kube-api-access-…) is left out with its volume, with a warning"),
        ])

    static let volumeProjection = FieldTable(
        "core.v1.VolumeProjection",
        [
            .refused("clusterTrustBundle", "there is no API server that signs: put the certificates into a ConfigMap"),
            .enforced("configMap"),
            .enforced("downwardAPI"),
            .refused("podCertificate", "there is no API server that signs: put the certificate into a Secret"),
            .enforced("secret"),
            .refused("serviceAccountToken", "there is no API server whose token it could be: remove it"),
        ])

    static let configMapProjection = FieldTable("core.v1.ConfigMapProjection", projectionRows)
    static let secretProjection = FieldTable("core.v1.SecretProjection", projectionRows)

    private static let projectionRows: [FieldRow] = [
        .enforced("items"),
        .enforced("name"),
        .enforced("optional"),
    ]

    static let podProjection = FieldTable("core.v1.DownwardAPIProjection", [.enforced("items")])

    static let keyToPath = FieldTable(
        "core.v1.KeyToPath",
        [
            .enforced("key"),
            .enforced("mode"),
            .enforced("path"),
        ])

    static let claimVolume = FieldTable(
        "core.v1.PersistentVolumeClaimVolumeSource",
        [
            .enforced("claimName", "a named volume of this machine: made when it is first used"),
            .enforced("readOnly"),
        ])

    static let imageVolume = FieldTable(
        "core.v1.ImageVolumeSource",
        [
            .enforced("pullPolicy", "the default follows the tag, as in Kubernetes; there is no registry"),
            .enforced("reference"),
        ])
}
