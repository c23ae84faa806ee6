import Foundation

/// Turns the probe's document into fields. What is normalized: pids, inode numbers, peer group numbers, anonymous device numbers,
/// pseudo-terminal indices; and the hugetlb hierarchy, which exists only for the peers (see `PeerNamespace`).
struct Flattening {
    private(set) var fields: [String: String] = [:]

    init(_ document: JSONValue, namespaceNames: [String: String]) {
        for (section, value) in document.object {
            switch section {
            case "status": status(value)
            case "mounts": mounts(value)
            case "cgroups": cgroups(value)
            case "environment": environment(value)
            case "namespaces": namespaces(value, names: namespaceNames)
            case "descriptors": descriptors(value)
            case "arguments": fields["program.arguments"] = value.brief
            case "pid", "ppid":
                let number = value.integer ?? -1
                fields["program." + section] = number <= 1 ? String(number) : "other"
            case "limits", "attributes", "scheduling", "terminal", "network", "devices", "commands": members(section, value)
            default: fields["program." + section] = value.brief
            }
        }
    }

    private static let statusNames: Set<String> = [
        "Name", "Umask", "TracerPid", "Uid", "Gid", "Groups", "Threads", "SigPnd", "ShdPnd", "SigBlk", "SigIgn", "SigCgt",
        "CapInh",
        "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp", "Seccomp_filters", "Speculation_Store_Bypass",
        "SpeculationIndirectBranch", "Cpus_allowed_list", "Mems_allowed_list", "THP_enabled", "CoreDumping",
    ]

    private mutating func status(_ value: JSONValue) {
        for (name, text) in value.object where Self.statusNames.contains(name) {
            let text = text.brief.replacingOccurrences(of: "\t", with: " ").trimmingCharacters(in: .whitespaces)
            fields["status." + name] = name == "SigIgn" ? Self.withoutLibrarySignals(text) : text
        }
    }

    /// glibc's posix_spawn, which starts every runtime here, leaves its own signals 32 and 33 ignored.
    private static func withoutLibrarySignals(_ mask: String) -> String {
        UInt64(mask, radix: 16).map { String($0 & ~0x1_8000_0000, radix: 16) } ?? mask
    }

    private mutating func members(_ section: String, _ value: JSONValue) {
        for (name, member) in value.object {
            if case .object(let inner) = member {
                for (key, text) in inner { fields["\(section).\(name).\(key)"] = Self.withoutIndices(text.brief) }
            } else {
                fields["\(section).\(name)"] = Self.withoutIndices(member.brief)
            }
        }
    }

    /// One group of fields per mount point; a point mounted twice is numbered from the bottom.
    private mutating func mounts(_ value: JSONValue) {
        var seen: [String: Int] = [:]
        for line in value.array.compactMap(\.string) {
            let words = line.split(separator: " ").map(String.init)
            guard words.count > 6, let dash = words.firstIndex(of: "-") else { continue }
            let point = words[4]
            if words[dash + 1] == "cgroup", words[dash + 3].split(separator: ",").contains("hugetlb") { continue }
            seen[point, default: 0] += 1
            let name = "mounts.\(Self.withoutIndices(point))" + (seen[point]! > 1 ? "#\(seen[point]!)" : "")
            // The host's null device, where a runtime masks with it: peers have one of our own in its place.
            let isNull = words[3] == "/null" && ["devtmpfs", "null"].contains(words[dash + 2])
            fields[name + ".root"] = Self.withoutIndices(words[3])
            fields[name + ".options"] = Self.sorted(words[5])
            fields[name + ".propagation"] = words[6..<dash].map { String($0.prefix { $0 != ":" }) }.joined(separator: " ")
            fields[name + ".type"] = isNull ? "host" : words[dash + 1]
            fields[name + ".source"] = isNull ? "host" : words[dash + 2]
            fields[name + ".super"] = isNull ? "host" : Self.sorted(words[(dash + 3)...].joined(separator: " "))
        }
    }

    private mutating func cgroups(_ value: JSONValue) {
        for line in value.array.compactMap(\.string) {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3, parts[1] != "hugetlb" else { continue }
            fields["cgroups." + (parts[1].isEmpty ? "unified" : parts[1])] = parts[2]
        }
    }

    private mutating func environment(_ value: JSONValue) {
        var names: [String] = []
        for variable in value.array.compactMap(\.string) {
            let name = String(variable.prefix { $0 != "=" })
            names.append(name)
            fields["environment.\(name)", default: ""] += variable.dropFirst(name.count) + ";"
        }
        fields["environment order"] = names.joined(separator: " ")
    }

    private mutating func namespaces(_ value: JSONValue, names: [String: String]) {
        for (kind, link) in value.object {
            let link = link.brief
            fields["namespaces." + kind] = names[link] ?? (Machine.hostNamespaces[kind] == link ? "host" : "own")
        }
    }

    private mutating func descriptors(_ value: JSONValue) {
        for (number, descriptor) in value.object {
            let target = descriptor["target"]?.brief ?? ""
            let kind = target == Machine.null ? "/dev/null" : ["pipe:", "socket:"].first { target.hasPrefix($0) }
            // Our own files for a program's output carry random names.
            let output =
                target.hasPrefix("/tmp/hull-life-output-") ? "output" + (target.hasSuffix(".errors") ? " errors" : "") : nil
            fields["descriptors.\(number).target"] = kind ?? output ?? Self.withoutIndices(target)
            // O_LARGEFILE and O_CLOEXEC say how it was opened, not what it does.
            fields["descriptors.\(number).flags"] = descriptor["flags"]?.integer.map { String($0 & ~0x88000, radix: 8) }
            fields["descriptors.\(number).closesOnExec"] = descriptor["closesOnExec"]?.brief
        }
    }

    private static func sorted(_ options: String) -> String { options.split(separator: ",").sorted().joined(separator: ",") }

    private static func withoutIndices(_ text: String) -> String {
        text.trimmingCharacters(in: .newlines).replacingOccurrences(
            of: #"/dev/pts/\d+"#, with: "/dev/pts/N", options: .regularExpression
        )
        .replacingOccurrences(of: #"^/\d+$"#, with: "/N", options: .regularExpression)
    }
}
