import StrictTree

/// The parts of a configuration that are for other systems: they have no meaning on Linux and are not read, except that the closed
/// lists of names in FreeBSD's jail section are held to the specification (a wrong one marks a broken generator).
enum ForeignPlatforms {
    static func note(_ fields: inout Fields, _ warnings: inout Warnings) throws(TreeError) {
        for name in ["solaris", "windows", "vm", "zos"] as [StaticString] {
            if let value = fields.optional(name) { warnings.add("is for another platform, ignored", at: value) }
        }
        guard let freebsd = fields.optional("freebsd") else { return }
        warnings.add("is for another platform, ignored", at: freebsd)
        var members = try Fields(freebsd)
        guard let jail = members.optional("jail") else { return }
        var settings = try Fields(jail)
        for name in ["host", "ip4", "ip6", "vnet"] as [StaticString] {
            guard let value = settings.optional(name) else { continue }
            let sharing: JailSharing = try value.choice()
            if sharing == .disable, "\(name)" == "host" || "\(name)" == "vnet" {
                throw value.failure("'\(name)' cannot be disabled")
            }
        }
    }

    private enum JailSharing: String, Choice {
        case new, inherit, disable
        static var noun: String { "jail setting" }
    }
}
