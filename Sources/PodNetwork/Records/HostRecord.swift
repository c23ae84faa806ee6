import StrictTree

/// What was done to the host for its pods, and how it was before: `/network/host`.
struct HostRecord: Hashable, Sendable {
    enum State: String, Sendable {
        /// The record is written; of the bridge, the settings and the tables some may be there.
        case raising
        case up
        /// Some may be gone already.
        case lowering
    }

    var state: State
    var configuration: NetworkConfiguration
    var before: ForwardingBefore

    func encoded() -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("state", state.rawValue)
            json.object("configuration") { configuration.write(&$0) }
            json.object("before") { before.write(&$0) }
        }
        return json.bytes
    }

    init(state: State, configuration: NetworkConfiguration, before: ForwardingBefore) {
        self.state = state
        self.configuration = configuration
        self.before = before
    }

    init(decoding bytes: [UInt8]) throws(NetworkError) {
        do throws(TreeError) {
            var fields = try Fields(Document(json: bytes).root)
            state = try NetworkConfiguration.parsed(fields.required("state"), "a state") { State(rawValue: $0) }
            before = try ForwardingBefore(fields.required("before"))
            configuration = try NetworkConfiguration(reading: fields.required("configuration"))
        } catch { throw NetworkError(.failed, "the record of the network cannot be read: \(error)") }
    }
}

/// The settings that forwarding needs, and those that the kernel changes with it, as they were before the first pod.
///
/// The kernel's switch of forwarding writes itself to each interface and to `default`, which interfaces that appear are made of, and turns
/// `accept_redirects` of IPv4 the other way.
struct ForwardingBefore: Hashable, Sendable {
    /// `net.ipv4.ip_forward`.
    var v4: Bool
    /// `net.ipv6.conf.all.forwarding`; nil where the kernel has no IPv6 or pods have none.
    var v6: Bool?
    /// Interfaces that forwarded IPv4 although the host did not.
    var interfaces4: [String]
    /// Interfaces whose `accept_ra` was 1: a host that forwards would ignore router advertisements there and lose its routes.
    var acceptingAdvertisements: [String]
    /// Interfaces that were routers for IPv6 although the host was not.
    var interfaces6: [String] = []
    /// `net.ipv4.conf.all.accept_redirects`; nil where it is not ours to restore.
    var acceptsRedirects: Bool?
    /// The same of `default`.
    var defaults = Defaults()
    /// All interfaces that there were, and `lo`: others have appeared meanwhile.
    var known: [String] = []

    /// What interfaces that appear begin with.
    struct Defaults: Hashable, Sendable {
        var forwards4 = false
        var forwards6 = false
        /// Whether `accept_ra` was 1.
        var acceptsAdvertisements = false
    }

    /// Whether nobody but us wants the host to forward: then all but the pods' packets are dropped.
    var isGuarded4: Bool { !v4 && interfaces4.isEmpty }
    var isGuarded6: Bool { v6 == false }

    func write(_ json: inout JSONWriter) {
        json.member("forwarding4", v4)
        json.member("forwarding6", v6)
        json.member("interfaces4", interfaces4)
        json.member("acceptRA", acceptingAdvertisements)
        json.member("interfaces6", interfaces6)
        json.member("acceptRedirects", acceptsRedirects)
        json.member("defaultForwarding4", defaults.forwards4)
        json.member("defaultForwarding6", defaults.forwards6)
        json.member("defaultAcceptRA", defaults.acceptsAdvertisements)
        json.member("known", known)
    }

    init(_ value: Value) throws(TreeError) {
        var fields = try Fields(value)
        v4 = try fields.required("forwarding4").bool
        v6 = try fields.bool("forwarding6")
        interfaces4 = try fields.strings("interfaces4")
        acceptingAdvertisements = try fields.strings("acceptRA")
        // A network that an older program has raised has none of these.
        interfaces6 = try fields.strings("interfaces6")
        acceptsRedirects = try fields.bool("acceptRedirects")
        defaults.forwards4 = try fields.bool("defaultForwarding4") ?? false
        defaults.forwards6 = try fields.bool("defaultForwarding6") ?? false
        defaults.acceptsAdvertisements = try fields.bool("defaultAcceptRA") ?? false
        known = try fields.strings("known")
    }

    init(v4: Bool, v6: Bool?, interfaces4: [String], acceptingAdvertisements: [String]) {
        self.v4 = v4
        self.v6 = v6
        self.interfaces4 = interfaces4
        self.acceptingAdvertisements = acceptingAdvertisements
    }
}
