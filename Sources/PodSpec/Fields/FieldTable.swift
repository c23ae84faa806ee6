/// The fields of one type of object: all that the Pod API has.
public struct FieldTable: Sendable {
    /// As `core.v1.Container`, in `fields.tsv`.
    public let definition: StaticString
    /// In the order of their names.
    public let rows: [FieldRow]

    init(_ definition: StaticString, _ rows: [FieldRow]) {
        self.definition = definition
        self.rows = rows
    }

    /// The row of a field; nil for a name that the API does not have.
    public func row(_ name: String) -> FieldRow? {
        var name = name
        return name.withUTF8 { name in
            rows.first { row in
                row.name.utf8CodeUnitCount == name.count
                    && name.elementsEqual(UnsafeBufferPointer(start: row.name.utf8Start, count: name.count))
            }
        }
    }
}
