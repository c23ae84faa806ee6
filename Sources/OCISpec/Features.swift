public import StrictTree

/// What `features` prints (features-schema.json): what this runtime knows, whether or not the host can do it.
/// nil is "unknown" and left out; empty is "none".
public struct Features: Equatable, Sendable {
    public var ociVersionMin: String
    public var ociVersionMax: String
    public var hooks: [HookKind]?
    public var mountOptions: [String]?
    public var linux: Linux?
    public var annotations: OrderedMap<String>
    /// A trailing dot makes an entry a prefix.
    public var potentiallyUnsafeConfigAnnotations: [String]?

    public init(
        ociVersionMin: String, ociVersionMax: String, hooks: [HookKind]? = nil, mountOptions: [String]? = nil,
        linux: Linux? = nil, annotations: OrderedMap<String> = [:], potentiallyUnsafeConfigAnnotations: [String]? = nil
    ) {
        self.ociVersionMin = ociVersionMin
        self.ociVersionMax = ociVersionMax
        self.hooks = hooks
        self.mountOptions = mountOptions
        self.linux = linux
        self.annotations = annotations
        self.potentiallyUnsafeConfigAnnotations = potentiallyUnsafeConfigAnnotations
    }

    public func json(_ layout: JSONWriter.Layout = .spaces(4)) -> [UInt8] {
        var json = JSONWriter(layout)
        json.object { json in
            json.member("ociVersionMin", ociVersionMin)
            json.member("ociVersionMax", ociVersionMax)
            json.member("hooks", hooks?.map(\.rawValue))
            json.member("mountOptions", mountOptions)
            if let linux { json.object("linux") { linux.writeMembers(to: &$0) } }
            json.map("annotations", annotations)
            json.member("potentiallyUnsafeConfigAnnotations", potentiallyUnsafeConfigAnnotations)
        }
        return json.bytes
    }
}
