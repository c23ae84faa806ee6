public import OCISpec

extension Configuration {
    /// A container of an image, by the image specification's conversion.md, over what `spec` writes: its program, environment, directory and user are the
    /// image's, its labels and the rest are annotations.
    ///
    /// What the image says is text to us: labels become annotations, which no part of Hull obeys. `user` is what the image's user came to in the image's
    /// own files.
    public init(
        image: ImageConfiguration, user: User, unifiedCgroups: Bool = false, terminal: Bool = false
    ) {
        self = .default(unifiedCgroups: unifiedCgroups)
        let execution = image.execution
        process?.terminal = terminal
        process?.user = user
        process?.args = execution.entrypoint + execution.cmd
        process?.cwd = execution.workingDirectory.isEmpty ? "/" : execution.workingDirectory
        process?.env = Self.environment(execution.env, terminal: terminal)
        root = Root(path: "rootfs", readonly: false)
        annotations = Self.annotations(of: image)
    }

    /// The image's own, and a `PATH` where it has none: nothing that it sets is overridden.
    private static func environment(_ own: [String], terminal: Bool) -> [String] {
        var environment = own
        func add(_ name: String, _ value: String) {
            if !own.contains(where: { $0.hasPrefix(name + "=") }) { environment.append(name + "=" + value) }
        }
        add("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
        if terminal { add("TERM", "xterm") }
        return environment
    }

    private static func annotations(of image: ImageConfiguration) -> OrderedMap<String> {
        let prefix = "org.opencontainers.image."
        var annotations: OrderedMap<String> = [:]
        annotations[prefix + "os"] = image.platform.os
        annotations[prefix + "architecture"] = image.platform.architecture
        annotations[prefix + "variant"] = image.platform.variant
        annotations[prefix + "os.version"] = image.platform.osVersion
        if !image.platform.osFeatures.isEmpty {
            annotations[prefix + "os.features"] = image.platform.osFeatures.joined(separator: ",")
        }
        annotations[prefix + "author"] = image.author
        annotations[prefix + "created"] = image.created
        annotations[prefix + "stopSignal"] = image.execution.stopSignal
        if !image.execution.exposedPorts.isEmpty {
            annotations[prefix + "exposedPorts"] = image.execution.exposedPorts.joined(separator: ",")
        }
        // Order: last, since a label wins over what is only implied.
        for label in image.execution.labels { annotations[label.key] = label.value }
        return annotations
    }
}
