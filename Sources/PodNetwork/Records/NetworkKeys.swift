import Journal
import Netlink
import PodRecords

/// Where the network is in the journal. All of it is volatile: what it tells of ends with the boot.
enum NetworkKeys {
    /// What was done to the host.
    static let host: Key = "/network/host"
    /// The offset that was given out last.
    static let cursor: Key = "/network/cursor"
    static let pods: Key = "/network/pods/"
    static let addresses: Key = "/addresses/"
    static let hostPorts: Key = "/hostports/"
    /// Of pods that hold host ports without the bridge network.
    static let portHolders: Key = "/hostport-holders/"

    static func pod(_ sandbox: PodUID) -> Key { Key("/network/pods/\(sandbox)") }
    static func portHolder(_ sandbox: PodUID) -> Key { Key("/hostport-holders/\(sandbox)") }
    static func address(_ address: IPAddress) -> Key { Key("/addresses/\(address)") }

    /// All holders of a port, at whatever address: `/hostports/tcp/8080/`.
    static func hostPorts(_ port: HostPort) -> Key { Key("/hostports/\(port.transport.rawValue)/\(port.port)/") }
    /// `/hostports/tcp/8080/127.0.0.1`, or `…/*` at every address.
    static func hostPort(_ port: HostPort) -> Key {
        Key("/hostports/\(port.transport.rawValue)/\(port.port)/" + (port.address?.description ?? "*"))
    }
}
