import StrictTree

extension EnvironmentVariable {
    init?(reading value: Value, _ report: Report) {
        let fields = FieldReader(value, .environmentVariable, report)
        let text = fields.string("value") ?? ""
        let source = fields.value("valueFrom").flatMap { EnvironmentSource(reading: $0, report) }
        if !text.isEmpty, let place = fields.value("valueFrom") {
            report.refuse(place, "a variable has a 'value' or a 'valueFrom', not both")
        }
        guard let place = fields.required("name"), let written = fields.text(place),
            let name = fields.checked(written, at: place, .environmentName, "name of a variable")
        else { return nil }
        self.init(name: name, value: text, source: source)
    }
}

extension EnvironmentSource {
    fileprivate init?(reading value: Value, _ report: Report) {
        let fields = FieldReader(value, .environmentSource, report)
        guard fields.hasOne(of: "a value comes from one source") else { return nil }
        if let place = fields.value("configMapKeyRef") {
            guard let key = ConfigKey(reading: place, .configMap, report) else { return nil }
            self = .key(key)
        } else if let place = fields.value("secretKeyRef") {
            guard let key = ConfigKey(reading: place, .secret, report) else { return nil }
            self = .key(key)
        } else if let place = fields.value("fieldRef") {
            guard let field = PodField(reading: place, isForFile: false, report) else { return nil }
            self = .field(field)
        } else if let place = fields.value("resourceFieldRef") {
            guard let field = ResourceField(reading: place, needsContainer: false, report) else { return nil }
            self = .resource(field)
        } else {
            return nil
        }
    }
}

extension ConfigKey {
    fileprivate init?(reading value: Value, _ kind: ConfigDocument.Kind, _ report: Report) {
        let fields = FieldReader(value, kind == .secret ? .secretKey : .configMapKey, report)
        let isOptional = fields.flag("optional")
        let key = fields.configKey()
        guard let name = fields.documentName("name", kind), let key else { return nil }
        self.init(kind: kind, name: name, key: key, isOptional: isOptional)
    }
}

extension EnvironmentDocument {
    init?(reading value: Value, _ report: Report) {
        let fields = FieldReader(value, .environmentDocument, report)
        let prefix = fields.name("prefix", .environmentName, "beginning of a variable's name") ?? ""
        guard fields.hasOne(of: "variables come from one document", beside: "prefix") else { return nil }
        let kind: ConfigDocument.Kind = fields.value("secretRef") == nil ? .configMap : .secret
        guard let place = fields.value(kind == .secret ? "secretRef" : "configMapRef") else { return nil }
        let document = FieldReader(place, kind == .secret ? .secretEnvironment : .configMapEnvironment, report)
        let isOptional = document.flag("optional")
        guard let name = document.documentName("name", kind) else { return nil }
        self.init(kind: kind, name: name, prefix: prefix, isOptional: isOptional)
    }
}

extension PodField {
    init?(reading value: Value, isForFile: Bool, _ report: Report) {
        let fields = FieldReader(value, .podField, report)
        fields.only("apiVersion", ["v1"], "a pod is of the version 'v1'")
        guard let place = fields.required("fieldPath"), let path = fields.text(place) else { return nil }
        guard let field = PodField(path: path) else {
            report.refuse(
                place, "there is no field '\(path)' that a container can be told\(Suggestion.hint(for: path, in: PodField.paths))"
            )
            return nil
        }
        guard isForFile ? field.isForFiles : field.isForVariables else {
            report.refuse(
                place, "'\(path)' is for \(isForFile ? "variables" : "files"), not for \(isForFile ? "files" : "variables")")
            return nil
        }
        self = field
    }
}

extension ResourceField {
    init?(reading value: Value, needsContainer: Bool, _ report: Report) {
        let fields = FieldReader(value, .resourceField, report)
        let container = fields.name("containerName", .label, "container name")
        if needsContainer, fields.isAbsentOrEmpty("containerName") { report.refuse(value, "'containerName' is missing") }
        let divisor = fields.value("divisor").flatMap { Quantity(reading: $0, report) }
        guard let place = fields.required("resource"), let text = fields.text(place) else { return nil }
        let names = Bound.allCases.flatMap { bound in Resource.allCases.map { "\(bound.rawValue).\($0.rawValue)" } }
        let parts = text.split(separator: ".", maxSplits: 1).map(String.init)
        guard parts.count == 2, let bound = Bound(rawValue: parts[0]), let resource = Resource(rawValue: parts[1]) else {
            report.refuse(
                place, "there is no resource '\(text)' that a container can be told\(Suggestion.hint(for: text, in: names))")
            return nil
        }
        let unit = divisor.map { $0.nano == 0 ? Self.one : $0 } ?? Self.one
        if let place = fields.value("divisor"), !Self.isDivisor(unit, of: resource) {
            let known = resource == .cpu ? "1 or 1m" : "1, k, M, G, T, P, E, Ki, Mi, Gi, Ti, Pi or Ei"
            report.refuse(place, "'\(unit)' divides no \(resource.rawValue): it is one of \(known)")
        }
        self.init(container: container, bound: bound, resource: resource, divisor: unit)
    }

    private static let one = Quantity(nano: 1_000_000_000)

    private static func isDivisor(_ unit: Quantity, of resource: Resource) -> Bool {
        let unitNano: Int128 = 1_000_000_000
        if resource == .cpu { return unit.nano == unitNano || unit.nano == unitNano / 1000 }
        for base: Int128 in [1000, 1024] {
            var power = unitNano
            for _ in 0...6 {
                if unit.nano == power { return true }
                power *= base
            }
        }
        return false
    }
}

extension FieldReader {
    /// Whether one member is given; reported where there are none or several.
    func hasOne(of rule: String, beside name: String? = nil) -> Bool {
        guard object.kind == .object else { return false }
        let given = object.sortedMembers.filter { $0.anyKey != name && !$0.value.isEmptyArray }
        if given.count == 1 { return true }
        report.refuse(object, "\(rule), this \(given.isEmpty ? "names none" : "has \(given.count)")")
        return false
    }

    /// The name of a ConfigMap or Secret, which must be there.
    func documentName(_ field: StaticString, _ kind: ConfigDocument.Kind) -> String? {
        guard required(field) != nil else { return nil }
        if isAbsentOrEmpty(field) { report.refuse(object, "'\(field)' is missing") }
        return name(field, .subdomain, "name of a \(kind.rawValue)")
    }

    /// A key of a ConfigMap or Secret, which must be there.
    func configKey() -> String? {
        guard let place = required("key"), let key = text(place) else { return nil }
        return checked(key, at: place, .configKey, "key")
    }
}
