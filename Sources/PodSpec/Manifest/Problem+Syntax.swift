import StrictTree

extension Problem {
    /// An error of syntax, or of a limit.
    init(_ error: TreeError) {
        self.init(path: Self.path(of: error.pointer), position: error.position, message: error.message)
    }

    /// A key that is a number is taken for a place in an array: a pointer does not tell.
    private static func path(of pointer: String) -> String {
        pointer.utf8.split(separator: Syntax.slash).reduce(into: "") { path, token in
            let text = String(decoding: token, as: UTF8.self)
            if token.allSatisfy(Syntax.isDigit) { path += "[\(text)]" } else { path += path.isEmpty ? text : "." + text }
        }
    }
}
