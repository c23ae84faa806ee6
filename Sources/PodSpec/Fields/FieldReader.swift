import StrictTree

/// Reads the members of one object by the table of its type. What is wrong is reported, and read as if it were absent: the reader of a document goes on
/// to its end, and the pod is only used when nothing was reported.
struct FieldReader {
    let object: Value
    let report: Report
    private var members: [Member] = []

    /// Refuses members without a row and those whose row says so, and notes inert ones. `null` and an empty array are as good as absent.
    init(_ value: Value, _ table: FieldTable, _ report: Report) {
        object = value
        self.report = report
        guard value.kind == .object else {
            report.refuse(value, "expected an object, found \(value.kind.phrase)")
            return
        }
        for member in value.memberList where !member.value.isNull {
            let row = table.row(member.anyKey)
            switch row?.status {
            case .enforced: members.append(member)
            case .refused where !member.value.isEmptyArray: report.refuse(member, "\(row?.remark ?? "refused")")
            case .inert: report.note(.inert, member, "\(row?.remark ?? "")")
            case .refused: break
            case nil:
                report.refuse(
                    member,
                    "unknown field '\(member.anyKey)'\(Suggestion.hint(for: member.anyKey, in: table.rows.map { "\($0.name)" }))")
            }
        }
    }

    /// nil for what is absent or `null`.
    func value(_ name: StaticString) -> Value? {
        let key = "\(name)"
        return members.first { $0.anyKey == key }?.value
    }

    /// Reported where it is absent.
    func required(_ name: StaticString) -> Value? {
        guard let value = value(name) else {
            if object.kind == .object { report.refuse(object, "'\(name)' is missing") }
            return nil
        }
        return value
    }

    /// What `read` throws is reported at the value.
    func read<T>(_ value: Value, _ read: (Value) throws(TreeError) -> T) -> T? {
        do {
            return try read(value)
        } catch {
            report.refuse(error, at: value)
            return nil
        }
    }
}

extension FieldReader {
    func bool(_ name: StaticString) -> Bool? {
        value(name).flatMap { read($0) { value throws(TreeError) in try value.bool } }
    }

    func flag(_ name: StaticString) -> Bool { bool(name) ?? false }

    func string(_ name: StaticString) -> String? { value(name).flatMap(text) }

    /// Empty is absent too, as for Go programs.
    func text(_ name: StaticString) -> String? {
        guard let text = string(name), !text.isEmpty else { return nil }
        return text
    }

    func integer<T: FixedWidthInteger & Sendable>(_ name: StaticString, in range: ClosedRange<T>) -> T? {
        value(name).flatMap { read($0) { value throws(TreeError) in try value.integer(in: range) } }
    }

    /// Empty for what is absent or no array.
    func elements(_ name: StaticString) -> [Value] {
        guard let value = value(name) else { return [] }
        return read(value) { value throws(TreeError) in Array(try value.array) } ?? []
    }

    func strings(_ name: StaticString) -> [String] { elements(name).compactMap(text) }

    /// A value of its own type for each element.
    func list<T>(_ name: StaticString, _ read: (Value, Report) -> T?) -> [T] {
        elements(name).compactMap { read($0, report) }
    }

    func members(_ name: StaticString) -> [Member] {
        guard let value = value(name) else { return [] }
        return read(value) { value throws(TreeError) in Array(try value.members) }?.filter { !$0.value.isNull } ?? []
    }

    func choice<T: FieldChoice>(_ name: StaticString) -> T? {
        guard let value = value(name), let text = text(name) else { return nil }
        if let choice = T(rawValue: text) { return choice }
        let names = T.allCases.map(\.rawValue).filter { !$0.isEmpty }
        let known = names.reduce(into: "") { list, name in list += (list.isEmpty ? "'" : ", '") + name + "'" }
        report.refuse(value, "unknown \(T.noun) '\(text)': it is one of \(known)")
        return nil
    }

    /// The text of a string; YAML's words and numbers get a hint.
    func text(_ value: Value) -> String? {
        read(value) { value throws(TreeError) in
            if value.kind == .number || value.kind == .bool {
                throw value.failure("expected a string, found \(value.kind.phrase): put it in quotes")
            }
            return try value.string
        }
    }
}

extension Value {
    var isEmptyArray: Bool { kind == .array && isEmpty }

    /// Of an object; otherwise none.
    fileprivate var memberList: [Member] {
        // Asked only of objects, for which it does not throw.
        (try? Array(members)) ?? []
    }
}
