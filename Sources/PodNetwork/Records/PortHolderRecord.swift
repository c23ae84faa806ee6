import Netlink
import PodRecords
import StrictTree

/// A pod that holds ports of the host without the bridge network: `/hostport-holders/<uid>`.
struct PortHolderRecord: Hashable, Sendable {
    let sandbox: PodUID
    /// The pod's name, for people.
    let name: String
    let ports: [HostPort]

    init(sandbox: PodUID, name: String, ports: [HostPort]) {
        self.sandbox = sandbox
        self.name = name
        self.ports = ports
    }

    func encoded() -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("name", name)
            HostPort.write(ports, "ports", &json)
        }
        return json.bytes
    }

    init(_ sandbox: PodUID, decoding bytes: [UInt8]) throws(NetworkError) {
        do throws(TreeError) {
            var fields = try Fields(Document(json: bytes).root)
            self.sandbox = sandbox
            name = try fields.required("name").string
            ports = try HostPort.read(fields.required("ports"))
        } catch { throw NetworkError(.failed, "the record of the host ports of pod '\(sandbox)' cannot be read: \(error)") }
    }
}

extension HostPort {
    static func write(_ ports: [HostPort], _ key: String, _ json: inout JSONWriter) {
        json.array(key) { json in
            for port in ports {
                json.object { json in
                    json.member("protocol", port.transport.rawValue)
                    json.member("hostIP", port.address?.description)
                    json.member("hostPort", port.port)
                    json.member("containerPort", port.podPort)
                }
            }
        }
    }

    static func read(_ value: Value) throws(TreeError) -> [HostPort] {
        var ports: [HostPort] = []
        for value in try value.array { ports.append(try HostPort(value)) }
        return ports
    }

    private init(_ value: Value) throws(TreeError) {
        var fields = try Fields(value)
        let transport = try NetworkConfiguration.parsed(fields.required("protocol"), "a protocol") {
            TransportProtocol(rawValue: $0)
        }
        var address: IPAddress?
        if let text = fields.optional("hostIP") {
            address = try NetworkConfiguration.parsed(text, "an address") { IPAddress($0) }
        }
        let port: Int = try fields.required("hostPort").integer(in: 1...65_535)
        let podPort: Int = try fields.required("containerPort").integer(in: 1...65_535)
        do throws(NetworkError) {
            self = try HostPort(transport, address: address, port: port, podPort: podPort)
        } catch { throw value.failure(error.message) }
    }
}
