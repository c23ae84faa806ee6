/// One field of an object of the Pod API, with its status: a row of `docs/pod-conformance.md`.
///
/// What stands below a field that is refused or inert is so with it, and has no row.
public struct FieldRow: Sendable {
    /// As `livenessProbe`.
    public let name: StaticString
    public let status: FieldStatus
    /// Why, or with which restrictions; may be empty for what is enforced.
    public let remark: StaticString

    init(_ name: StaticString, _ status: FieldStatus, _ remark: StaticString) {
        self.name = name
        self.status = status
        self.remark = remark
    }

    static func enforced(_ name: StaticString, _ remark: StaticString = "") -> FieldRow { FieldRow(name, .enforced, remark) }
    static func refused(_ name: StaticString, _ remark: StaticString) -> FieldRow { FieldRow(name, .refused, remark) }
    static func inert(_ name: StaticString, _ remark: StaticString) -> FieldRow { FieldRow(name, .inert, remark) }
}
