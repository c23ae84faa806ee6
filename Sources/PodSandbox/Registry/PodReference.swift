/// How a person names a pod: its name in `default`, `NAMESPACE/NAME`, either behind `pod/` as lists print them, or the beginning of its uid.
public struct PodReference: Hashable, Sendable, CustomStringConvertible {
    public let text: String
    let namespace: String
    let name: String
    /// Whether it could mean a pod in a namespace called `pod` just as well.
    let isAmbiguous: Bool

    public init(_ text: String) {
        self.text = text
        var parts = text.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        isAmbiguous = parts.count == 2 && parts[0] == Self.kind
        if parts.count > 1, parts[0] == Self.kind { parts.removeFirst() }
        namespace = parts.count > 1 ? parts[0] : "default"
        name = (parts.count > 1 ? parts.dropFirst() : parts[...]).joined(separator: "/")
    }

    /// As lists print it, so that every verb takes it: without the namespace where that is the one that is meant anyway.
    public static func printed(_ name: String, in namespace: String, isWhole: Bool) -> String {
        "\(kind)/" + (isWhole ? "\(namespace)/\(name)" : short(name, in: namespace))
    }

    /// As people write it.
    public static func short(_ name: String, in namespace: String) -> String {
        namespace == "default" ? name : "\(namespace)/\(name)"
    }

    private static let kind = "pod"

    public var description: String { text }
}
