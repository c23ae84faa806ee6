import LinuxKernel
import LinuxTypes

/// The settings below `/proc/sys/net` of the caller's network namespace.
struct NetworkSettings: ~Copyable {
    private let proc: ProcFS

    init() throws(NetworkError) {
        proc = try during("cannot reach the settings of the network") { () throws(KernelError) in try ProcFS() }
    }

    /// nil where there is no such setting.
    func value(_ name: String) throws(NetworkError) -> String? {
        do throws(KernelError) {
            let file = try proc.open("sys/net/" + name, .readOnly)
            let bytes = try file.descriptor.readToEnd(limit: 256, subject: name)
            return String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        } catch {
            if error.errno == .ENOENT { return nil }
            throw NetworkError(.failed, "cannot read the setting net/\(name): \(error)")
        }
    }

    func isOn(_ name: String) throws(NetworkError) -> Bool? { try value(name).map { $0 != "0" } }

    /// Writes a setting, unless it is so already.
    func set(_ name: String, to value: String) throws(NetworkError) {
        if try self.value(name) == value { return }
        try during("cannot set net/\(name) to \(value)") { () throws(KernelError) in
            try proc.write(value, to: "sys/net/" + name)
        }
    }

    /// As `set`, of an interface that may be gone by now.
    func setIfPresent(_ name: String, to value: String) throws(NetworkError) {
        if try self.value(name) != nil { try set(name, to: value) }
    }

    /// The interfaces of a family, by name.
    func interfaces(_ family: String) throws(NetworkError) -> [String] {
        do throws(KernelError) {
            let directory = try proc.open("sys/net/\(family)/conf", [.readOnly, .directory])
            return try directory.descriptor.directoryEntries().filter { $0 != "all" && $0 != "default" }.sorted()
        } catch {
            if error.errno == .ENOENT { return [] }
            throw NetworkError(.failed, "cannot list the settings of \(family): \(error)")
        }
    }

    /// The interfaces of a family whose setting has a value.
    func interfaces(_ family: String, _ setting: String, _ wanted: String) throws(NetworkError) -> [String] {
        var found: [String] = []
        for name in try interfaces(family) where try value("\(family)/conf/\(name)/\(setting)") == wanted { found.append(name) }
        return found
    }
}

extension NetworkSettings {
    /// How forwarding is now.
    func forwarding(withIPv6: Bool) throws(NetworkError) -> ForwardingBefore {
        let v4 = try isOn("ipv4/ip_forward") ?? false
        let v6 = withIPv6 ? try isOn("ipv6/conf/all/forwarding") : nil
        var before = ForwardingBefore(
            v4: v4, v6: v6, interfaces4: v4 ? [] : try interfaces("ipv4", "forwarding", "1"),
            acceptingAdvertisements: v6 == false ? try interfaces("ipv6", "accept_ra", "1") : [])
        if !v4 {
            before.acceptsRedirects = try isOn("ipv4/conf/all/accept_redirects")
            before.defaults.forwards4 = try isOn("ipv4/conf/default/forwarding") ?? false
        }
        if v6 == false {
            before.interfaces6 = try interfaces("ipv6", "forwarding", "1")
            before.defaults.forwards6 = try isOn("ipv6/conf/default/forwarding") ?? false
            before.defaults.acceptsAdvertisements = try value("ipv6/conf/default/accept_ra") == "1"
        }
        if !v4 || v6 == false { before.known = try interfaces("ipv4") }
        return before
    }

    /// Lets the host forward.
    func enableForwarding(_ before: ForwardingBefore, bridge: String) throws(NetworkError) {
        try set("ipv4/ip_forward", to: "1")
        guard before.v6 != nil else { return }
        // Order: before forwarding, whose first effect is that routes which came by router advertisements are purged.
        for name in before.acceptingAdvertisements { try setIfPresent("ipv6/conf/\(name)/accept_ra", to: "2") }
        // Interfaces that appear meanwhile hear advertisements too.
        if before.defaults.acceptsAdvertisements { try set("ipv6/conf/default/accept_ra", to: "2") }
        try set("ipv6/conf/all/forwarding", to: "1")
        // Nobody behind the bridge tells the host its routes.
        try set("ipv6/conf/\(bridge)/accept_ra", to: "0")
    }

    /// Puts everything back as it was. Interfaces that appeared meanwhile become what they would have been without us: what `default` was.
    func restoreForwarding(_ before: ForwardingBefore, bridge: String) throws(NetworkError) {
        if !before.v4 {
            // Order: first the kernel's switch, which writes to all the others.
            try set("ipv4/ip_forward", to: "0")
            if let accepts = before.acceptsRedirects { try set("ipv4/conf/all/accept_redirects", to: accepts ? "1" : "0") }
            for name in before.interfaces4 { try setIfPresent("ipv4/conf/\(name)/forwarding", to: "1") }
            if before.defaults.forwards4 {
                try set("ipv4/conf/default/forwarding", to: "1")
                for name in try appeared("ipv4", since: before, bridge) {
                    try setIfPresent("ipv4/conf/\(name)/forwarding", to: "1")
                }
            }
        }
        guard before.v6 == false else { return }
        try set("ipv6/conf/all/forwarding", to: "0")
        for name in before.interfaces6 { try setIfPresent("ipv6/conf/\(name)/forwarding", to: "1") }
        if before.defaults.forwards6 {
            try set("ipv6/conf/default/forwarding", to: "1")
            for name in try appeared("ipv6", since: before, bridge) { try setIfPresent("ipv6/conf/\(name)/forwarding", to: "1") }
        }
        for name in before.acceptingAdvertisements { try acceptAsBefore(name) }
        if before.defaults.acceptsAdvertisements {
            try acceptAsBefore("default")
            for name in try appeared("ipv6", since: before, bridge) { try acceptAsBefore(name) }
        }
    }

    /// What somebody has changed meanwhile is his.
    private func acceptAsBefore(_ interface: String) throws(NetworkError) {
        let name = "ipv6/conf/\(interface)/accept_ra"
        if try value(name) == "2" { try setIfPresent(name, to: "1") }
    }

    private func appeared(
        _ family: String, since before: ForwardingBefore, _ bridge: String
    ) throws(NetworkError) -> [String] {
        let known = Set(before.known + [bridge])
        return try interfaces(family).filter { !known.contains($0) }
    }
}
