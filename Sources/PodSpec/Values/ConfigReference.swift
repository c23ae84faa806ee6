/// One place of a pod that names a ConfigMap or Secret of its namespace.
public struct ConfigReference: Equatable, Sendable {
    public let kind: ConfigDocument.Kind
    public let name: String
    /// Keys that it must have; empty where all that it has are meant.
    public let keys: [String]
    /// Whether the pod does without.
    public let isOptional: Bool
    /// Where it stands, as `spec.containers[0].env[1].valueFrom.secretKeyRef`.
    public let path: String
}

extension Pod {
    /// All places that name a ConfigMap or Secret, in the order of the manifest.
    public var configReferences: [ConfigReference] {
        var references: [ConfigReference] = []
        for (list, containers) in [("containers", spec.containers), ("initContainers", spec.initContainers)] {
            for (ordinal, container) in containers.enumerated() {
                references += container.configReferences(at: "spec.\(list)[\(ordinal)]")
            }
        }
        for volume in spec.volumes {
            guard case .projected(let projected) = volume.source else { continue }
            for case .document(let document) in projected.sources { references.append(document.reference) }
        }
        return references
    }
}

extension DocumentProjection {
    /// What it names.
    public var reference: ConfigReference {
        ConfigReference(kind: kind, name: name, keys: items?.map(\.key) ?? [], isOptional: isOptional, path: place)
    }
}

extension Container {
    /// Those of one container, which stands at a path.
    public func configReferences(at path: String) -> [ConfigReference] {
        var references: [ConfigReference] = []
        for (ordinal, document) in envFrom.enumerated() {
            references.append(
                ConfigReference(
                    kind: document.kind, name: document.name, keys: [], isOptional: document.isOptional,
                    path: "\(path).envFrom[\(ordinal)].\(document.kind == .secret ? "secretRef" : "configMapRef")"))
        }
        for (ordinal, variable) in env.enumerated() {
            guard case .key(let key) = variable.source else { continue }
            references.append(
                ConfigReference(
                    kind: key.kind, name: key.name, keys: [key.key], isOptional: key.isOptional,
                    path: "\(path).env[\(ordinal)].valueFrom.\(key.kind == .secret ? "secretKeyRef" : "configMapKeyRef")"))
        }
        return references
    }
}
