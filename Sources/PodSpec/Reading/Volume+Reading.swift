import LinuxTypes
import StrictTree

/// The volumes of a pod, and the names of those that are left out.
struct VolumeList {
    private(set) var volumes: [Volume] = []
    /// Automatic tokens of service accounts, whose mounts are left out as well.
    private(set) var omitted: Set<String> = []
    private(set) var names: Set<String> = []

    init(_ elements: [Value], _ report: Report) {
        var unique = UniqueNames(noun: "volume")
        for element in elements {
            if let name = Self.automaticToken(element) {
                report.warn(element, "there is no API server whose token this volume could hold: left out, with its mounts")
                omitted.insert(name)
                unique.take(name, at: element, report)
                continue
            }
            let fields = FieldReader(element, .volume, report)
            let name = fields.required("name").flatMap { _ in fields.name("name", .label, "volume name") } ?? ""
            unique.take(name, at: element, report)
            names.insert(name)
            if let source = VolumeSource(reading: fields) { volumes.append(Volume(name: name, source: source)) }
        }
    }

    /// What the API server adds to each pod: `kube-api-access-…`, projected from a token and what belongs to it.
    private static func automaticToken(_ element: Value) -> String? {
        // A value of another type is reported by who reads the volume.
        guard let name = try? element.member("name")?.string, name.hasPrefix("kube-api-access-"),
            // The same.
            let sources = try? element.member("projected")?.member("sources")?.array,
            // The same.
            sources.contains(where: { (try? $0.member("serviceAccountToken"))?.isNull == false })
        else { return nil }
        return name
    }
}

extension VolumeSource {
    /// nil where the source is wrong or one that the table refuses.
    fileprivate init?(reading fields: FieldReader) {
        let given = fields.object.members(beside: "name")
        if given.count > 1 {
            fields.report.refuse(fields.object, "a volume has one source, this has \(given.count)")
            return nil
        }
        if let value = fields.value("hostPath") {
            guard let volume = HostPathVolume(reading: value, fields.report) else { return nil }
            self = .hostPath(volume)
        } else if let volume = Self.projected(fields) {
            guard let volume = volume.projected else { return nil }
            self = .projected(volume)
        } else if let value = fields.value("persistentVolumeClaim") {
            guard let volume = ClaimVolume(reading: value, fields.report) else { return nil }
            self = .claim(volume)
        } else if let value = fields.value("image") {
            guard let volume = ImageVolume(reading: value, fields.report) else { return nil }
            self = .image(volume)
        } else if let value = fields.value("emptyDir") {
            self = .emptyDir(EmptyDirVolume(reading: value, fields.report))
        } else {
            guard given.isEmpty else { return nil }
            self = .emptyDir(EmptyDirVolume())
        }
    }
}

extension VolumeSource {
    /// One that is made of documents; nil for another one. What it is may be wrong, and reported.
    private static func projected(_ fields: FieldReader) -> (projected: ProjectedVolume?, isGiven: Bool)? {
        let kinds: [(StaticString, FieldTable)] = [
            ("configMap", .configMapVolume), ("secret", .secretVolume), ("downwardAPI", .podFilesVolume),
            ("projected", .projectedVolume),
        ]
        for (name, table) in kinds {
            if let value = fields.value(name) { return (ProjectedVolume(reading: value, name, table, fields.report), true) }
        }
        return nil
    }
}

extension EmptyDirVolume {
    fileprivate init(reading value: Value, _ report: Report) {
        let fields = FieldReader(value, .emptyDir, report)
        self.init(medium: Self.medium(fields))
        guard let place = fields.value("sizeLimit"), let limit = Quantity(reading: place, report) else { return }
        if limit.nano < 0 { report.refuse(place, "a size is not below zero") }
        sizeLimit = limit.nano == 0 ? nil : limit
        if let sizeLimit, medium == .disk, sizeLimit.nano > 0, sizeLimit.value < 64 << 10 {
            report.refuse(place, "a directory needs more than \(sizeLimit): 64Ki is the least")
        }
    }

    private static func medium(_ fields: FieldReader) -> StorageMedium {
        guard let place = fields.value("medium"), let text = fields.text("medium") else { return .disk }
        switch text {
        case "Memory": return .memory
        case "HugePages": return .hugePages(nil)
        default:
            let words = ["Memory", "HugePages", "HugePages-2Mi"]
            guard text.hasPrefix("HugePages-") else {
                fields.report.refuse(
                    place,
                    "unknown medium '\(text)': it is one of 'Memory', 'HugePages', 'HugePages-SIZE'\(Suggestion.hint(for: text, in: words))"
                )
                return .disk
            }
            let size = Quantity(String(text.dropFirst("HugePages-".utf8.count))).flatMap { UInt64(exactly: $0.value) } ?? 0
            guard size >= 4096, size & (size - 1) == 0 else {
                fields.report.refuse(place, "'\(text)' has no size of a page: expected one as HugePages-2Mi")
                return .disk
            }
            return .hugePages(size)
        }
    }
}

extension HostPathVolume {
    fileprivate init?(reading value: Value, _ report: Report) {
        let fields = FieldReader(value, .hostPath, report)
        let type: HostPathType = fields.choice("type") ?? .unchecked
        guard let place = fields.required("path"), let text = fields.text(place) else { return nil }
        guard let path = HostPath(text), path.isAbsolute else {
            report.refuse(place, "'\(text)' is no absolute path")
            return nil
        }
        if text.utf8.split(separator: Syntax.slash).contains(where: { $0.elementsEqual("..".utf8) }) {
            report.refuse(place, "a path of the host has no '..'")
        }
        self.init(path: path, type: type)
    }
}

extension Value {
    /// Those that are not `null`; none for what is no object.
    fileprivate func members(beside name: String) -> [Member] { sortedMembers.filter { $0.anyKey != name } }
}
