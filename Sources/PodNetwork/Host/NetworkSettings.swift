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

    /// The interfaces of a family whose setting has a value.
    func interfaces(_ family: String, _ setting: String, _ wanted: String) throws(NetworkError) -> [String] {
        let names: [String]
        do throws(KernelError) {
            let directory = try proc.open("sys/net/\(family)/conf", [.readOnly, .directory])
            names = try directory.descriptor.directoryEntries()
        } catch {
            if error.errno == .ENOENT { return [] }
            throw NetworkError(.failed, "cannot list the settings of \(family): \(error)")
        }
        var found: [String] = []
        for name in names.sorted() where name != "all" && name != "default" {
            if try value("\(family)/conf/\(name)/\(setting)") == wanted { found.append(name) }
        }
        return found
    }
}

extension NetworkSettings {
    /// How forwarding is now.
    func forwarding(withIPv6: Bool) throws(NetworkError) -> ForwardingBefore {
        let v4 = try isOn("ipv4/ip_forward") ?? false
        let v6 = withIPv6 ? try isOn("ipv6/conf/all/forwarding") : nil
        return ForwardingBefore(
            v4: v4, v6: v6, interfaces4: v4 ? [] : try interfaces("ipv4", "forwarding", "1"),
            acceptingAdvertisements: v6 == false ? try interfaces("ipv6", "accept_ra", "1") : [])
    }

    /// Lets the host forward.
    func enableForwarding(_ before: ForwardingBefore, bridge: String) throws(NetworkError) {
        try set("ipv4/ip_forward", to: "1")
        guard before.v6 != nil else { return }
        // Order: before forwarding, whose first effect is that routes which came by router advertisements are purged.
        for name in before.acceptingAdvertisements { try setIfPresent("ipv6/conf/\(name)/accept_ra", to: "2") }
        try set("ipv6/conf/all/forwarding", to: "1")
        // Nobody behind the bridge tells the host its routes.
        try set("ipv6/conf/\(bridge)/accept_ra", to: "0")
    }

    /// Puts everything back as it was.
    func restoreForwarding(_ before: ForwardingBefore) throws(NetworkError) {
        if !before.v4 {
            try set("ipv4/ip_forward", to: "0")
            for name in before.interfaces4 { try setIfPresent("ipv4/conf/\(name)/forwarding", to: "1") }
        }
        if before.v6 == false {
            try set("ipv6/conf/all/forwarding", to: "0")
            for name in before.acceptingAdvertisements { try setIfPresent("ipv6/conf/\(name)/accept_ra", to: "1") }
        }
    }
}
