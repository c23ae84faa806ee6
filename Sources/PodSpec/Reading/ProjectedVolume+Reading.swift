import StrictTree

extension ProjectedVolume {
    /// One of `configMap`, `secret`, `downwardAPI` and `projected`; nil where it is reported.
    init?(reading value: Value, _ field: StaticString, _ table: FieldTable, _ report: Report) {
        let fields = FieldReader(value, table, report)
        self.init([], defaultMode: fields.mode("defaultMode") ?? 0o644)
        switch "\(field)" {
        case "configMap", "secret":
            let kind: ConfigDocument.Kind = "\(field)" == "secret" ? .secret : .configMap
            guard let document = DocumentProjection(fields, kind == .secret ? "secretName" : "name", kind) else { return nil }
            sources = [.document(document)]
        case "downwardAPI": sources = [.pod(fields.list("items", PodFile.init(reading:_:)))]
        default: sources = fields.list("sources", VolumeProjection.init(reading:_:))
        }
        checkPaths(at: value, report)
    }

    /// Of two files with one path, or one below another, somebody would miss one.
    private func checkPaths(at value: Value, _ report: Report) {
        var paths = UniqueNames(noun: "file")
        for source in sources {
            let named: [String]
            switch source {
            case .document(let document): named = document.items?.map(\.path) ?? []
            case .pod(let files): named = files.map(\.path)
            }
            for path in named { paths.take(path, at: value, report) }
        }
    }
}

extension VolumeProjection {
    fileprivate init?(reading value: Value, _ report: Report) {
        let fields = FieldReader(value, .volumeProjection, report)
        guard fields.hasOne(of: "a source makes files of one thing") else { return nil }
        if let place = fields.value("configMap") {
            let source = FieldReader(place, .configMapProjection, report)
            guard let document = DocumentProjection(source, "name", .configMap) else { return nil }
            self = .document(document)
        } else if let place = fields.value("secret") {
            let source = FieldReader(place, .secretProjection, report)
            guard let document = DocumentProjection(source, "name", .secret) else { return nil }
            self = .document(document)
        } else if let place = fields.value("downwardAPI") {
            self = .pod(FieldReader(place, .podProjection, report).list("items", PodFile.init(reading:_:)))
        } else {
            return nil
        }
    }
}

extension DocumentProjection {
    fileprivate init?(_ fields: FieldReader, _ nameField: StaticString, _ kind: ConfigDocument.Kind) {
        let isOptional = fields.flag("optional")
        let items = fields.value("items") == nil ? nil : fields.list("items", Item.init(reading:_:))
        guard let name = fields.documentName(nameField, kind) else { return nil }
        self.init(
            kind: kind, name: name, items: items.flatMap { $0.isEmpty ? nil : $0 }, isOptional: isOptional,
            place: Self.belowPod(fields.object.path))
    }
}

extension DocumentProjection {
    /// A path without that of the pod, which may stand in a List.
    private static func belowPod(_ path: String) -> String {
        guard let spec = path.ranges(of: "spec.volumes[").last else { return path }
        return String(path[spec.lowerBound...])
    }
}

extension DocumentProjection.Item {
    fileprivate init?(reading value: Value, _ report: Report) {
        let fields = FieldReader(value, .keyToPath, report)
        let mode = fields.mode("mode")
        let key = fields.configKey()
        guard let path = fields.filePath(), let key else { return nil }
        self.init(key: key, path: path, mode: mode)
    }
}

extension PodFile {
    fileprivate init?(reading value: Value, _ report: Report) {
        let fields = FieldReader(value, .podFile, report)
        let mode = fields.mode("mode")
        let path = fields.filePath()
        let field = fields.value("fieldRef").flatMap { PodField(reading: $0, isForFile: true, report) }
        let resource = fields.value("resourceFieldRef").flatMap { ResourceField(reading: $0, needsContainer: true, report) }
        switch (fields.value("fieldRef") != nil, fields.value("resourceFieldRef") != nil) {
        case (true, true), (false, false):
            report.refuse(value, "a file says one thing: give it a 'fieldRef' or a 'resourceFieldRef'")
            return nil
        default: break
        }
        guard let path, let content = field.map(Content.field) ?? resource.map(Content.resource) else { return nil }
        self.init(path: path, mode: mode, content: content)
    }
}

extension FieldReader {
    /// Permissions of a file: `0 … 0777`.
    fileprivate func mode(_ name: StaticString) -> UInt32? { integer(name, in: 0...0o777) }

    /// A path of a file below a volume.
    fileprivate func filePath() -> String? {
        guard let place = required("path"), let path = text(place) else { return nil }
        guard Syntax.isPathBelow(path), !path.utf8.starts(with: "..".utf8) else {
            report.refuse(place, "'\(path)' is no relative path without '..'")
            return nil
        }
        return path.utf8.split(separator: Syntax.slash).map { String(Substring($0)) }.filter { $0 != "." }.joined(separator: "/")
    }
}

extension Syntax {
    /// A relative path that leads nowhere else: without `..`, and neither empty nor absolute.
    static func isPathBelow(_ path: String) -> Bool {
        guard let first = path.utf8.first, first != slash, path.utf8.count < 4096 else { return false }
        let names = path.utf8.split(separator: slash)
        return names.allSatisfy { !$0.elementsEqual("..".utf8) && $0.count <= 255 }
            && names.contains { !$0.elementsEqual(".".utf8) }
    }
}

extension ClaimVolume {
    init?(reading value: Value, _ report: Report) {
        let fields = FieldReader(value, .claimVolume, report)
        let isReadOnly = fields.flag("readOnly")
        guard fields.required("claimName") != nil else { return nil }
        if fields.isAbsentOrEmpty("claimName") { report.refuse(value, "'claimName' is missing") }
        guard let name = fields.name("claimName", .subdomain, "name of a claim") else { return nil }
        self.init(claimName: name, isReadOnly: isReadOnly)
    }
}

extension ImageVolume {
    init?(reading value: Value, _ report: Report) {
        let fields = FieldReader(value, .imageVolume, report)
        let policy: PullPolicy? = fields.choice("pullPolicy")
        guard let place = fields.required("reference"), let reference = fields.text(place) else { return nil }
        if reference.isEmpty { report.refuse(place, "the image has no name") }
        self.init(reference: reference, pullPolicy: policy ?? .default(for: reference))
    }
}
