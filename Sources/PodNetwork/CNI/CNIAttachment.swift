public import LinuxTypes
public import Netlink
public import PodRecords
import StrictTree

/// A pod on a network of CNI: what plugins are told of it.
public struct CNIAttachment: Hashable, Sendable {
    public let sandbox: PodUID
    /// The path of its network namespace.
    public let namespace: HostPath
    public let interface: InterfaceName
    /// `CNI_ARGS`: words without `;` and `=`.
    public let arguments: [Argument]

    public struct Argument: Hashable, Sendable {
        public let name: String
        public let value: String

        /// nil for what would break the list.
        public init?(_ name: String, _ value: String) {
            guard !name.isEmpty, !name.contains(where: { ";=\0".contains($0) }), !value.contains(where: { ";\0".contains($0) })
            else {
                return nil
            }
            self.name = name
            self.value = value
        }
    }

    public init(sandbox: PodUID, namespace: HostPath, interface: InterfaceName, arguments: [Argument] = []) {
        self.sandbox = sandbox
        self.namespace = namespace
        self.interface = interface
        self.arguments = arguments
    }

    /// The environment of ADD, CHECK and DEL.
    var variables: [String] {
        var variables = ["CNI_CONTAINERID=\(sandbox)", "CNI_NETNS=\(namespace)", "CNI_IFNAME=\(interface)"]
        if !arguments.isEmpty { variables.append("CNI_ARGS=" + arguments.map { "\($0.name)=\($0.value)" }.joined(by: ";")) }
        return variables
    }
}

/// A pod that is on a network of CNI, as recorded.
public struct AttachedToCNI: Sendable {
    public let sandbox: PodUID
    public let network: String
    /// Whether ADD came to its end, and DEL has not begun.
    public let isComplete: Bool
    /// `adding`, `added` or `deleting`.
    public let state: String
    public let addresses: [IPAddress]
}

/// What is recorded of an attachment: `/cni/<uid>/<network>`, durably, since plugins keep files of their own that a boot does not end.
struct CNIRecord: Sendable {
    enum State: String, Sendable {
        /// ADD has begun.
        case adding
        case added
        /// DEL has begun, and is repeated until it succeeds.
        case deleting
    }

    var state: State
    let attachment: CNIAttachment
    /// The list that ADD was called with.
    let list: [UInt8]
    /// `runtimeConfig` by capability, as JSON.
    let capabilities: [UInt8]
    /// Of the last plugin of ADD; empty where it did not come so far.
    var result: [UInt8]

    func encoded() -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("state", state.rawValue)
            json.member("netns", attachment.namespace.string)
            json.member("ifName", attachment.interface.string)
            json.array("args") { json in
                for argument in attachment.arguments { json.element(argument.name + "=" + argument.value) }
            }
            json.member("config", String(decoding: list, as: UTF8.self))
            json.member("capabilityArgs", String(decoding: capabilities, as: UTF8.self))
            json.member("result", String(decoding: result, as: UTF8.self))
        }
        return json.bytes
    }

    init(state: State, attachment: CNIAttachment, list: [UInt8], capabilities: [UInt8]) {
        self.state = state
        self.attachment = attachment
        self.list = list
        self.capabilities = capabilities
        result = []
    }

    init(_ sandbox: PodUID, decoding bytes: [UInt8]) throws(NetworkError) {
        do throws(TreeError) {
            var fields = try Fields(Document(json: bytes).root)
            state = try NetworkConfiguration.parsed(fields.required("state"), "a state") { State(rawValue: $0) }
            let namespace = try NetworkConfiguration.parsed(fields.required("netns"), "a path") { HostPath($0) }
            let interface = try NetworkConfiguration.parsed(fields.required("ifName"), "a name") { InterfaceName($0) }
            var arguments: [CNIAttachment.Argument] = []
            for value in try fields.required("args").array {
                arguments.append(
                    try NetworkConfiguration.parsed(value, "an argument") { text in
                        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
                        return parts.count == 2 ? CNIAttachment.Argument(parts[0], parts[1]) : nil
                    })
            }
            attachment = CNIAttachment(sandbox: sandbox, namespace: namespace, interface: interface, arguments: arguments)
            list = Array(try fields.required("config").string.utf8)
            capabilities = Array(try fields.required("capabilityArgs").string.utf8)
            result = Array(try fields.required("result").string.utf8)
        } catch { throw NetworkError(.failed, "the record of CNI for pod '\(sandbox)' cannot be read: \(error)") }
    }
}
