import CommandSupport
import Digests
import ImageLayers
public import ImageSpec
public import ImageStore
import LinuxTypes
import StrictTree

/// What `tree` prints, layer by layer, the top one first. Paths come from whoever made the image: nothing of them reaches a terminal as it is.
public struct TreeText {
    private let arguments: TreeArguments
    /// By the number of the layer, the top one first: the command that made it.
    private let commands: [String]
    private var table = Table(["LAYER", "SIZE", "ADDED", "REPLACED", "HIDDEN", "CREATED BY"])
    private var layers: [LayerContents] = []

    public init(_ image: StoredImage, _ configuration: ImageConfiguration, _ arguments: TreeArguments) {
        self.arguments = arguments
        let steps = InspectText.steps(of: image, configuration)
        commands = steps.compactMap { step in step.layer.map { _ in step.entry.createdBy ?? step.entry.comment ?? "" } }
    }

    /// Takes the next layer; what can be printed of it at once.
    public mutating func add(_ contents: LayerContents, at index: Int) -> [UInt8] {
        if arguments.format == .json {
            layers.append(contents)
            return []
        }
        let command = index < commands.count ? commands[index] : ""
        let digest = arguments.isWhole ? "\(contents.layer.diffID)" : contents.layer.diffID.short
        let counts = Self.kinds.map { contents.counts[$0] ?? 0 }
        guard arguments.showsFiles else {
            table.add(
                [digest, ByteCount.text(contents.bytes)] + counts.map { "\($0)" }
                    + [arguments.isWhole ? command : InspectText.short(command)])
            return []
        }
        let sums = "\(counts[0]) added, \(counts[1]) replaced, \(counts[2]) hidden"
        var text = "layer \(digest): \(ByteCount.text(contents.bytes)), \(sums)\n"
        for change in contents.changes {
            let size = change.kind == .hidden || change.type != .regular ? "-" : ByteCount.text(UInt64(clamping: change.size))
            text += "\(Self.letter(change.kind))  \(String(repeating: " ", count: max(0, 8 - size.utf8.count)))\(size)  "
            text += "\(Self.path(change))\n"
        }
        return Array(text.utf8)
    }

    /// What can be printed only when all is known.
    public func end() -> [UInt8] {
        if arguments.format == .json { return json() }
        return arguments.showsFiles ? [] : Array(table.text.utf8)
    }

    private static let kinds: [LayerChange.Kind] = [.added, .replaced, .hidden]

    private static func letter(_ kind: LayerChange.Kind) -> String {
        switch kind {
        case .added: "A"
        case .replaced: "C"
        case .hidden: "D"
        }
    }

    /// `/etc/passwd`; a directory has a slash behind it.
    private static func path(_ change: LayerChange) -> String {
        "/" + change.names.map { printable($0.bytes) }.joined(separator: "/") + (change.type == .directory ? "/" : "")
    }

    private func json() -> [UInt8] {
        var json = JSONWriter(.spaces(2))
        json.array { json in
            for (index, contents) in layers.enumerated() {
                json.object { json in
                    json.member("diffID", contents.layer.diffID.description)
                    json.member("digest", contents.layer.blob.digest.description)
                    json.member("blobSize", contents.layer.blob.size)
                    json.member("size", contents.bytes)
                    for kind in Self.kinds { json.member(kind.rawValue, contents.counts[kind] ?? 0) }
                    json.member("createdBy", index < commands.count ? commands[index] : nil)
                    guard arguments.showsFiles else { return }
                    json.array("files") { json in
                        for change in contents.changes {
                            json.object { json in
                                json.member("change", change.kind.rawValue)
                                json.member("path", Self.path(change))
                                json.member("type", change.type?.word)
                                json.member("size", change.type == .regular ? change.size : nil)
                            }
                        }
                    }
                }
            }
        }
        return json.bytes + [UInt8(ascii: "\n")]
    }
}

extension FileType {
    /// As `stat` of GNU's coreutils and `find -type` explain themselves.
    fileprivate var word: String {
        switch self {
        case .regular: "file"
        case .directory: "directory"
        case .symbolicLink: "link"
        case .characterDevice: "character device"
        case .blockDevice: "block device"
        case .fifo: "fifo"
        case .socket: "socket"
        }
    }
}
