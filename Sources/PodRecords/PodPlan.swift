public import LinuxTypes
public import StrictTree

/// What a keeper must know of its pod: which containers to start in which order, and what to do when one ends. Everything else about them is between the
/// manifest and the worker that starts them.
public struct PodPlan: Equatable, Sendable {
    public var uid: PodUID
    /// Seconds between the stop signal and the kill.
    public var gracePeriod: UInt32
    /// Whether the pod is removed when it has ended.
    public var removesItself = false
    /// Which network it gets, as `hull run --network` was told.
    public var network: String
    /// What was configured for it when the pod was made, a JSON document; empty where the network needs nothing.
    public var networkSettings: String
    /// The first of the 65,536 ids of the machine that are the pod's users; nil for one without a user namespace.
    public var firstUser: UInt32?
    /// Init containers in their order, then the others.
    public var containers: [Container]
    /// The container that people mean who name none, as the manifest says; nil where it says nothing.
    public var defaultContainer: String?

    public init(
        uid: PodUID, gracePeriod: UInt32, removesItself: Bool = false, network: String = "none", networkSettings: String = "",
        containers: [Container]
    ) {
        self.uid = uid
        self.gracePeriod = gracePeriod
        self.removesItself = removesItself
        self.network = network
        self.networkSettings = networkSettings
        self.containers = containers
    }

    public enum Restart: String, CaseIterable, Sendable {
        case always = "Always"
        case onFailure = "OnFailure"
        case never = "Never"

        /// Whether one that ended so is started again. nil is an end that nobody saw.
        public func applies(to exitCode: Int32?) -> Bool {
            switch self {
            case .always: true
            case .onFailure: exitCode != 0
            case .never: false
            }
        }
    }

    public struct Container: Equatable, Sendable {
        public var name: String
        /// Whether it must end, with code 0, before the next is started.
        public var isInit: Bool
        public var restart: Restart
        public var stopSignal: Signal
        public var hasTerminal: Bool
        /// Whether it has a stdin that can be written to.
        public var hasInput: Bool
        /// Whether its stdin ends when the first who attached to it goes.
        public var endsInputOnce: Bool

        public init(
            name: String, isInit: Bool = false, restart: Restart = .always, stopSignal: Signal = .terminate,
            hasTerminal: Bool = false,
            hasInput: Bool = false, endsInputOnce: Bool = false
        ) {
            self.name = name
            self.isInit = isInit
            self.restart = restart
            self.stopSignal = stopSignal
            self.hasTerminal = hasTerminal
            self.hasInput = hasInput
            self.endsInputOnce = endsInputOnce
        }
    }
}

extension PodPlan {
    /// The one that is meant where none is named: what the manifest says, else the first of those that run together.
    public var mainContainer: String? { defaultContainer ?? containers.first { !$0.isInit }?.name }

    /// The container of this name; nil where there is none.
    public func container(_ name: String) -> Container? { containers.first { $0.name == name } }

    /// Whether the pod is to run again after the machine went down under it, as a kubelet would have it: one of the containers that run together is to be
    /// started again after such an end. `statuses` are as they are recorded.
    public func runsAgain(after statuses: [ContainerStatus]) -> Bool {
        containers.contains { container in
            guard !container.isInit else { return false }
            let status = statuses.first { $0.name == container.name }
            return container.restart.applies(to: status?.termination?.exitCode)
        }
    }

    /// The id of one attempt to run a container: the engine's name for it, and that of its cgroup.
    public static func containerID(_ uid: PodUID, _ name: String, _ attempt: UInt32) -> String { "\(uid).\(name).\(attempt)" }

    /// One JSON object.
    public var json: [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("uid", uid.string)
            json.member("gracePeriod", gracePeriod)
            json.member("removesItself", removesItself)
            json.member("network", network)
            if !networkSettings.isEmpty { json.member("networkSettings", networkSettings) }
            if let firstUser { json.member("firstUser", firstUser) }
            json.member("defaultContainer", defaultContainer)
            json.array("containers") { json in
                for container in containers {
                    json.object { json in
                        json.member("name", container.name)
                        json.member("init", container.isInit)
                        json.member("restart", container.restart.rawValue)
                        json.member("stopSignal", container.stopSignal.rawValue)
                        json.member("terminal", container.hasTerminal)
                        json.member("input", container.hasInput)
                        json.member("inputOnce", container.endsInputOnce)
                    }
                }
            }
        }
        return json.bytes
    }

    public init(json bytes: [UInt8]) throws(TreeError) {
        var fields = try Fields(Document(json: bytes).root)
        uid = try fields.required("uid").podUID
        gracePeriod = try fields.required("gracePeriod").integer(in: 0...UInt32.max)
        removesItself = try fields.required("removesItself").bool
        network = try fields.string("network") ?? "none"
        networkSettings = try fields.string("networkSettings") ?? ""
        firstUser = try fields.optional("firstUser").map { value throws(TreeError) in try value.integer(in: 1...UInt32.max) }
        defaultContainer = try fields.string("defaultContainer")
        containers = []
        for element in try fields.required("containers").array {
            var fields = try Fields(element)
            containers.append(
                Container(
                    name: try fields.required("name").string, isInit: try fields.required("init").bool,
                    restart: try fields.required("restart").word(),
                    stopSignal: Signal(rawValue: try fields.required("stopSignal").integer(in: 1...Signal.highest)),
                    hasTerminal: try fields.required("terminal").bool, hasInput: try fields.required("input").bool,
                    endsInputOnce: try fields.required("inputOnce").bool))
        }
    }
}
