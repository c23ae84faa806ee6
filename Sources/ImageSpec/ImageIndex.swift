public import OCISpec
public import StrictTree

/// A list of manifests, as a rule one for each platform: image specification, image-index.md, and Docker's manifest list.
public struct ImageIndex: SpecValue {
    public var mediaType: MediaType?
    public var manifests: [Descriptor]
    public var artifactType: String?
    public var annotations: OrderedMap<String>

    public init(manifests: [Descriptor], annotations: OrderedMap<String> = [:]) {
        mediaType = .index
        self.manifests = manifests
        artifactType = nil
        self.annotations = annotations
    }
}

extension ImageIndex {
    public init(from value: Value, noting warnings: inout Warnings) throws(TreeError) {
        var fields = try Fields(value)
        mediaType = try ImageDocument.check(&fields, is: .index)
        manifests = try fields.list("manifests", &warnings)
        artifactType = try fields.string("artifactType")
        annotations = try fields.stringMap("annotations")
    }

    public func writeMembers(to json: inout JSONWriter) {
        json.member("schemaVersion", 2)
        json.member("mediaType", mediaType?.rawValue)
        json.member("artifactType", artifactType)
        json.array("manifests") { json in
            for manifest in manifests { json.object { manifest.writeMembers(to: &$0) } }
        }
        json.map("annotations", annotations)
    }

    /// The entry that serves a platform best: of equals the first. Entries without a platform serve any; entries of kinds that are no image's are
    /// passed over, and so are attestations, whose platform is `unknown/unknown`.
    public func entry(for platform: Platform) -> Descriptor? {
        var best: (entry: Descriptor, distance: Int)?
        for entry in manifests where entry.mediaType.kind == .manifest || entry.mediaType.kind == .index {
            // What names its platform is meant more than what does not.
            guard let distance = entry.platform.map({ platform.distance(to: $0) }) ?? 1000 else { continue }
            if distance < best?.distance ?? .max { best = (entry, distance) }
        }
        return best?.entry
    }

    /// What the entries are for, each once, for messages.
    public var platforms: [Platform] {
        var seen: [Platform] = []
        for entry in manifests {
            if let platform = entry.platform, !seen.contains(platform) { seen.append(platform) }
        }
        return seen
    }
}
