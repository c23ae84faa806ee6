internal import PodSpec

/// The variables of a manifest for one container with their values, and what is shown of them where a value is a secret: the first is for the container
/// alone, the second for records, errors and whoever looks.
struct ContainerEnvironment: Equatable {
    private(set) var variables: [EnvironmentVariable] = []
    /// The same names in the same order.
    private(set) var shown: [EnvironmentVariable] = []
    private var places: [String: Int] = [:]

    /// Whether there is any difference between the two.
    var hasSecrets: Bool { variables != shown }

    /// A later variable replaces an earlier one with its name.
    fileprivate mutating func put(_ name: String, _ value: String, shown text: String? = nil) {
        let variable = EnvironmentVariable(name: name, value: value)
        let shadow = EnvironmentVariable(name: name, value: text ?? value)
        if let place = places[name] {
            variables[place] = variable
            shown[place] = shadow
        } else {
            places[name] = variables.count
            variables.append(variable)
            shown.append(shadow)
        }
    }

    /// A text with references to the variables so far.
    fileprivate mutating func put(_ name: String, expanding text: String) {
        put(
            name, Expansion.expand(text) { name in places[name].map { variables[$0].value } },
            shown: Expansion.expand(text) { name in places[name].map { shown[$0].value } })
    }
}

/// Makes the environment of a container, as Kubernetes orders it (`defaults.md`, section 5): first whole documents, then variables, each of which sees those
/// before it.
struct EnvironmentMaker {
    let pod: Pod
    let container: Container
    /// Asked once, where a field is wanted.
    let downward: () throws(PodError) -> DownwardAPI
    /// nil where there is no such document in the pod's namespace.
    let document: (ConfigDocument.Kind, String) throws(PodError) -> ConfigDocument?

    func environment() throws(PodError) -> ContainerEnvironment {
        var environment = ContainerEnvironment()
        var documents: [String: ConfigDocument] = [:]
        let path = path
        let references = container.configReferences(at: path)
        for reference in references {
            guard let found = try document(reference.kind, reference.name) else {
                if reference.isOptional { continue }
                throw ConfigCheck.missing(reference, in: pod.metadata.namespace).error(container.name)
            }
            documents["\(reference.kind.word)/\(reference.name)"] = found
        }
        for (ordinal, source) in container.envFrom.enumerated() {
            guard let document = documents["\(source.kind.word)/\(source.name)"] else { continue }
            for entry in document.entries where !entry.isBinary {
                try put(entry, of: document, as: source.prefix + entry.key, at: "\(path).envFrom[\(ordinal)]", &environment)
            }
        }
        var api: DownwardAPI?
        for (ordinal, variable) in container.env.enumerated() {
            switch variable.source {
            case nil: environment.put(variable.name, expanding: variable.value)
            case .key(let key):
                let document = documents["\(key.kind.word)/\(key.name)"]
                guard let document, let entry = document.entry(key.key), !entry.isBinary else {
                    if key.isOptional { continue }
                    let place = references.first { $0.keys == [key.key] && $0.name == key.name && $0.kind == key.kind }
                    throw ConfigCheck.missingKey(key.key, of: key.kind, key.name, document, at: place?.path ?? path).error(
                        container.name)
                }
                try put(entry, of: document, as: variable.name, at: "\(path).env[\(ordinal)]", &environment)
            case .field(let field):
                let known: DownwardAPI
                if let api { known = api } else { known = try downward() }
                api = known
                environment.put(variable.name, known.text(of: field))
            case .resource(let field):
                let known: DownwardAPI
                if let api { known = api } else { known = try downward() }
                api = known
                environment.put(variable.name, known.text(of: field, in: container))
            }
        }
        return environment
    }

    private func put(
        _ entry: ConfigDocument.Entry, of document: ConfigDocument, as name: String, at path: String,
        _ environment: inout ContainerEnvironment
    ) throws(PodError) {
        guard !entry.bytes.contains(0), let value = String(validating: entry.bytes, as: UTF8.self) else {
            throw PodError(
                .invalid,
                "container '\(container.name)': \(path): what stands under '\(entry.key)' of \(document.kind.rawValue) '\(document.metadata.name)' is no text",
                hint: "mount it as a volume")
        }
        environment.put(
            name, value, shown: document.kind == .secret ? "<secret \(document.metadata.name)/\(entry.key)>" : nil)
    }

    private var path: String {
        if let ordinal = pod.spec.containers.firstIndex(where: { $0.name == container.name }) {
            return "spec.containers[\(ordinal)]"
        }
        let ordinal = pod.spec.initContainers.firstIndex { $0.name == container.name } ?? 0
        return "spec.initContainers[\(ordinal)]"
    }
}
