extension FieldTable {
    static let configMap = FieldTable(
        "core.v1.ConfigMap",
        [
            .enforced("apiVersion", "only v1"),
            .enforced("binaryData", "in volumes, not in variables"),
            .enforced("data", "with binaryData 1 MiB at most"),
            .enforced("immutable", "it can be removed, not changed"),
            .enforced("kind"),
            .enforced("metadata", "a name of its own, no generateName"),
        ])

    static let secret = FieldTable(
        "core.v1.Secret",
        [
            .enforced("apiVersion", "only v1"),
            .enforced("data", "with stringData 1 MiB at most"),
            .enforced("immutable", "it can be removed, not changed"),
            .enforced("kind"),
            .enforced("metadata", "a name of its own, no generateName; annotations are not kept, for some carry the values"),
            .enforced("stringData", "goes before data"),
            .enforced("type", "kept, and not checked against the keys"),
        ])

    static let volumeClaim = FieldTable(
        "core.v1.PersistentVolumeClaim",
        [
            .enforced("apiVersion", "only v1"),
            .enforced("kind"),
            .enforced("metadata", "a name of its own, no generateName"),
            .enforced("spec"),
            .inert("status", "the state of a volume is what Hull sees, not what a document says"),
        ])

    static let volumeClaimSpec = FieldTable(
        "core.v1.PersistentVolumeClaimSpec",
        [
            .enforced("accessModes", "ReadOnlyMany alone is read-only; ReadWriteOncePod alone is for one pod"),
            .refused("dataSource", "volumes begin empty here: copy what is to be in it by an init container"),
            .refused("dataSourceRef", "volumes begin empty here: copy what is to be in it by an init container"),
            .enforced(
                "resources", "the size is a quota of the file system: where it has none, that is said, and nothing limits it"),
            .inert("selector", "there are no volumes made beforehand to choose from"),
            .inert("storageClassName", "there is one kind of volume: a directory of this machine"),
            .inert("volumeAttributesClassName", "there is one kind of volume: a directory of this machine"),
            .enforced("volumeMode", "only Filesystem"),
            .inert("volumeName", "there are no volumes made beforehand to choose from"),
        ])

    static let volumeResources = FieldTable(
        "core.v1.VolumeResourceRequirements",
        [
            .enforced("limits", "storage; not below the request, and nothing else"),
            .enforced("requests", "storage: bytes that the volume holds"),
        ])
}
