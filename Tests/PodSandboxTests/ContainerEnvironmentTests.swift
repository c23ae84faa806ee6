import OCISpec
import PodSpec
import Testing

@testable import PodSandbox

/// Variables from ConfigMaps, Secrets, the pod and its resources.
@Suite struct ContainerEnvironmentTests {
    private let map = ConfigDocument(
        .configMap, ObjectMeta(name: "web"),
        entries: [
            .init(key: "COLOR", bytes: Array("red".utf8)), .init(key: "shape.x", bytes: Array("$(COLOR)".utf8)),
            .init(key: "raw", bytes: [1], isBinary: true),
        ])
    private let secret = ConfigDocument(
        .secret, ObjectMeta(name: "db"),
        entries: [.init(key: "password", bytes: Array("hunter2".utf8)), .init(key: "blob", bytes: [0xff, 0])])

    private func environment(_ container: String, spec: String = "") throws -> ContainerEnvironment {
        try PodSandboxTests.environment(of: try pod(spec: spec, container: container), [map, secret])
    }

    private func lines(_ variables: [EnvironmentVariable]) -> [String] { variables.map { "\($0.name)=\($0.value)" } }

    @Test func `documents come first, in order and with their prefix; variables win and see them`() throws {
        let environment = try environment(
            """
            envFrom:
            - {configMapRef: {name: web}}
            - {prefix: P_, configMapRef: {name: web}}
            - {secretRef: {name: missing, optional: true}}
            env:
            - {name: A, value: "$(COLOR)/$(P_COLOR)/$(B)"}
            - {name: COLOR, value: "dark-$(COLOR)"}
            - {name: B, value: "$(A)"}
            """)
        // What comes from elsewhere is not expanded itself; a variable does not see those behind it.
        #expect(
            lines(environment.variables) == [
                "COLOR=dark-red", "shape.x=$(COLOR)", "P_COLOR=red", "P_shape.x=$(COLOR)", "A=red/red/$(B)", "B=red/red/$(B)",
            ])
        #expect(!environment.hasSecrets)
    }

    @Test func `keys; what is optional is left out`() throws {
        let environment = try environment(
            """
            env:
            - {name: A, valueFrom: {configMapKeyRef: {name: web, key: COLOR}}}
            - {name: B, valueFrom: {configMapKeyRef: {name: web, key: none, optional: true}}}
            - {name: C, valueFrom: {secretKeyRef: {name: none, key: none, optional: true}}}
            - {name: D, value: "$(A)$(B)"}
            """)
        #expect(lines(environment.variables) == ["A=red", "D=red$(B)"])
    }

    @Test func `what a secret touches is shown by its name alone`() throws {
        let environment = try environment(
            """
            env:
            - {name: PASSWORD, valueFrom: {secretKeyRef: {name: db, key: password}}}
            - {name: URL, value: "db://u:$(PASSWORD)@host"}
            """)
        #expect(lines(environment.variables) == ["PASSWORD=hunter2", "URL=db://u:hunter2@host"])
        #expect(lines(environment.shown) == ["PASSWORD=<secret db/password>", "URL=db://u:<secret db/password>@host"])
        #expect(environment.hasSecrets)
    }

    @Test(arguments: [
        (
            "env: [{name: A, valueFrom: {secretKeyRef: {name: none, key: k}}}]",
            "container 'c': spec.containers[0].env[0].valueFrom.secretKeyRef: there is no Secret 'none' in namespace 'default'"
        ),
        (
            "env: [{name: B}, {name: A, valueFrom: {configMapKeyRef: {name: web, key: k}}}]",
            "container 'c': spec.containers[0].env[1].valueFrom.configMapKeyRef: there is no key 'k' in ConfigMap 'web', whose keys are 'COLOR', 'raw', 'shape.x'"
        ),
        (
            "envFrom: [{configMapRef: {name: none}}]",
            "container 'c': spec.containers[0].envFrom[0].configMapRef: there is no ConfigMap 'none' in namespace 'default'"
        ),
        (
            "env: [{name: A, valueFrom: {secretKeyRef: {name: db, key: blob}}}]",
            "container 'c': spec.containers[0].env[0]: what stands under 'blob' of Secret 'db' is no text"
        ),
        (
            "envFrom: [{secretRef: {name: db}}]",
            "container 'c': spec.containers[0].envFrom[0]: what stands under 'blob' of Secret 'db' is no text"
        ),
    ])
    func `what is missing is told with its path, and no value`(container: String, message: String) {
        let error = #expect(throws: PodError.self) { try environment(container) }
        #expect(error?.message == message)
        #expect(error?.hint != nil)
    }

    @Test(arguments: [
        ("metadata.name", "web"), ("metadata.namespace", "default"), ("metadata.uid", "3f1c6a52-0000-4000-8000-000000000001"),
        ("spec.nodeName", "node-1"), ("spec.serviceAccountName", "robot"), ("status.hostIP", "192.0.2.7"),
        ("status.hostIPs", "192.0.2.7,2001:db8::7"), ("status.podIP", "10.88.0.2"), ("status.podIPs", "10.88.0.2,fd00::2"),
        ("metadata.labels['app.io/x']", ""), ("metadata.annotations['a']", ""),
    ])
    func `a container is told of its pod`(field: String, value: String) throws {
        let line = "env: [{name: A, valueFrom: {fieldRef: {fieldPath: \"\(field)\"}}}]"
        #expect(lines(try environment(line, spec: "serviceAccountName: robot").variables) == ["A=\(value)"])
    }

    static let amounts = [
        ("limits.cpu", "1", "2"), ("limits.cpu", "1m", "1500"), ("requests.cpu", "1", "1"), ("requests.cpu", "1m", "250"),
        ("limits.memory", "1", "100000001"), ("limits.memory", "1Mi", "96"), ("limits.memory", "1M", "101"),
        ("requests.memory", "1", "100000001"), ("limits.ephemeral-storage", "1Gi", "100"),
        ("requests.ephemeral-storage", "1", "0"),
    ]

    @Test(arguments: amounts) func `a container is told its resources, rounded up`(
        resource: String, divisor: String, value: String
    ) throws {
        let container = """
            resources: {limits: {cpu: 1500m, memory: "100000001"}, requests: {cpu: 250m}}
            env: [{name: A, valueFrom: {resourceFieldRef: {resource: \(resource), divisor: \(divisor)}}}]
            """
        #expect(lines(try environment(container).variables) == ["A=\(value)"])
    }

    @Test(arguments: [("limits.cpu", "4"), ("limits.memory", "8589934592"), ("requests.cpu", "0"), ("requests.memory", "0")])
    func `without a limit it is the machine's`(resource: String, value: String) throws {
        let line = "env: [{name: A, valueFrom: {resourceFieldRef: {containerName: c, resource: \(resource)}}}]"
        #expect(lines(try environment(line).variables) == ["A=\(value)"])
    }

    @Test func `labels and annotations are lines, quoted as Go does it`() throws {
        var pod = try pod()
        let text =
            "apiVersion: v1\nkind: Pod\nmetadata: {name: p, labels: {b: x, a: z}, annotations: {t: \"a\\\"b\\\\\\n\\u0001é\\u200b\"}}\nspec: {containers: [{name: c, image: i}]}"
        pod = try Manifest.read(Array(text.utf8), name: "p").pods[0]
        let api = DownwardAPI(
            pod: pod,
            machine: .init(name: "", addresses: [], podAddresses: [], processors: 1, memory: 0, storage: 0))
        #expect(api.text(of: .labels) == "a=\"z\"\nb=\"x\"")
        #expect(api.text(of: .annotations) == #"t="a\"b\\\n\x01é\u200b""#)
    }

    @Test func `an error repeats no secret`() throws {
        let surroundings = Surroundings()
        let container = "command: [\"$(P)\", --key=$(P)]\nenv: [{name: P, valueFrom: {secretKeyRef: {name: db, key: password}}}]"
        let pod = try pod(container: container)
        let environment = try PodSandboxTests.environment(of: pod, [map, secret])
        let texts = ConfigurationTexts(
            real: try surroundings.configuration(pod, environment.variables),
            shown: try surroundings.configuration(pod, environment.shown))
        #expect(texts.real.process?.args == ["hunter2", "--key=hunter2"])
        #expect(texts.shown?.process?.args == ["<secret db/password>", "--key=<secret db/password>"])
        #expect(texts.secretVariables == ["P=hunter2"])
        let error = texts.shown(PodError(.failed, "cannot execute 'hunter2' of ['hunter2', '--key=hunter2']", hint: "hunter2"))
        #expect(
            error.message == "cannot execute '<secret db/password>' of ['<secret db/password>', '--key=<secret db/password>']")
        #expect(error.hint == "<secret db/password>")
    }
}
