import StrictTree

/// Collects what is wrong and what has no effect, while a document is read to its end.
final class Report {
    private(set) var problems: [Problem] = []
    private(set) var omitted = 0
    private(set) var notes: [Note] = []

    /// Each costs a walk through the document for its place: enough for a person, too few to be an attack.
    private static let capacity = 50

    var isClean: Bool { problems.isEmpty }

    /// The message is only made where there is room for it.
    func refuse(_ value: Value, _ message: @autoclosure () -> String) {
        add { Problem(path: value.path, position: value.position, message: message()) }
    }

    /// A member by its key, which is what is wrong with it.
    func refuse(_ member: Member, _ message: @autoclosure () -> String) {
        add { Problem(path: member.value.path, position: member.keyPosition, message: message()) }
    }

    func refuse(_ error: TreeError, at value: Value) { refuse(value, error.message) }

    func note(_ kind: Note.Kind, _ member: Member, _ message: String) {
        guard notes.count < Self.capacity else { return }
        notes.append(Note(kind: kind, path: member.value.path, position: member.keyPosition, message: message))
    }

    func note(_ kind: Note.Kind, _ value: Value, _ message: String) {
        guard notes.count < Self.capacity else { return }
        notes.append(Note(kind: kind, path: value.path, position: value.position, message: message))
    }

    func warn(_ value: Value, _ message: String) { note(.warning, value, message) }

    /// The notes since the last call.
    func takeNotes() -> [Note] {
        defer { notes = [] }
        return notes
    }

    private func add(_ problem: () -> Problem) {
        if problems.count < Self.capacity { problems.append(problem()) } else { omitted += 1 }
    }
}
