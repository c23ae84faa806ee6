internal import PodSpec

/// The files of a volume that is made of documents and of the pod: by path, each with what is in it.
struct VolumePayload {
    private(set) var files: [String: File] = [:]

    struct File: Equatable {
        var bytes: [UInt8]
        var mode: UInt32
    }

    /// `document` is nil where there is none in the pod's namespace. Throws where a file cannot be made that must be.
    init(
        _ volume: ProjectedVolume, of name: String, in pod: Pod, downward: () throws(PodError) -> DownwardAPI,
        document: (ConfigDocument.Kind, String) throws(PodError) -> ConfigDocument?
    ) throws(PodError) {
        for source in volume.sources {
            switch source {
            case .document(let projection):
                let found = try document(projection.kind, projection.name)
                try add(projection, found, volume.defaultMode, name, pod.metadata.namespace)
            case .pod(let files):
                let api = try downward()
                for file in files {
                    let text: String
                    switch file.content {
                    case .field(let field): text = api.text(of: field)
                    case .resource(let field):
                        // Which container, the field says.
                        guard let any = pod.spec.allContainers.first else { continue }
                        text = api.text(of: field, in: any)
                    }
                    put(file.path, Array(text.utf8), file.mode ?? volume.defaultMode)
                }
            }
        }
    }

    private mutating func put(_ path: String, _ bytes: [UInt8], _ mode: UInt32) {
        files[path] = File(bytes: bytes, mode: mode)
    }

    private mutating func add(
        _ projection: DocumentProjection, _ document: ConfigDocument?, _ mode: UInt32, _ volume: String, _ namespace: String
    ) throws(PodError) {
        func fail(_ finding: ConfigCheck.Finding) -> PodError {
            PodError(.invalid, "volume '\(volume)': \(finding.path): \(finding.message)", hint: finding.hint)
        }
        guard let document else {
            if projection.isOptional { return }
            throw fail(ConfigCheck.missing(projection.reference, in: namespace))
        }
        guard let items = projection.items else {
            for entry in document.entries { put(entry.key, entry.bytes, mode) }
            return
        }
        for item in items {
            guard let entry = document.entry(item.key) else {
                if projection.isOptional { continue }
                throw fail(
                    ConfigCheck.missingKey(item.key, of: projection.kind, projection.name, document, at: projection.place))
            }
            put(item.path, entry.bytes, item.mode ?? mode)
        }
    }
}
