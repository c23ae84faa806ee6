import InitProtocol
import LinuxTypes
import OCISpec

extension Planner {
    /// Only parameters of namespaces that the container has for itself: everything else would be the host's.
    mutating func planSysctls() throws(RuntimeError) {
        for entry in linux.sysctl.entries {
            let pointer = "/linux/sysctl/" + Self.pointerToken(entry.key)
            guard let path = Self.sysctlPath(entry.key) else {
                throw .refused(pointer, "'\(entry.key)' is no kernel parameter's name")
            }
            try checkSysctl(path, entry.key, pointer)
            if entry.value.utf8.contains(UInt8(ascii: "\n")) { throw .refused(pointer, "the value has more than one line") }
            plan.origins[.init(.sysctl, plan.`init`.sysctls.count)] = pointer
            plan.`init`.sysctls.append(SysctlPlan(path: path, value: entry.value))
        }
    }

    /// RFC 6901: `~` and `/` in a key are written `~0` and `~1`.
    private static func pointerToken(_ key: String) -> String {
        key.unicodeScalars.reduce(into: "") { token, scalar in
            switch scalar {
            case "~": token += "~0"
            case "/": token += "~1"
            default: token.unicodeScalars.append(scalar)
            }
        }
    }

    /// As `sysctl(8)` reads names: the first separator decides; with dots, a slash inside a name stands for a dot (`net.ipv4.conf.eth0/1.forwarding`).
    static func sysctlPath(_ key: String) -> String? {
        guard let separator = key.first(where: { $0 == "." || $0 == "/" }) else { return nil }
        let path = separator == "/" ? key : String(key.map { $0 == "." ? "/" : $0 == "/" ? "." : $0 })
        let names = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { Substring($0) }
        let allowed = names.allSatisfy { name in
            !name.isEmpty && name != "." && name != ".."
                && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "=") }
        }
        return allowed ? path : nil
    }

    private mutating func checkSysctl(_ path: String, _ key: String, _ pointer: String) throws(RuntimeError) {
        let kind: NamespaceKind
        if Self.ipcParameters.contains(path) || path.hasPrefix("fs/mqueue/") {
            kind = .ipc
        } else if path.hasPrefix("net/") {
            kind = .network
        } else if path == "kernel/domainname" {
            kind = .uts
        } else if path == "kernel/hostname" {
            throw .refused(pointer, "is set by /hostname")
        } else if path.hasPrefix("user/") {
            kind = .user
        } else {
            throw .refused(pointer, "'\(key)' belongs to no namespace, it would be changed for the whole host")
        }
        plan.sysctlOrigins[kind] = pointer
        guard linux.namespace(kind) != nil else {
            throw .refused(pointer, "'\(key)' needs a \(kind.specName) namespace, it would be changed for the whole host")
        }
    }

    private static let ipcParameters: Set<String> = [
        "kernel/msgmax", "kernel/msgmnb", "kernel/msgmni", "kernel/sem", "kernel/shmall", "kernel/shmmax", "kernel/shmmni",
        "kernel/shm_rmid_forced",
    ]
}
