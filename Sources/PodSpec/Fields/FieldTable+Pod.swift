extension FieldTable {
    static let pod = FieldTable(
        "core.v1.Pod",
        [
            .enforced("apiVersion", "only v1"),
            .enforced("kind", "Pod, or a List; beside it ConfigMap, Secret and PersistentVolumeClaim"),
            .enforced("metadata"),
            .enforced("spec"),
            .inert("status", "the state of a pod is what Hull sees, not what a document says"),
        ])

    static let objectMeta = FieldTable(
        "meta.v1.ObjectMeta",
        [
            .enforced("annotations", "those with the prefix hull.dev/ are all known (docs/pods.md) or refused"),
            .inert("creationTimestamp", "made by an API server: of no use here"),
            .inert("deletionGracePeriodSeconds", "made by an API server: of no use here"),
            .inert("deletionTimestamp", "made by an API server: of no use here"),
            .inert("finalizers", "made by an API server: of no use here"),
            .enforced("generateName", "the suffix is made when the pod is"),
            .inert("generation", "made by an API server: of no use here"),
            .enforced("labels"),
            .inert("managedFields", "made by an API server: of no use here"),
            .enforced("name"),
            .enforced("namespace", "a part of the name; default where absent"),
            .inert("ownerReferences", "made by an API server: of no use here"),
            .inert("resourceVersion", "made by an API server: of no use here"),
            .inert("selfLink", "made by an API server: of no use here"),
            .enforced("uid", "kept where given, otherwise made"),
        ])

    static let podSpec = FieldTable(
        "core.v1.PodSpec",
        [
            .refused("activeDeadlineSeconds", "deadlines of pods are not supported yet: remove the field"),
            .inert("affinity", "there is one machine and nothing to schedule"),
            .inert("automountServiceAccountToken", "there are no service accounts"),
            .enforced("containers"),
            .enforced("dnsConfig"),
            .enforced("dnsPolicy", "without cluster DNS, ClusterFirst is as Default"),
            .inert("enableServiceLinks", "there are no services"),
            .refused("ephemeralContainers", "containers for debugging are not a part of a manifest: see hull exec"),
            .enforced("hostAliases"),
            .enforced("hostIPC"),
            .enforced("hostNetwork"),
            .enforced("hostPID"),
            .enforced(
                "hostUsers", "false: a user namespace with 65,536 ids of the pod's own; not with a namespace of the machine's"),
            .enforced("hostname"),
            .enforced("hostnameOverride"),
            .inert("imagePullSecrets", "images come from the local store"),
            .enforced("initContainers", "those that run to their end; a restartPolicy, which makes a sidecar, is refused"),
            .inert("nodeName", "there is one machine and nothing to schedule"),
            .inert("nodeSelector", "there is one machine and nothing to schedule"),
            .enforced("os", "only linux"),
            .refused("overhead", "there are no runtime classes, whose overhead this is: remove the field"),
            .inert("preemptionPolicy", "there is one machine and nothing to schedule"),
            .inert("priority", "there is one machine and nothing to schedule"),
            .inert("priorityClassName", "there is one machine and nothing to schedule"),
            .refused("readinessGates", "nobody here sets the conditions that these wait for: remove the field"),
            .refused("resourceClaims", "dynamic resources are not supported: remove the field"),
            .enforced("resources", "cpu, memory and huge pages, by the pod's cgroup"),
            .enforced("restartPolicy"),
            .refused("runtimeClassName", "there are no runtime classes yet: remove the field"),
            .inert("schedulerName", "there is one machine and nothing to schedule"),
            .inert("schedulingGates", "there is one machine and nothing to schedule"),
            .inert("schedulingGroup", "there is one machine and nothing to schedule"),
            .enforced("securityContext"),
            .inert("serviceAccount", "there are no service accounts"),
            .inert("serviceAccountName", "there are no service accounts"),
            .enforced("setHostnameAsFQDN"),
            .enforced("shareProcessNamespace"),
            .enforced("subdomain"),
            .enforced("terminationGracePeriodSeconds", "below 0 counts as 1"),
            .inert("tolerations", "there is one machine and nothing to schedule"),
            .inert("topologySpreadConstraints", "there is one machine and nothing to schedule"),
            .enforced("volumes"),
        ])

    static let podOS = FieldTable(
        "core.v1.PodOS",
        [
            .enforced("name", "only linux")
        ])

    static let hostAlias = FieldTable(
        "core.v1.HostAlias",
        [
            .enforced("hostnames"),
            .enforced("ip"),
        ])

    static let dnsConfig = FieldTable(
        "core.v1.PodDNSConfig",
        [
            .enforced("nameservers"),
            .enforced("options"),
            .enforced("searches"),
        ])

    static let dnsOption = FieldTable(
        "core.v1.PodDNSConfigOption",
        [
            .enforced("name"),
            .enforced("value"),
        ])

    /// Every type of object of which at least one field is enforced.
    public static let all: [FieldTable] = [
        .pod,
        .objectMeta,
        .podSpec,
        .podOS,
        .hostAlias,
        .dnsConfig,
        .dnsOption,
        .podSecurityContext,
        .sysctl,
        .seccompProfile,
        .appArmorProfile,
        .seLinuxOptions,
        .container,
        .environmentVariable,
        .environmentSource,
        .configMapKey,
        .secretKey,
        .podField,
        .resourceField,
        .environmentDocument,
        .configMapEnvironment,
        .secretEnvironment,
        .containerPort,
        .volumeMount,
        .resourceRequirements,
        .resizePolicy,
        .securityContext,
        .capabilities,
        .volume,
        .emptyDir,
        .hostPath,
        .configMapVolume,
        .secretVolume,
        .podFilesVolume,
        .podFile,
        .projectedVolume,
        .volumeProjection,
        .configMapProjection,
        .secretProjection,
        .podProjection,
        .keyToPath,
        .claimVolume,
        .imageVolume,
        .configMap,
        .secret,
        .volumeClaim,
        .volumeClaimSpec,
        .volumeResources,
    ]
}
