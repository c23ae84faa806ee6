public import LinuxTypes

/// One container of a pod: the fields of `core.v1.Container` that are enforced.
public struct Container: Equatable, Sendable {
    /// A DNS label, unique in its pod.
    public var name: String
    /// As written; whoever resolves it parses it.
    public var image: String
    /// Where the manifest is silent: `Always` for the tag `latest` and for none, otherwise `IfNotPresent`.
    public var imagePullPolicy: PullPolicy
    /// Replaces the image's entry point; empty means the image's. `$(VAR)` is not yet expanded.
    public var command: [String] = []
    /// Replaces the image's arguments; empty means the image's, unless `command` is given. `$(VAR)` is not yet expanded.
    public var args: [String] = []
    /// nil means the image's.
    public var workingDir: ContainerPath?
    /// In the manifest's order, which matters for `$(VAR)`; a later one with the same name wins.
    public var env: [EnvironmentVariable] = []
    /// Variables before those of `env`, in the manifest's order; a later one with the same name wins.
    public var envFrom: [EnvironmentDocument] = []
    public var ports: [ContainerPort] = []
    public var volumeMounts: [VolumeMount] = []
    public var tty = false
    public var stdin = false
    /// Standard input is closed for good when its first client goes.
    public var stdinOnce = false
    public var terminationMessagePath: ContainerPath
    public var terminationMessagePolicy: TerminationMessagePolicy = .file
    public var securityContext = SecurityContext()
    public var resources = ResourceRequirements()

    public init(name: String, image: String, imagePullPolicy: PullPolicy, terminationMessagePath: ContainerPath) {
        self.name = name
        self.image = image
        self.imagePullPolicy = imagePullPolicy
        self.terminationMessagePath = terminationMessagePath
    }
}

/// When an image is fetched although, or because, the machine has none.
public enum PullPolicy: String, FieldChoice {
    case always = "Always"
    case ifNotPresent = "IfNotPresent"
    case never = "Never"

    public static let noun = "pull policy"
}

/// Where the message about a container's end comes from.
public enum TerminationMessagePolicy: String, FieldChoice {
    case file = "File"
    /// The end of its log, where the file is empty and the container failed.
    case fallbackToLogsOnError = "FallbackToLogsOnError"

    public static let noun = "termination message policy"
}
