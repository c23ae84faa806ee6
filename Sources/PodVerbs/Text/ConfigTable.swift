public import CommandSupport
import LinuxKernel
public import PodSandbox
import PodSpec
import StrictTree

/// ConfigMaps and Secrets as lines of a table.
public struct ConfigTable {
    private let hasNamespaces: Bool

    public init(hasNamespaces: Bool) { self.hasNamespaces = hasNamespaces }

    /// The same as an array with an object for each.
    public static func json(_ lines: [ConfigStore.Line]) -> [UInt8] {
        var json = JSONWriter(.spaces(2))
        json.array { json in
            for line in lines {
                json.object { json in
                    json.member("kind", line.kind.rawValue)
                    json.member("namespace", line.metadata.namespace)
                    json.member("name", line.metadata.name)
                    json.member("keys", line.keys)
                    json.member("bytes", line.size)
                    json.member("immutable", line.isImmutable)
                    json.member("createdAt", line.createdAt.rfc3339)
                }
            }
        }
        return json.bytes + [UInt8(ascii: "\n")]
    }

    /// `now` is nanoseconds since 1970.
    public func text(_ lines: [ConfigStore.Line], now: Int64, in style: TextStyle = .plain) -> String {
        var table = Table((hasNamespaces ? ["NAMESPACE"] : []) + ["KIND", "NAME", "KEYS", "BYTES", "IMMUTABLE", "AGE"])
        for line in lines {
            table.add(
                (hasNamespaces ? [line.metadata.namespace] : []) + [
                    line.kind.word, line.metadata.name, "\(line.keys)", "\(line.size)", line.isImmutable ? "yes" : "no",
                    Age.text(from: line.createdAt, to: now),
                ])
        }
        return table.text(in: style)
    }
}
