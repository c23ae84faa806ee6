import StrictTree

extension ResourceRequirements {
    init?(reading value: Value, _ report: Report) {
        let fields = FieldReader(value, .resourceRequirements, report)
        self.init(
            requests: ResourceList(fields.members("requests"), report, isLimit: false),
            limits: ResourceList(fields.members("limits"), report, isLimit: true))
        for (name, request, limit) in [("cpu", requests.cpu, limits.cpu), ("memory", requests.memory, limits.memory)] {
            guard let request, let limit, request > limit else { continue }
            report.refuse(fields.value("requests") ?? value, "the request of \(name), \(request), is above its limit, \(limit)")
        }
        // A limit without a request is asked for as a whole.
        requests.cpu = requests.cpu ?? limits.cpu
        requests.memory = requests.memory ?? limits.memory
        checkHugePages(fields)
    }

    /// Huge pages are never lent: what is asked for is what there is.
    private mutating func checkHugePages(_ fields: FieldReader) {
        guard !limits.hugePages.isEmpty || !requests.hugePages.isEmpty else { return }
        let place = fields.value("limits") ?? fields.value("requests") ?? fields.object
        for (size, amount) in requests.hugePages where limits.hugePages[size]?.nano != amount.nano {
            fields.report.refuse(place, "huge pages have a limit that is their request: write both alike, or the limit alone")
        }
        if limits.cpu == nil, limits.memory == nil, requests.cpu == nil, requests.memory == nil {
            fields.report.refuse(place, "huge pages need cpu or memory beside them")
        }
        requests.hugePages = limits.hugePages
    }
}

extension ResourceList {
    fileprivate init(_ members: [Member], _ report: Report, isLimit: Bool) {
        self.init()
        for member in members {
            let name = member.anyKey
            switch name {
            case "cpu": cpu = Self.amount(member, report)
            case "memory": memory = Self.amount(member, report)
            case "ephemeral-storage" where isLimit:
                ephemeralStorage = Self.storage(member, report)
            case "ephemeral-storage":
                _ = Self.amount(member, report)
                report.note(.inert, member, "storage is not set apart: there is one machine and nothing to schedule")
            case _ where name.hasPrefix("hugepages-"):
                if let (size, amount) = Self.hugePages(name, member, report) { hugePages[size] = amount }
            case _ where name.utf8.contains(Syntax.slash):
                report.refuse(
                    member, "there are no resources beside cpu and memory: a device is a volume or a device of the host")
            default:
                report.refuse(
                    member, "unknown resource '\(name)'\(Suggestion.hint(for: name, in: ["cpu", "memory", "hugepages-2Mi"]))")
            }
        }
    }

    private static func hugePages(_ name: String, _ member: Member, _ report: Report) -> (UInt64, Quantity)? {
        let text = String(name.dropFirst("hugepages-".utf8.count))
        guard let size = Quantity(text), size.nano > 0, let bytes = UInt64(exactly: size.value), bytes & (bytes - 1) == 0,
            bytes >= 4096
        else {
            report.refuse(member, "'\(text)' is no size of a page: expected one as 2Mi or 1Gi")
            return nil
        }
        guard let amount = amount(member, report) else { return nil }
        guard amount.value % Int128(bytes) == 0 else {
            report.refuse(member.value, "\(amount) is no number of whole pages of \(text)")
            return nil
        }
        return (bytes, amount)
    }

    /// Less than a directory needs is no limit that a container could live with.
    private static func storage(_ member: Member, _ report: Report) -> Quantity? {
        guard let amount = amount(member, report) else { return nil }
        if amount.nano > 0, amount.value < 64 << 10 {
            report.refuse(member.value, "a container does not live on \(amount) of storage: 64Ki is the least")
        }
        return amount.nano > 0 ? amount : nil
    }

    private static func amount(_ member: Member, _ report: Report) -> Quantity? {
        guard let amount = Quantity(reading: member.value, report) else { return nil }
        if amount.nano < 0 { report.refuse(member.value, "an amount is not below zero") }
        return amount
    }
}
