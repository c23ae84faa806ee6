/// A container's `/etc/passwd`, `passwd(5)`: hostile bytes from which one field is wanted.
struct PasswdFile {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The home directory of the first entry with that uid; nil for none, an empty one, a relative one and one with a NUL byte.
    func home(ofUID uid: UInt32) -> String? {
        let wanted = Array("\(uid)".utf8)
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            guard fields.count >= 7, fields[2].elementsEqual(wanted) else { continue }
            guard fields[5].first == UInt8(ascii: "/"), !fields[5].contains(0) else { return nil }
            return String(decoding: fields[5], as: UTF8.self)
        }
        return nil
    }
}
