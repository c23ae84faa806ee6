extension FieldTable {
    static let volume = FieldTable(
        "core.v1.Volume",
        [
            .refused("awsElasticBlockStore", "storage of a cloud or network: mount it on the host and use hostPath"),
            .refused("azureDisk", "storage of a cloud or network: mount it on the host and use hostPath"),
            .refused("azureFile", "storage of a cloud or network: mount it on the host and use hostPath"),
            .refused("cephfs", "storage of a cloud or network: mount it on the host and use hostPath"),
            .refused("cinder", "storage of a cloud or network: mount it on the host and use hostPath"),
            .enforced("configMap", "written as a kubelet does, in memory"),
            .refused("csi", "there are no volume drivers: use hostPath or emptyDir"),
            .enforced("downwardAPI", "written as a kubelet does, in memory"),
            .enforced("emptyDir"),
            .refused("ephemeral", "there are no volume drivers: use hostPath or emptyDir"),
            .refused("fc", "storage of a cloud or network: mount it on the host and use hostPath"),
            .refused("flexVolume", "storage of a cloud or network: mount it on the host and use hostPath"),
            .refused("flocker", "storage of a cloud or network: mount it on the host and use hostPath"),
            .refused("gcePersistentDisk", "storage of a cloud or network: mount it on the host and use hostPath"),
            .refused("gitRepo", "storage of a cloud or network: mount it on the host and use hostPath"),
            .refused("glusterfs", "storage of a cloud or network: mount it on the host and use hostPath"),
            .enforced("hostPath"),
            .enforced("image", "the image of this machine, read-only"),
            .refused("iscsi", "storage of a cloud or network: mount it on the host and use hostPath"),
            .enforced("name"),
            .refused("nfs", "storage of a cloud or network: mount it on the host and use hostPath"),
            .enforced("persistentVolumeClaim", "a named volume of this machine"),
            .refused("photonPersistentDisk", "storage of a cloud or network: mount it on the host and use hostPath"),
            .refused("portworxVolume", "storage of a cloud or network: mount it on the host and use hostPath"),
            .enforced("projected", "written as a kubelet does, in memory"),
            .refused("quobyte", "storage of a cloud or network: mount it on the host and use hostPath"),
            .refused("rbd", "storage of a cloud or network: mount it on the host and use hostPath"),
            .refused("scaleIO", "storage of a cloud or network: mount it on the host and use hostPath"),
            .enforced("secret", "written as a kubelet does, in memory"),
            .refused("storageos", "storage of a cloud or network: mount it on the host and use hostPath"),
            .refused("vsphereVolume", "storage of a cloud or network: mount it on the host and use hostPath"),
        ])

    static let emptyDir = FieldTable(
        "core.v1.EmptyDirVolumeSource",
        [
            .enforced("medium", "HugePages: of a size that a container of the pod has a limit of"),
            .enforced(
                "sizeLimit", "on the disk by a quota of the file system: where it has none, that is said, and nothing limits it"),
        ])

    static let hostPath = FieldTable(
        "core.v1.HostPathVolumeSource",
        [
            .enforced("path"),
            .enforced("type"),
        ])
}
