public import CommandSupport
import LinuxKernel
import PodRecords
public import PodSandbox

/// Pods as lines of a table.
public struct PodTable {
    /// With addresses, keeper and uid.
    private let isWide: Bool
    private let hasNamespaces: Bool
    private let hostAddresses: [String]

    /// `hostAddresses` are the machine's, which pods in its network have.
    public init(isWide: Bool, hasNamespaces: Bool, hostAddresses: [String] = []) {
        self.isWide = isWide
        self.hasNamespaces = hasNamespaces
        self.hostAddresses = hostAddresses
    }

    /// `now` is nanoseconds since 1970.
    public func text(_ pods: [PodLine], now: Int64, in style: TextStyle = .plain) -> String {
        var header = ["NAME", "READY", "STATUS", "RESTARTS", "AGE"]
        if hasNamespaces { header.insert("NAMESPACE", at: 0) }
        if isWide { header += ["IP", "KEEPER", "UID"] }
        var table = Table(header, keeping: [hasNamespaces ? 1 : 0])
        let column = hasNamespaces ? 3 : 2
        for pod in pods { table.add(row(pod, now), moods: StateMood.of(pod.summary).map { [column: $0] } ?? [:]) }
        return table.text(in: style)
    }

    private func row(_ pod: PodLine, _ now: Int64) -> [String] {
        let sandbox = pod.sandbox
        var row = [
            sandbox.name, pod.readiness, pod.summary, "\(sandbox.tally.restarts)", Age.text(from: sandbox.createdAt, to: now),
        ]
        if hasNamespaces { row.insert(sandbox.namespace, at: 0) }
        if isWide {
            let addresses = pod.addresses(host: hostAddresses)
            row += [
                addresses.isEmpty ? "-" : addresses.joined(separator: ","), sandbox.keeper.map { "\($0.pid)" } ?? "-",
                sandbox.uid.string,
            ]
        }
        return row
    }
}

/// A length of time as kubectl shows it: two units at most.
enum Age {
    /// Both in nanoseconds since 1970. What has not begun yet, by a clock that was set back, is as if it began now.
    static func text(from begin: Int64, to end: Int64) -> String {
        let seconds = max(0, end / 1_000_000_000 - begin / 1_000_000_000)
        if seconds < 120 { return "\(seconds)s" }
        let minutes = seconds / 60
        if minutes < 10 { return two(minutes, "m", seconds % 60, "s") }
        if minutes < 180 { return "\(minutes)m" }
        let hours = minutes / 60
        if hours < 8 { return two(hours, "h", minutes % 60, "m") }
        if hours < 48 { return "\(hours)h" }
        let days = hours / 24
        if days < 8 { return two(days, "d", hours % 24, "h") }
        if days < 730 { return "\(days)d" }
        let years = days / 365
        return years < 8 ? two(years, "y", days % 365, "d") : "\(years)y"
    }

    private static func two(_ large: Int64, _ unit: String, _ small: Int64, _ part: String) -> String {
        "\(large)\(unit)" + (small > 0 ? "\(small)\(part)" : "")
    }
}
