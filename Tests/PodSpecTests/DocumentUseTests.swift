import Testing

/// What of a pod is made of ConfigMaps, Secrets and of what is told of the pod: volumes and variables.
@Suite struct DocumentUseTests {
    @Test(arguments: [
        ("volumes: [{name: a, configMap: {}}]", "spec.volumes[0].configMap: 'name' is missing"),
        (
            "volumes: [{name: a, secret: {secretName: s, defaultMode: 512}}]",
            "spec.volumes[0].secret.defaultMode: expected an integer from 0 to 511, found 512"
        ),
        (
            "volumes: [{name: a, configMap: {name: c, items: [{key: k, path: ../p}]}}]",
            "spec.volumes[0].configMap.items[0].path: '../p' is no relative path without '..'"
        ),
        (
            "volumes: [{name: a, configMap: {name: c, items: [{key: k, path: ..p}]}}]",
            "spec.volumes[0].configMap.items[0].path: '..p' is no relative path without '..'"
        ),
        (
            "volumes: [{name: a, configMap: {name: c, items: [{key: k, path: /p}]}}]",
            "spec.volumes[0].configMap.items[0].path: '/p' is no relative path without '..'"
        ),
        (
            "volumes: [{name: a, configMap: {name: c, items: [{key: k, path: p}, {key: l, path: ./p}]}}]",
            "spec.volumes[0].configMap: there is another file 'p' before this one"
        ),
        (
            "volumes: [{name: a, downwardAPI: {items: [{path: p, fieldRef: {fieldPath: status.podIP}}]}}]",
            "spec.volumes[0].downwardAPI.items[0].fieldRef.fieldPath: 'status.podIP' is for variables, not for files"
        ),
        (
            "volumes: [{name: a, downwardAPI: {items: [{path: p, resourceFieldRef: {resource: limits.cpu}}]}}]",
            "spec.volumes[0].downwardAPI.items[0].resourceFieldRef: 'containerName' is missing"
        ),
        (
            "volumes: [{name: a, downwardAPI: {items: [{path: p}]}}]",
            "spec.volumes[0].downwardAPI.items[0]: a file says one thing: give it a 'fieldRef' or a 'resourceFieldRef'"
        ),
        (
            "volumes: [{name: a, projected: {sources: [{}]}}]",
            "spec.volumes[0].projected.sources[0]: a source makes files of one thing, this names none"
        ),
    ])
    func `of volumes that are made of documents`(spec: String, problem: String) { #expect(problems(spec: spec) == [problem]) }

    @Test(arguments: [
        (
            "env: [{name: A, value: x, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]",
            "env[0].valueFrom: a variable has a 'value' or a 'valueFrom', not both"
        ),
        ("env: [{name: A, valueFrom: {}}]", "env[0].valueFrom: a value comes from one source, this names none"),
        (
            "env: [{name: A, valueFrom: {resourceFieldRef: {resource: limits.cpus}}}]",
            "env[0].valueFrom.resourceFieldRef.resource: there is no resource 'limits.cpus' that a container can be told; did you mean 'limits.cpu'?"
        ),
        (
            "env: [{name: A, valueFrom: {resourceFieldRef: {resource: limits.cpu, divisor: 1Ki}}}]",
            "env[0].valueFrom.resourceFieldRef.divisor: '1Ki' divides no cpu: it is one of 1 or 1m"
        ),
        (
            "envFrom: [{prefix: 'a=', configMapRef: {name: c}}]",
            "envFrom[0].prefix: 'a=' is no beginning of a variable's name: expected printable ASCII characters without '='"
        ),
        ("envFrom: [{prefix: a}]", "envFrom[0]: variables come from one document, this names none"),
        (
            "volumeMounts: [{name: v, mountPath: /a, subPath: x, subPathExpr: x}]",
            "volumeMounts[0]: a mount has a 'subPath' or a 'subPathExpr', not both"
        ),
        (
            "volumeMounts: [{name: v, mountPath: /a, subPath: /x}]",
            "volumeMounts[0].subPath: '/x' is no relative path without '..'"
        ),
        (
            "volumeMounts: [{name: v, mountPath: /a, recursiveReadOnly: Enabled}]",
            "volumeMounts[0].recursiveReadOnly: what is not 'readOnly' is not so recursively"
        ),
        (
            "volumeMounts: [{name: v, mountPath: /a, readOnly: true, recursiveReadOnly: Enabled, mountPropagation: HostToContainer}]",
            "volumeMounts[0].mountPropagation: what the machine mounts below it later would not be read-only: with 'recursiveReadOnly' it is 'None'"
        ),
    ])
    func `of what a container is told, and of its mounts`(container: String, problem: String) {
        #expect(problems(spec: "volumes: [{name: v}]", container: container) == ["spec.containers[0]." + problem])
    }

    /// A token that was `null` was taken for one when the manifest was read, but not when its canonical JSON, which has no `null`, was read back.
    @Test func `a volume without a token is no automatic one`() {
        let volume =
            { "volumes: [{name: kube-api-access-x, projected: {sources: [{serviceAccountToken: \($0)}]}}]" } as (String) -> String
        #expect(problems(spec: volume("{path: token}")).isEmpty)
        #expect(problems(spec: volume("null")).first?.hasPrefix("spec.volumes[0].projected.sources[0]: ") == true)
    }

    @Test func `a file of another container's resources is refused where there is no such container`() {
        let volume =
            "volumes: [{name: d, downwardAPI: {items: [{path: f, resourceFieldRef: {containerName: zzz, resource: limits.cpu}}]}}]"
        #expect(problems(spec: volume) == ["spec.volumes[0]: the file 'f' is of a container 'zzz', which the pod has not"])
    }

    /// As Go programs write what they have not set.
    @Test func `empty words and a host port of zero are absent`() {
        let container = """
            imagePullPolicy: ""
            terminationMessagePolicy: ""
            ports: [{containerPort: 80, hostPort: 0, protocol: ""}]
            volumeMounts: [{name: v, mountPath: /a, mountPropagation: ""}]
            """
        #expect(problems(spec: "restartPolicy: ''\ndnsPolicy: ''\nvolumes: [{name: v}]", container: container).isEmpty)
    }
}
