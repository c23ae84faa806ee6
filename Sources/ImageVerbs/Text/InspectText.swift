import CommandSupport
public import Digests
public import ImageSpec
public import ImageStore
import LinuxTypes
import StrictTree

/// What `inspect` and `history` print.
public enum InspectText {
    public static func bytes(
        _ image: StoredImage, _ configuration: ImageConfiguration, layers: [Digest: LayerRecord], root: ImageStore
    ) -> [UInt8] {
        let record = image.record
        var json = JSONWriter(.spaces(2))
        json.object { json in
            json.member("id", record.id.description)
            json.member("digest", record.digest.description)
            json.member("names", image.names)
            json.member("users", image.users)
            json.member("mediaType", record.manifest.mediaType.rawValue)
            json.member("platform", record.platform.description)
            json.member("created", record.created)
            json.member("author", configuration.author)
            json.member("loaded", record.loaded)
            json.member("indexes", record.indexes.map(\.digest.description))
            json.array("layers") { json in
                for (layer, chainID) in zip(record.layers, configuration.chainIDs) {
                    json.object { json in
                        json.member("digest", layer.blob.digest.description)
                        json.member("mediaType", layer.blob.mediaType.rawValue)
                        json.member("size", layer.blob.size)
                        json.member("diffID", layer.diffID.description)
                        json.member("chainID", chainID.description)
                        json.member("unpackedSize", layers[layer.diffID]?.bytes)
                        json.member("entries", layers[layer.diffID]?.entries)
                        json.member("path", root.treePath(of: layer.diffID).string)
                    }
                }
            }
            if record.isSignature { json.member("payloads", record.payloads.map(\.digest.description)) }
            json.object("config") { configuration.execution.writeMembers(to: &$0) }
        }
        return json.bytes + [UInt8(ascii: "\n")]
    }

    /// The steps, the last first, with the layer that each made.
    public static func history(
        _ image: StoredImage, _ configuration: ImageConfiguration, layers: [Digest: LayerRecord], _ arguments: NameArguments,
        now: Int64
    ) -> [UInt8] {
        let steps = steps(of: image, configuration)
        if arguments.format == .json { return json(steps, layers) }
        var table = Table(["LAYER", "CREATED", "SIZE", "CREATED BY"])
        for (entry, layer) in steps {
            let made = entry.createdBy ?? entry.comment ?? ""
            table.add([
                layer?.diffID.short ?? "-", Age.text(entry.created, now: now),
                layer.map { ByteCount.text(layers[$0.diffID]?.bytes ?? 0) } ?? "0 B",
                arguments.isWhole ? made : short(made),
            ])
        }
        return Array(table.text.utf8)
    }

    /// The steps by which an image came about, the last one first, with the layer that each made.
    static func steps(
        of image: StoredImage, _ configuration: ImageConfiguration
    ) -> [(entry: ImageHistoryEntry, layer: ImageRecord.Layer?)] {
        var rest = image.record.layers[...]
        var steps: [(entry: ImageHistoryEntry, layer: ImageRecord.Layer?)] = []
        for entry in configuration.history { steps.append((entry, entry.isEmptyLayer ? nil : rest.popFirst())) }
        // Who makes images need not say how.
        for layer in rest { steps.append((ImageHistoryEntry(), layer)) }
        return steps.reversed()
    }

    /// A command that fits in a table.
    static func short(_ command: String) -> String {
        command.unicodeScalars.count <= 60 ? command : String(command.prefix(59)) + "…"
    }

    private static func json(
        _ steps: [(entry: ImageHistoryEntry, layer: ImageRecord.Layer?)], _ layers: [Digest: LayerRecord]
    ) -> [UInt8] {
        var json = JSONWriter(.spaces(2))
        json.array { json in
            for (entry, layer) in steps {
                json.object { json in
                    entry.writeMembers(to: &json)
                    json.member("diffID", layer?.diffID.description)
                    json.member("size", layer.map { layers[$0.diffID]?.bytes ?? 0 })
                }
            }
        }
        return json.bytes + [UInt8(ascii: "\n")]
    }
}
