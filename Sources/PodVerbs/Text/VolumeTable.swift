public import CommandSupport
import LinuxKernel
public import PodSandbox
import PodSpec
import StrictTree

/// Named volumes as lines of a table.
public enum VolumeTable {
    /// The same as an array with an object for each.
    public static func json(_ lines: [VolumeStore.Line]) -> [UInt8] {
        var json = JSONWriter(.spaces(2))
        json.array { json in
            for line in lines {
                json.object { json in
                    json.member("namespace", line.claim.metadata.namespace)
                    json.member("name", line.claim.metadata.name)
                    json.member("accessModes", line.claim.accessModes.map(\.rawValue))
                    json.member("size", line.claim.size.map { "\($0)" })
                    json.member("usedBy", line.users)
                    json.member("createdAt", line.createdAt.rfc3339)
                }
            }
        }
        return json.bytes + [UInt8(ascii: "\n")]
    }

    /// `now` is nanoseconds since 1970.
    public static func text(_ lines: [VolumeStore.Line], hasNamespaces: Bool, now: Int64, in style: TextStyle = .plain) -> String
    {
        var table = Table((hasNamespaces ? ["NAMESPACE"] : []) + ["NAME", "ACCESS", "SIZE", "USED BY", "AGE"])
        for line in lines {
            let claim = line.claim
            table.add(
                (hasNamespaces ? [claim.metadata.namespace] : []) + [
                    claim.metadata.name,
                    claim.accessModes.isEmpty ? "-" : claim.accessModes.map(\.rawValue).joined(separator: ","),
                    claim.size.map { "\($0)" } ?? "-", line.users.isEmpty ? "-" : line.users.joined(separator: ","),
                    Age.text(from: line.createdAt, to: now),
                ])
        }
        return table.text(in: style)
    }
}
