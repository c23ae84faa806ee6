public import CommandSupport
public import PodSandbox
import PodSpec

/// ConfigMaps and Secrets as lines of a table.
public struct ConfigTable {
    private let hasNamespaces: Bool

    public init(hasNamespaces: Bool) { self.hasNamespaces = hasNamespaces }

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
