public import PodRecords
public import PodSpec

/// Whether the ConfigMaps and Secrets that a pod names are there, with the keys that it names.
public enum ConfigCheck {
    /// One that is not.
    public struct Finding: Hashable, Sendable {
        /// As `spec.containers[0].env[1].valueFrom.secretKeyRef`.
        public let path: String
        public let message: String
        public let hint: String
        /// The document is not there, or one of its keys.
        public let fault: Fault

        /// For a container that cannot be started.
        func error(_ container: String) -> PodError {
            PodError(.invalid, "container '\(container)': \(path): \(message)", hint: hint, fault: fault)
        }
    }

    /// Those that are missing. `document` is nil where there is no such document.
    public static func findings(
        of pod: Pod, document: (ConfigDocument.Kind, String) throws(PodError) -> ConfigDocument?
    ) throws(PodError) -> [Finding] {
        var findings: [Finding] = []
        for reference in pod.configReferences where !reference.isOptional {
            guard let found = try document(reference.kind, reference.name) else {
                findings.append(missing(reference, in: pod.metadata.namespace))
                continue
            }
            for key in reference.keys where found.entry(key) == nil {
                findings.append(missingKey(key, of: reference.kind, reference.name, found, at: reference.path))
            }
        }
        return findings
    }

    static func missing(_ reference: ConfigReference, in namespace: String) -> Finding {
        Finding(
            path: reference.path,
            message: "there is no \(reference.kind.rawValue) '\(reference.name)' in namespace '\(namespace)'",
            hint: "put it into the file, or 'hull apply' it before; with 'optional: true' the pod does without",
            fault: .missingConfig)
    }

    static func missingKey(
        _ key: String, of kind: ConfigDocument.Kind, _ name: String, _ document: ConfigDocument?, at path: String
    ) -> Finding {
        let keys = document?.entries.map(\.key) ?? []
        let what = keys.isEmpty ? "which is empty" : "whose keys are \(list(keys))"
        return Finding(
            path: path, message: "there is no key '\(key)' in \(kind.rawValue) '\(name)', \(what)",
            hint: "'hull apply' it with that key; with 'optional: true' the pod does without", fault: .missingConfigKey)
    }

    private static func list(_ keys: [String]) -> String {
        let shown = keys.prefix(10).reduce(into: "") { text, key in text += (text.isEmpty ? "'" : ", '") + key + "'" }
        return keys.count > 10 ? shown + ", …" : shown
    }
}
