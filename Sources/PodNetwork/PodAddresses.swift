public import Netlink

/// What a pod has got: its interface and its addresses.
public struct PodAddresses: Hashable, Sendable {
    /// The interface in the pod, always `eth0`.
    public let interface: InterfaceName
    /// The other end, a port of the bridge.
    public let port: InterfaceName
    public let hardwareAddress: HardwareAddress
    /// IPv4 first.
    public let addresses: [IPAddress]
    /// The bridge's addresses, in the order of `addresses`.
    public let gateways: [IPAddress]
}
