internal import ImageStore
internal import LinuxKernel
public import LinuxTypes
internal import Netlink
internal import PodNetwork
internal import StrictTree

/// What the operator of a machine has configured: `/etc/hull/config.json`, docs/networking.md. Whatever is absent has its default.
public struct MachineConfiguration: Hashable, Sendable {
    /// What a pod gets that neither names a network nor asks for the machine's.
    public private(set) var network = NetworkMode.none
    let bridgeNetwork: NetworkConfiguration
    let cni: CNIPlaces
    /// Whose ids pods with users of their own get.
    public let podUsers: UserRanges
    /// Sysctls of a pod's namespaces that manifests may set beside the safe ones.
    let unsafeSysctls: SysctlPatterns

    /// Where networks of CNI come from.
    struct CNIPlaces: Hashable, Sendable {
        /// The directory of the lists.
        var lists = HostPath("/etc/cni/net.d")
        /// Where plugins are looked for, in this order.
        var plugins = ["/opt/cni/bin", "/usr/lib/cni"].compactMap(HostPath.init)
        /// What one plugin may take.
        var timeoutSeconds: UInt32 = 30
    }

    public static let machinePath = "/etc/hull/config.json"

    /// Bytes of a configuration at most.
    private static let sizeLimit = 256 << 10

    /// Reads a file that must be there, or for nil the machine's where there is one. Throws `invalid`, with the place in the file, for what is no
    /// configuration, and for a file that others than root and the caller could have written.
    public init(reading file: HostPath?) throws(PodError) {
        guard let path = file ?? HostPath(Self.machinePath) else { throw PodError(.invalid, "the configuration has no name") }
        let bytes: [UInt8]?
        do throws(ImageError) { bytes = try TrustedFile.read(path, limit: Self.sizeLimit) } catch {
            throw PodError(.invalid, "cannot read the configuration: \(error)")
        }
        guard let bytes else {
            if file != nil {
                throw PodError(
                    .invalid, "there is no configuration '\(path)'",
                    hint: "without --config the machine's own is read, where there is one")
            }
            self = try .standard()
            return
        }
        do throws(TreeError) { try self.init(json: bytes) } catch {
            throw PodError(.invalid, "the configuration '\(path)': \(error)")
        }
    }

    /// That of a machine without a file.
    static func standard() throws(PodError) -> MachineConfiguration {
        do throws(TreeError) { return try MachineConfiguration(json: Array("{}".utf8)) } catch {
            throw PodError(.failed, "the standard configuration is none: \(error)")
        }
    }

    /// Unknown members are refused.
    init(json bytes: [UInt8]) throws(TreeError) {
        let root = try Document(json: bytes, limits: Limits(maxBytes: Self.sizeLimit, maxDepth: 16)).root
        var fields = try Fields(root)
        if let value = fields.optional("network") {
            let text = try value.string
            guard let mode = NetworkMode(text) else { throw value.failure("'\(text)' is no network: \(NetworkMode.words)") }
            network = mode
        }
        bridgeNetwork = try NetworkConfiguration(reading: fields.optional("bridgeNetwork"))
        cni = try fields.optional("cni").map { value throws(TreeError) in try CNIPlaces(value) } ?? CNIPlaces()
        podUsers = try fields.optional("podUsers").map { value throws(TreeError) in try UserRanges(value) } ?? UserRanges()
        unsafeSysctls =
            try fields.optional("allowedUnsafeSysctls").map { value throws(TreeError) in try SysctlPatterns(value) }
            ?? SysctlPatterns()
        try fields.refuseUnknown()
    }

    /// One JSON object, which `init(json:)` reads.
    var json: [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("network", network.text)
            json.object("bridgeNetwork") { bridgeNetwork.write(&$0) }
            json.object("cni") { json in
                json.member("lists", cni.lists?.string)
                json.member("plugins", cni.plugins.map(\.string))
                json.member("timeoutSeconds", cni.timeoutSeconds)
            }
            json.object("podUsers") { podUsers.write(to: &$0) }
            json.member("allowedUnsafeSysctls", unsafeSysctls.texts)
        }
        return json.bytes
    }
}

extension MachineConfiguration.CNIPlaces {
    init(_ value: Value) throws(TreeError) {
        self.init()
        var fields = try Fields(value)
        if let directory = fields.optional("lists") { lists = try Self.path(directory) }
        if let directories = fields.optional("plugins") {
            plugins = []
            for directory in try directories.array { plugins.append(try Self.path(directory)) }
            guard !plugins.isEmpty else { throw directories.failure("plugins must be somewhere") }
        }
        if let seconds = fields.optional("timeoutSeconds") { timeoutSeconds = try seconds.integer(in: 1...100) }
        try fields.refuseUnknown()
    }

    private static func path(_ value: Value) throws(TreeError) -> HostPath {
        let text = try value.string
        // A colon separates directories where plugins are told of them.
        guard let path = HostPath(text), path.isAbsolute, !text.utf8.contains(UInt8(ascii: ":")) else {
            throw value.failure("'\(text)' is no absolute path of a directory")
        }
        return path
    }
}
