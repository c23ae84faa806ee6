public import StrictTree

/// When a hook runs, runtime-spec "POSIX-platform Hooks", in the order of a container's life.
public enum HookKind: String, CaseIterable, Hashable, Sendable {
    case prestart, createRuntime, createContainer, startContainer, poststart, poststop
}

/// The programs to run along a container's life, `hooks`; each list in its order.
public struct Hooks: SpecValue {
    /// Deprecated by the specification in favour of the next three.
    public var prestart: [Hook]
    public var createRuntime: [Hook]
    public var createContainer: [Hook]
    public var startContainer: [Hook]
    public var poststart: [Hook]
    public var poststop: [Hook]

    public init(
        prestart: [Hook] = [], createRuntime: [Hook] = [], createContainer: [Hook] = [], startContainer: [Hook] = [],
        poststart: [Hook] = [], poststop: [Hook] = []
    ) {
        self.prestart = prestart
        self.createRuntime = createRuntime
        self.createContainer = createContainer
        self.startContainer = startContainer
        self.poststart = poststart
        self.poststop = poststop
    }

    public subscript(kind: HookKind) -> [Hook] {
        switch kind {
        case .prestart: prestart
        case .createRuntime: createRuntime
        case .createContainer: createContainer
        case .startContainer: startContainer
        case .poststart: poststart
        case .poststop: poststop
        }
    }
}

extension Hooks {
    public init(from value: Value, noting warnings: inout Warnings) throws(TreeError) {
        var fields = try Fields(value)
        prestart = try fields.list("prestart", &warnings)
        createRuntime = try fields.list("createRuntime", &warnings)
        createContainer = try fields.list("createContainer", &warnings)
        startContainer = try fields.list("startContainer", &warnings)
        poststart = try fields.list("poststart", &warnings)
        poststop = try fields.list("poststop", &warnings)
        warnings.addUnknown(of: fields)
    }

    public func writeMembers(to json: inout JSONWriter) {
        for kind in HookKind.allCases { json.list(kind.rawValue, self[kind]) }
    }
}
