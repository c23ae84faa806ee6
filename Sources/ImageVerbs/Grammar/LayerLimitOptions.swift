import CommandSupport
import ImageLayers

/// Options that set how much a layer may ask for, named as the errors name them.
enum LayerLimitOptions {
    static let options = LayerLimits.Name.allCases.map { Option(word($0), value: value($0), help: help($0)) }

    /// Takes an option that is one of these; false where it is another.
    static func take(
        _ token: ArgumentReader.Token, _ reader: ArgumentReader, _ limits: inout LayerLimits
    ) throws(UsageError) -> Bool {
        guard case .value(let option, let text) = token,
            let name = LayerLimits.Name.allCases.first(where: { word($0) == option })
        else { return false }
        let value = isBytes(name) ? try reader.byteCount(text, name.option) : try reader.number(text, name.option)
        guard value > 0, value <= name.highest else {
            throw reader.wrong("\(name.option) is from 1 to \(name.highest), not '\(text)'")
        }
        if name == .window, value.nonzeroBitCount > 1 {
            throw reader.wrong("\(name.option) is a power of two, as 64M, not '\(text)'")
        }
        limits[name] = value
        return true
    }

    private static func word(_ name: LayerLimits.Name) -> String { String(name.option.dropFirst(2)) }

    private static func isBytes(_ name: LayerLimits.Name) -> Bool {
        switch name {
        case .totalBytes, .pathBytes, .headerBytes, .window: true
        case .ratio, .entries, .depth, .attributes, .pieces: false
        }
    }

    private static func value(_ name: LayerLimits.Name) -> String { isBytes(name) ? "SIZE" : "N" }

    private static func help(_ name: LayerLimits.Name) -> String {
        switch name {
        case .totalBytes: "of a layer: bytes of its files and of its archive, 64G without this"
        case .ratio: "bytes that come out of a compressed one, once 256M have come out (250)"
        case .entries: "entries of a layer (4000000)"
        case .depth: "names in a path (256)"
        case .pathBytes: "bytes of a path or of a link's target (4095)"
        case .headerBytes: "bytes of the headers of an entry, attributes included (1M)"
        case .attributes: "extended attributes of an entry (256)"
        case .pieces: "pieces of a sparse file (65536)"
        case .window: "bytes that a zstd stream may look back, a power of two (32M)"
        }
    }
}
