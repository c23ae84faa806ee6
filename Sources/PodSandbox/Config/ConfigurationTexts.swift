internal import OCISpec

/// The configuration of a container, and what is recorded of it where some of its texts are secrets.
struct ConfigurationTexts {
    let real: Configuration
    /// nil where there are none.
    let shown: Configuration?

    /// Texts that nobody but the container may see, with what stands for them; longer ones first, for they may hold others.
    private var hidden: [(real: String, shown: String)] {
        guard let process = real.process, let other = shown?.process else { return [] }
        let pairs = Array(zip(process.env, other.env)) + Array(zip(process.args, other.args))
        return pairs.filter { $0.0 != $0.1 }.map { (real: $0.0, shown: $0.1) }.sorted { $0.real.utf8.count > $1.real.utf8.count }
    }

    /// The variables, as `NAME=VALUE`, whose values are secrets.
    var secretVariables: [String] {
        guard let process = real.process, let other = shown?.process else { return [] }
        return zip(process.env, other.env).filter { $0 != $1 }.map(\.0)
    }

    /// An error in which none of them stands: it could repeat an argument.
    func shown(_ error: PodError) -> PodError {
        var (message, hint) = (error.message, error.hint)
        for (real, shown) in hidden {
            message = Self.replace(real, by: shown, in: message)
            hint = hint.map { Self.replace(real, by: shown, in: $0) }
        }
        return PodError(error.kind, message, hint: hint, fault: error.fault)
    }

    /// By bytes: to Swift a text in front of a combining mark is another one.
    private static func replace(_ text: String, by other: String, in whole: String) -> String {
        let (wanted, source) = (Array(text.utf8), Array(whole.utf8))
        guard !wanted.isEmpty else { return whole }
        var result: [UInt8] = []
        var index = 0
        while index < source.count {
            if source[index...].starts(with: wanted) {
                result += other.utf8
                index += wanted.count
            } else {
                result.append(source[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
