public import CommandSupport
public import Digests
import ImageSpec
public import ImageStore
import StrictTree

/// What `ls` prints.
public struct ImageTable {
    private let images: [StoredImage]
    private let layers: [Digest: LayerRecord]
    private let now: Int64

    /// `all`: every image of the store, by which it is told what is shared. `now`: seconds since 1970.
    public init(_ images: [StoredImage], layers: [Digest: LayerRecord], now: Int64) {
        self.images = images
        self.layers = layers
        self.now = now
    }

    public func bytes(
        of chosen: [StoredImage], _ arguments: ListImagesArguments, in style: TextStyle = .plain
    ) -> [UInt8] {
        if arguments.isQuiet {
            var seen: Set<Digest> = []
            let ids = chosen.map(\.record.id).filter { seen.insert($0).inserted }
            return Array(ids.map { (arguments.isWhole ? "\($0)" : $0.short) + "\n" }.joined().utf8)
        }
        return arguments.format == .json ? json(chosen) : table(chosen, arguments, style)
    }

    private func table(_ chosen: [StoredImage], _ arguments: ListImagesArguments, _ style: TextStyle) -> [UInt8] {
        var header = ["REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE", "SHARED", "USED BY"]
        if arguments.showsDigests { header.insert("DIGEST", at: 2) }
        var table = Table(header, keeping: [0, 1])
        for image in chosen {
            for (repository, tag) in Self.names(image) {
                var row = [
                    repository, tag, arguments.isWhole ? "\(image.record.id)" : image.record.id.short,
                    Age.text(image.record.created, now: now), ByteCount.text(size(image)), ByteCount.text(shared(image)),
                    "\(image.users.count)",
                ]
                if arguments.showsDigests { row.insert("\(image.record.digest)", at: 2) }
                table.add(row)
            }
        }
        return Array(table.text(in: style).utf8)
    }

    /// A row for each name; an image without one has one row all the same.
    private static func names(_ image: StoredImage) -> [(String, String)] {
        if image.names.isEmpty { return [("<none>", "<none>")] }
        return image.names.map { name in
            // A whole name: its tag is behind the last colon.
            let colon = name.utf8.lastIndex(of: UInt8(ascii: ":")) ?? name.endIndex
            return (String(name[..<colon]), String(name[colon...].dropFirst()))
        }
    }

    private func json(_ chosen: [StoredImage]) -> [UInt8] {
        let signatures = SignatureCounts(images)
        var json = JSONWriter(.spaces(2))
        json.array { json in
            for image in chosen {
                json.object { json in
                    json.member("id", image.record.id.description)
                    json.member("digest", image.record.digest.description)
                    json.member("names", image.names)
                    json.member("platform", image.record.platform.description)
                    json.member("created", image.record.created)
                    json.member("loaded", image.record.loaded)
                    json.member("size", size(image))
                    json.member("sharedSize", shared(image))
                    json.member("signatures", signatures(image))
                    json.member("users", image.users)
                }
            }
        }
        return json.bytes + [UInt8(ascii: "\n")]
    }

    /// Bytes of the files of its layers; of signatures, of what was signed.
    private func size(_ image: StoredImage) -> UInt64 {
        let payloads = image.record.payloads.reduce(0) { $0 + UInt64($1.size) }
        return payloads + Self.sum(Set(image.record.layers.map(\.diffID)), layers)
    }

    /// Those of layers that other images have too.
    private func shared(_ image: StoredImage) -> UInt64 {
        let others = images.filter { $0.record.digest != image.record.digest }
        let theirs = Set(others.flatMap { $0.record.layers.map(\.diffID) })
        return Self.sum(Set(image.record.layers.map(\.diffID)).intersection(theirs), layers)
    }

    private static func sum(_ diffIDs: Set<Digest>, _ layers: [Digest: LayerRecord]) -> UInt64 {
        diffIDs.reduce(0) { $0 + (layers[$1]?.bytes ?? 0) }
    }
}
