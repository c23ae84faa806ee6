public import OCISpec
public import StrictTree

/// What an image is made for: image specification, image-index.md. Values are in Go's words, aliases resolved.
public struct Platform: SpecValue, Hashable, CustomStringConvertible {
    public var architecture: String
    public var os: String
    public var osVersion: String?
    public var osFeatures: [String]
    /// As `v7`; nil where the architecture has none, or its usual one.
    public var variant: String?

    public init(
        architecture: String, os: String = "linux", osVersion: String? = nil, osFeatures: [String] = [], variant: String? = nil
    ) {
        (self.architecture, self.variant) = Self.normalized(architecture, variant)
        self.os = os.lowercased()
        self.osVersion = osVersion
        self.osFeatures = osFeatures
    }

    /// That of what is no image, as attestations have it.
    public static let unknown = Platform(architecture: "unknown", os: "unknown")

    /// Reads `os/architecture[/variant]`, as people write it; an architecture alone is one of Linux. nil for anything else.
    public init?(parsing text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 3,
            parts.allSatisfy({ $0.utf8.first != UInt8(ascii: ".") && !$0.isEmpty && $0.utf8.allSatisfy(Self.isWordByte) })
        else { return nil }
        if parts.count == 1 {
            self.init(architecture: parts[0])
        } else {
            self.init(architecture: parts[1], os: parts[0], variant: parts.count > 2 ? parts[2] : nil)
        }
    }

    /// What this program runs on.
    public static var host: Platform {
        #if arch(x86_64)
        Platform(architecture: "amd64")
        #elseif arch(arm64)
        Platform(architecture: "arm64")
        #elseif arch(riscv64)
        Platform(architecture: "riscv64")
        #else
        Platform(architecture: "unknown")
        #endif
    }

    /// `os/architecture[/variant]`
    public var description: String { os + "/" + architecture + (variant.map { "/" + $0 } ?? "") }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// Names that machines have of themselves become Go's; a variant that goes without saying is left out.
    private static func normalized(_ architecture: String, _ variant: String?) -> (String, String?) {
        let variant = variant.flatMap { $0.isEmpty ? nil : $0.lowercased() }
        let digits = variant.map { $0.first?.isNumber == true ? "v" + $0 : $0 }
        switch architecture.lowercased() {
        case "x86_64", "x86-64", "amd64": return ("amd64", digits == "v1" ? nil : digits)
        case "aarch64", "arm64": return ("arm64", digits == "v8" || digits == "v8.0" ? nil : digits)
        case "armhf": return ("arm", "v7")
        case "armel": return ("arm", "v6")
        // The usual 32-bit arm.
        case "arm": return ("arm", digits ?? "v7")
        case "i386", "i486", "i586", "i686", "386": return ("386", nil)
        case let other: return (other, digits)
        }
    }
}

extension Platform {
    public init(from value: Value, noting warnings: inout Warnings) throws(TreeError) {
        var fields = try Fields(value)
        self.init(
            architecture: try fields.required("architecture").string, os: try fields.required("os").string,
            osVersion: try fields.string("os.version"), osFeatures: try fields.strings("os.features"),
            variant: try fields.string("variant"))
    }

    public func writeMembers(to json: inout JSONWriter) {
        json.member("architecture", architecture)
        json.member("os", os)
        json.member("os.version", osVersion)
        json.list("os.features", osFeatures)
        json.member("variant", variant)
    }
}

extension Platform {
    /// How well something made for `offer` serves where this is wanted: 0 is exactly, more is older; nil is not at all. An older variant runs on a
    /// newer one's machine, never the other way.
    public func distance(to offer: Platform) -> Int? {
        guard offer.os == os, offer.architecture == architecture else { return nil }
        if offer.variant == variant { return 0 }
        guard let wanted = level(variant), let offered = level(offer.variant), offered <= wanted else { return nil }
        return wanted - offered
    }

    /// Variants of one architecture in the order of their age, in tenths; nil where they have none.
    private func level(_ variant: String?) -> Int? {
        guard ["amd64", "arm", "arm64"].contains(architecture) else { return nil }
        guard let variant else { return architecture == "amd64" ? 10 : 80 }
        let parts = variant.dropFirst().split(separator: ".", omittingEmptySubsequences: false)
        guard variant.first == "v", parts.count <= 2, let major = Int(parts[0]), (0...99).contains(major) else { return nil }
        guard parts.count == 2 else { return major * 10 }
        return Int(parts[1]).flatMap { (0...9).contains($0) ? major * 10 + $0 : nil }
    }
}
