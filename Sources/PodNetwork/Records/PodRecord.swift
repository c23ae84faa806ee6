import LinuxKernel
import Netlink
import PodRecords
import StrictTree

/// What one pod has of the network: `/network/pods/<uid>`. Its interfaces and rules follow from it alone.
struct PodRecord: Hashable, Sendable {
    enum State: String, Sendable {
        /// Addresses and ports are claimed; of the rules and the interfaces some may be there.
        case claimed
        case ready
        /// Some may be gone already.
        case removing
    }

    var state: State
    let sandbox: PodUID
    /// The pod's name, for people.
    let name: String
    /// The place of its addresses in the subnets.
    let offset: Int
    /// Which network namespace it is for.
    let namespace: NamespaceIdentity
    let ports: [HostPort]

    func encoded() -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("state", state.rawValue)
            json.member("name", name)
            json.member("offset", offset)
            json.member("device", namespace.device)
            json.member("inode", namespace.inode)
            HostPort.write(ports, "ports", &json)
        }
        return json.bytes
    }

    init(
        state: State, sandbox: PodUID, name: String, offset: Int, namespace: NamespaceIdentity, ports: [HostPort]
    ) {
        self.state = state
        self.sandbox = sandbox
        self.name = name
        self.offset = offset
        self.namespace = namespace
        self.ports = ports
    }

    init(_ sandbox: PodUID, decoding bytes: [UInt8]) throws(NetworkError) {
        do throws(TreeError) {
            var fields = try Fields(Document(json: bytes).root)
            state = try NetworkConfiguration.parsed(fields.required("state"), "a state") { State(rawValue: $0) }
            self.sandbox = sandbox
            name = try fields.required("name").string
            offset = try fields.required("offset").integer(in: 0...65_535)
            namespace = NamespaceIdentity(
                device: try fields.required("device").unsigned, inode: try fields.required("inode").unsigned)
            ports = try HostPort.read(fields.required("ports"))
        } catch { throw NetworkError(.failed, "the record of the network of pod '\(sandbox)' cannot be read: \(error)") }
    }
}

extension PodRecord {
    /// The pod's port of the bridge, as `hull0p7`.
    func port(_ configuration: NetworkConfiguration) throws(NetworkError) -> InterfaceName {
        guard let name = InterfaceName("\(configuration.bridge)p\(offset)") else {
            throw NetworkError(.failed, "the port of pod '\(sandbox)' has no name")
        }
        return name
    }

    func addresses(_ configuration: NetworkConfiguration) -> [IPAddress] { configuration.addresses(at: offset) }

    /// Follows from the IPv4 address: whoever has the address has the other too.
    func hardwareAddress(_ configuration: NetworkConfiguration) -> HardwareAddress {
        HardwareAddress(for: addresses(configuration).first ?? configuration.subnet4.address)
    }
}
