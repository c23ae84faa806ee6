public import CommandSupport
public import PodSandbox
import PodSpec

/// Named volumes as lines of a table.
public enum VolumeTable {
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
