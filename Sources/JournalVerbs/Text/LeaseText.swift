import CommandSupport
public import Journal
import StrictTree

/// What `lease` prints: etcdctl's lines, etcd's names in JSON. Times are whole seconds, rounded up; those of a lease that has ended are -1.
public enum LeaseText {
    public static func granted(_ lease: Lease, _ revision: Revision, _ format: PrintFormat) -> [UInt8] {
        text([lease], revision, format) { json in
            json.members(of: lease)
        } simple: {
            "lease \(lease.id) granted with \(term(lease))\n"
        }
    }

    public static func revoked(_ id: LeaseID, keys: [Key], _ revision: Revision, _ format: PrintFormat) -> [UInt8] {
        text([], revision, format) { json in
            json.member("deleted", keys.count)
        } simple: {
            "lease \(id) revoked\n"
        }
    }

    public static func keptAlive(_ lease: Lease, _ revision: Revision, _ format: PrintFormat) -> [UInt8] {
        text([lease], revision, format) { json in
            json.members(of: lease)
        } simple: {
            "lease \(lease.id) keepalived with TTL(\(seconds(granted(lease))))\n"
        }
    }

    public static func list(_ leases: [Lease], _ revision: Revision, _ format: PrintFormat) -> [UInt8] {
        text(leases, revision, format) { json in
            json.array("leases") { json in
                for lease in leases { json.object { $0.members(of: lease) } }
            }
        } simple: {
            "found \(leases.count) leases\n" + leases.map { "\($0.id)\n" }.joined()
        }
    }

    /// `keys` nil: they were not asked for.
    public static func timeToLive(
        _ id: LeaseID, _ lease: Lease?, keys: [Key]?, _ revision: Revision, _ format: PrintFormat
    ) -> [UInt8] {
        text(lease.map { [$0] } ?? [], revision, format) { json in
            if let lease {
                json.members(of: lease)
            } else {
                json.member("ID", id)
                json.member("TTL", Int64(-1))
            }
            guard let keys else { return }
            json.array("keys") { json in
                for key in keys { json.object { $0.member("key", bytes: key.bytes) } }
            }
        } simple: {
            guard let lease, !lease.isExpired else { return "lease \(id) already expired\n" }
            let left = lease.remaining.map { ", remaining(\(seconds($0))s)" } ?? ""
            let attached = keys.map { ", attached keys([\($0.map { KeyText.string($0.bytes) }.joined(separator: " "))])" } ?? ""
            return "lease \(id) granted with \(term(lease))\(left)\(attached)\n"
        }
    }

    private static func text(
        _ leases: [Lease], _ revision: Revision, _ format: PrintFormat, json: (inout JSONWriter) -> Void, simple: () -> String
    ) -> [UInt8] {
        switch format {
        case .json:
            return JSONWriter.line { writer in
                writer.header(revision)
                json(&writer)
            }
        case .table: return Array(table(leases).utf8)
        case .simple, .raw: return Array(simple().utf8)
        }
    }

    private static func table(_ leases: [Lease]) -> String {
        var table = Table(["ID", "TERM", "REMAINING", "STATE"])
        for lease in leases {
            let left = lease.remaining.map { "\(seconds($0))s" } ?? ""
            table.add(["\(lease.id)", term(lease), left, lease.isExpired ? "expired" : "granted"])
        }
        return table.text
    }

    private static func term(_ lease: Lease) -> String {
        switch lease.term {
        case .time(let milliseconds): "TTL(\(seconds(milliseconds))s)"
        case .process(let pid, _): "the life of process \(pid)"
        case .unknown: "a term that only a newer program knows"
        }
    }

    private static func granted(_ lease: Lease) -> Int64 {
        if case .time(let milliseconds) = lease.term { milliseconds } else { 0 }
    }

    fileprivate static func seconds(_ milliseconds: Int64) -> Int64 { milliseconds / 1000 + (milliseconds % 1000 > 0 ? 1 : 0) }
}

extension JSONWriter {
    /// etcd's `ID`, `TTL` and `grantedTTL` in seconds; or `process`.
    fileprivate mutating func members(of lease: Lease) {
        member("ID", lease.id)
        switch lease.term {
        case .time(let milliseconds):
            member("TTL", lease.isExpired ? -1 : LeaseText.seconds(lease.remaining ?? 0))
            member("grantedTTL", LeaseText.seconds(milliseconds))
        case .process(let pid, let startTime):
            object("process") { json in
                json.member("pid", Int64(pid))
                json.member("start_time", Int64(clamping: startTime))
            }
        case .unknown: break
        }
        if lease.isExpired { member("expired", true) }
    }
}
