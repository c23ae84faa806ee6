import CommandSupport
import JournalVerbs
import LinuxKernel

/// The words of the program that are about its words.
enum GrammarSession {
    static let words = ["completion", "complete", "manual", "version"]

    /// What is printed; nil where all is done.
    static func run(_ word: String, _ reader: consuming ArgumentReader, help: String) throws(UsageError) -> String {
        var reader = reader
        switch word {
        case "version": return Version.text(of: "hull")
        case "completion":
            guard let shell = reader.readOperand(), let script = Completion.script(for: shell) else {
                throw .wrong("which shell? bash, zsh or fish", hint: "as: source <(hull completion bash)")
            }
            return script
        case "complete":
            let words = reader.takeRest()
            return Completion(Array(words.first == "--" ? words.dropFirst() : words[...])).candidates.map { $0 + "\n" }.joined()
        default:
            guard let directory = reader.readOperand() else {
                throw .wrong("where do the pages go?", hint: "as: hull manual /usr/local/share/man/man1")
            }
            do throws(KernelError) { return try writePages(to: directory, help: help) } catch {
                throw .wrong("cannot write the pages: \(error)", hint: nil)
            }
        }
    }

    /// A line for each.
    private static func writePages(to directory: String, help: String) throws(KernelError) -> String {
        try makeDirectories(directory, permissions: 0o755)
        let place = try FileDescriptor.workingDirectory.open(directory, [.readOnly, .directory])
        var lines = ""
        for page in Grammar.pages(help: help) {
            let file = try place.descriptor.open(page.file, [.writeOnly, .create, .truncate, .noFollow], permissions: 0o644)
            try file.descriptor.writeAll(page.text.utf8, subject: page.file)
            lines += "\(directory)/\(page.file)\n"
        }
        return lines
    }
}
