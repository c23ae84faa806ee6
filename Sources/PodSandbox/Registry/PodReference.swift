/// How a person names a pod: its name in `default`, `NAMESPACE/NAME`, or the beginning of its uid.
public struct PodReference: Hashable, Sendable, CustomStringConvertible {
    public let text: String
    let namespace: String
    let name: String

    public init(_ text: String) {
        self.text = text
        if let slash = text.utf8.firstIndex(of: UInt8(ascii: "/")) {
            namespace = String(text[..<slash])
            name = String(text[text.index(after: slash)...])
        } else {
            namespace = "default"
            name = text
        }
    }

    public var description: String { text }
}
