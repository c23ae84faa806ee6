import CommandSupport
import JournalVerbs
import LinuxTypes

extension VerbReader {
    /// The operands as files with manifests, one at least; nil is stdin, which can be read once only.
    func manifests() throws(UsageError) -> [HostPath?] {
        _ = try operand(0, "manifest; '-' reads stdin")
        var files: [HostPath?] = []
        for word in operands { files.append(word == "-" ? nil : try reader.path(word, "the manifest")) }
        guard files.filter({ $0 == nil }).count <= 1 else { throw reader.wrong("'-' stands there twice") }
        return files
    }
}
