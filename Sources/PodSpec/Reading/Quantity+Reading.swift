import StrictTree

extension Quantity {
    /// A string, or a number as it is written.
    init?(reading value: Value, _ report: Report) {
        let text: String
        do {
            text = value.kind == .number ? try value.numberText : try value.string
        } catch {
            report.refuse(error, at: value)
            return nil
        }
        guard let quantity = Quantity(text) else {
            report.refuse(
                value, "'\(text)' is no quantity: expected a number with one of n u m k M G T P E Ki Mi Gi Ti Pi Ei, or none")
            return nil
        }
        self = quantity
    }
}
