import StrictTree

/// A network of CNI as an operator has configured it: a `.conflist` file, checked.
public struct CNINetworkList: Sendable {
    /// One plugin of the list.
    struct Plugin: Sendable {
        /// The name of its program.
        let type: String
        /// Capabilities that it wants to be told of.
        let capabilities: Set<String>
        let object: Value
    }

    public let name: String
    let version: CNIVersion
    let disablesCheck: Bool
    let disablesGarbageCollection: Bool
    let plugins: [Plugin]
    /// The document as it was read: what removes an attachment works by the list that made it.
    public let bytes: [UInt8]

    /// Whether a text can be the name of a network.
    public static func isName(_ text: String) -> Bool { isWord(text) && text.utf8.count <= 128 }

    /// The rule of CNI for container ids and network names: `^[a-zA-Z0-9][a-zA-Z0-9_.-]*$`.
    private static func isWord(_ text: String) -> Bool {
        for (index, byte) in text.utf8.enumerated() {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                continue
            case UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"): if index == 0 { return false }
            default: return false
            }
        }
        return !text.isEmpty
    }

    /// The programs of its plugins, in their order.
    public var types: [String] { plugins.map(\.type) }

    /// Whether one of its plugins maps ports of the host.
    public var mapsPorts: Bool { plugins.contains { $0.capabilities.contains("portMappings") } }

    /// Bytes of a list at most.
    static let limit = 256 << 10

    /// Throws `refused`, with the place in the document, for what is no list: not strict JSON, a name or a plugin's type that the specification does not allow,
    /// no plugins, a version that is not spoken here, or members that only the runtime may set.
    public init(_ bytes: [UInt8]) throws(NetworkError) {
        self.bytes = bytes
        do throws(TreeError) {
            let document = try Document(json: bytes, limits: Limits(maxBytes: Self.limit, maxDepth: 64, maxNodes: 1 << 16))
            var fields = try Fields(document.root)
            let name = try fields.required("name")
            self.name = try name.string
            guard Self.isName(self.name) else {
                throw name.failure("'\(self.name)' is no name of a network: letters, digits, '_', '.' and '-', at most 128")
            }
            version = try Self.version(&fields)
            disablesCheck = try Self.flag(&fields, "disableCheck")
            disablesGarbageCollection = try Self.flag(&fields, "disableGC")
            if let value = fields.optional("loadOnlyInlinedPlugins"), try !value.bool {
                throw value.failure("plugins are taken from the list alone, not from files beside it")
            }
            let list = try fields.required("plugins")
            var plugins: [Plugin] = []
            for value in try list.array { plugins.append(try Self.plugin(value)) }
            guard !plugins.isEmpty else { throw list.failure("the list has no plugins") }
            self.plugins = plugins
        } catch { throw NetworkError(.refused, "\(error)") }
    }

    private static func version(_ fields: inout Fields) throws(TreeError) -> CNIVersion {
        var texts: [String] = []
        if let text = try fields.string("cniVersion") { texts.append(text) }
        texts += try fields.strings("cniVersions")
        guard let version = CNIVersion.highest(of: texts) else {
            let known = CNIVersion.allCases.map(\.rawValue).joined(separator: ", ")
            throw fields.object.failure(
                texts.isEmpty ? "'cniVersion' is missing" : "no version of \(texts) is spoken here (there are: \(known))")
        }
        return version
    }

    /// Written as a string by some.
    private static func flag(_ fields: inout Fields, _ name: StaticString) throws(TreeError) -> Bool {
        guard let value = fields.optional(name) else { return false }
        if value.kind == .string {
            let text = try value.string
            if text == "true" || text == "false" { return text == "true" }
        }
        return try value.bool
    }

    private static func plugin(_ value: Value) throws(TreeError) -> Plugin {
        var fields = try Fields(value)
        let type = try fields.required("type")
        let name = try type.string
        guard isWord(name), name.utf8.count <= 128 else { throw type.failure("'\(name)' is no name of a program") }
        for member in try value.members {
            let key = member.anyKey
            guard !["runtimeConfig", "args", "prevResult"].contains(key), !key.hasPrefix("cni.dev/") else {
                throw member.value.failure("'\(key)' is set by the runtime, not by a configuration")
            }
        }
        var capabilities: Set<String> = []
        if let object = fields.optional("capabilities") {
            for member in try object.members where try member.value.bool { capabilities.insert(try member.key) }
        }
        return Plugin(type: name, capabilities: capabilities, object: value)
    }
}
