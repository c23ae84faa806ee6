internal import OCISpec

extension PlanBuilder {
    /// `linux.resources.devices`: everything is denied at first, the rules apply in order, then the devices that every container has.
    /// v1: writes to the devices controller. v2: a BPF program.
    mutating func addDevices(_ rules: [Resources.DeviceRule]) throws(CgroupError) {
        let all = rules + Self.everyContainersDevices
        if let index = plan.legacy.firstIndex(where: { $0.hierarchy.controllers.contains(.devices) }) {
            var list = DeviceExceptionList()
            for (index, rule) in all.enumerated() {
                let isGiven = index < rules.count
                do throws(DeviceExceptionList.Inexpressible) {
                    try list.apply(rule)
                } catch {
                    let pointer = Self.pointer(isGiven ? "devices/\(index)" : "devices")
                    let what = "\(rule.verb) \(rule.text)"
                    throw .refused(
                        pointer: pointer, reason: "\(what) cuts a part out of an earlier rule, which cgroup v1 cannot do")
                }
            }
            plan.legacy[index].writes += list.writes
            return
        }
        let program = DeviceProgram(rules: all)
        if program.allowsEverything { return }
        guard plan.unified != nil else {
            throw .refused(pointer: Self.pointer("devices"), reason: "this host has no cgroup controller 'devices'")
        }
        plan.deviceProgram = program
    }

    /// Allowed behind the configuration's rules, as runc does: to make any node, and to use null, zero, full, random, urandom, tty, ptmx, the
    /// pseudo-terminals and tun. None of them reaches the host.
    static let everyContainersDevices: [Resources.DeviceRule] = [
        .init(allow: true, type: .character, access: .mknod),
        .init(allow: true, type: .block, access: .mknod),
        .init(allow: true, type: .character, major: 1, minor: 3),
        .init(allow: true, type: .character, major: 1, minor: 5),
        .init(allow: true, type: .character, major: 1, minor: 7),
        .init(allow: true, type: .character, major: 1, minor: 8),
        .init(allow: true, type: .character, major: 1, minor: 9),
        .init(allow: true, type: .character, major: 5, minor: 0),
        .init(allow: true, type: .character, major: 5, minor: 2),
        .init(allow: true, type: .character, major: 136),
        .init(allow: true, type: .character, major: 10, minor: 200),
    ]
}

extension Resources.DeviceRule {
    var verb: String { allow ? "allow" : "deny" }

    /// As v1 takes it: `c 136:* rwm`.
    var text: String {
        let major = major.map(String.init) ?? "*"
        let minor = minor.map(String.init) ?? "*"
        return "\(type.rawValue) \(major):\(minor) \(access.letters)"
    }
}

/// What ordered rules come to in cgroup v1's devices controller: one default and a list of exceptions from it. The controller itself takes an
/// exception back only where its numbers are exactly the same, and says nothing otherwise; here that is an error.
struct DeviceExceptionList: Equatable {
    struct Inexpressible: Error {}

    /// Exceptions allow where false, deny where true.
    private(set) var allowsByDefault = false
    private(set) var exceptions: [Exception] = []

    struct Exception: Equatable {
        let type: DeviceRuleType
        let major: UInt32?
        let minor: UInt32?
        var access: DeviceAccess

        func hasSameNumbers(as other: Exception) -> Bool {
            type == other.type && major == other.major && minor == other.minor
        }

        /// Whether all its devices are the other's too.
        func isWithin(_ other: Exception) -> Bool {
            type == other.type && (other.major == nil || major == other.major) && (other.minor == nil || minor == other.minor)
        }

        /// The devices that both are for, with this one's access; nil where there are none.
        func intersection(with other: Exception) -> Exception? {
            guard type == other.type, major == nil || other.major == nil || major == other.major,
                minor == nil || other.minor == nil || minor == other.minor
            else { return nil }
            return Exception(type: type, major: major ?? other.major, minor: minor ?? other.minor, access: access)
        }
    }

    mutating func apply(_ rule: Resources.DeviceRule) throws(Inexpressible) {
        if rule.type == .all {
            // The kernel ignores numbers and access behind 'a'; a rule that has some must not become one for everything.
            guard rule.major == nil, rule.minor == nil, rule.access == .all else {
                for type in [DeviceRuleType.character, .block] {
                    var half = rule
                    half.type = type
                    try apply(half)
                }
                return
            }
            allowsByDefault = rule.allow
            exceptions = []
        } else if rule.allow == allowsByDefault {
            try takeBack(rule)
        } else {
            insert(Exception(type: rule.type, major: rule.major, minor: rule.minor, access: rule.access))
        }
    }

    /// The kernel looks for one exception that covers the whole access that is asked for. So each exception has the access of those that are
    /// wider, and where two cross there is a third for what they share.
    private mutating func insert(_ new: Exception) {
        for shared in exceptions.compactMap({ $0.intersection(with: new) }) + [new] {
            let covering = exceptions.filter { shared.isWithin($0) }
            let access = covering.reduce(shared.access.union(new.access)) { $0.union($1.access) }
            if let index = exceptions.firstIndex(where: { $0.hasSameNumbers(as: shared) }) {
                exceptions[index].access = access
            } else {
                exceptions.append(.init(type: shared.type, major: shared.major, minor: shared.minor, access: access))
            }
        }
    }

    private mutating func takeBack(_ rule: Resources.DeviceRule) throws(Inexpressible) {
        let taken = Exception(type: rule.type, major: rule.major, minor: rule.minor, access: rule.access)
        for index in exceptions.indices where !exceptions[index].access.isDisjoint(with: taken.access) {
            guard exceptions[index].intersection(with: taken) != nil else { continue }
            guard exceptions[index].isWithin(taken) else { throw Inexpressible() }
            exceptions[index].access.subtract(taken.access)
        }
        exceptions.removeAll { $0.access.isEmpty }
    }

    /// A new cgroup has its parent's list. Where all is allowed nothing is written but the exceptions: the parent's restrictions stay.
    var writes: [Plan.Write] {
        let pointer = PlanBuilder.pointer("devices")
        let file = allowsByDefault ? "devices.deny" : "devices.allow"
        let first = allowsByDefault ? [] : [Plan.Write("devices.deny", "a", pointer: pointer)]
        return first
            + exceptions.map { exception in
                let rule = Resources.DeviceRule(
                    allow: !allowsByDefault, type: exception.type, major: exception.major, minor: exception.minor,
                    access: exception.access)
                return Plan.Write(file, rule.text, pointer: pointer)
            }
    }
}
