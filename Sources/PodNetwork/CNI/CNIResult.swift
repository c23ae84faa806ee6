public import Netlink
import StrictTree

/// What a network of CNI gave to a pod: the last plugin's result of ADD.
public struct CNIResult: Hashable, Sendable {
    /// The pod's addresses with their prefixes, the primary one first: those of the interface in the pod with the name that was asked for; where no address
    /// names an interface, all.
    public let addresses: [IPAddress]
    public let nameServers: [String]
    public let searchDomains: [String]
    public let resolverOptions: [String]
    /// The document as the plugin wrote it.
    public let bytes: [UInt8]

    /// Throws where a document is no result; what is said of it names no plugin.
    init(_ bytes: [UInt8], interface: InterfaceName) throws(TreeError) {
        self.bytes = bytes
        var fields = try Fields(Document(json: bytes, limits: Limits(maxBytes: PluginProgram.outputLimit, maxDepth: 32)).root)
        let inPod = try Self.interfaces(&fields, interface)
        addresses = try Self.addresses(&fields, inPod)
        var servers: [String] = []
        var searches: [String] = []
        var options: [String] = []
        if let value = fields.optional("dns") {
            var dns = try Fields(value)
            servers = try dns.strings("nameservers")
            searches = try dns.strings("search")
            options = try dns.strings("options")
        }
        (nameServers, searchDomains, resolverOptions) = (servers, searches, options)
    }

    /// The places in the list of interfaces that are in a sandbox and have the name; nil where there is no list.
    private static func interfaces(_ fields: inout Fields, _ wanted: InterfaceName) throws(TreeError) -> Set<Int>? {
        guard let list = fields.optional("interfaces") else { return nil }
        var found: Set<Int> = []
        for (index, value) in try list.array.enumerated() {
            var interface = try Fields(value)
            let name = try interface.required("name").string
            let sandbox = try interface.string("sandbox") ?? ""
            if name == wanted.string, !sandbox.isEmpty { found.insert(index) }
        }
        return found
    }

    private static func addresses(_ fields: inout Fields, _ inPod: Set<Int>?) throws(TreeError) -> [IPAddress] {
        guard let list = fields.optional("ips") else { return [] }
        var found: [IPAddress] = []
        for value in try list.array {
            var entry = try Fields(value)
            let text = try entry.required("address")
            let parts = try text.string.split(separator: "/", maxSplits: 1).map(String.init)
            guard parts.count == 2, let address = IPAddress(parts[0]), let length = Int(parts[1]),
                (0...address.family.width).contains(length)
            else { throw text.failure("'\(try text.string)' is no address with a prefix") }
            if let place = entry.optional("interface"), let inPod {
                guard try inPod.contains(Int(place.integer(in: Int64(0)...Int64(Int32.max)))) else { continue }
            }
            found.append(address)
        }
        return found
    }
}
