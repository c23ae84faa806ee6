/// What Hull does with a field of the Pod API.
public enum FieldStatus: String, Hashable, Sendable {
    /// It has its effect.
    case enforced
    /// An error where it is given: it would have an effect that Hull does not have, or not yet.
    case refused
    /// Accepted and noted: it has no meaning on one machine.
    case inert
}
