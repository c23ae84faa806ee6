public import LinuxTypes

extension ArgumentReader {
    /// Refuses a word more than a command takes.
    public func tooMany(_ word: String) -> UsageError { wrong("'\(word)' is one argument too many") }

    /// The container ID that a command needs.
    func required(_ id: String?) throws(UsageError) -> String {
        guard let id else { throw wrong("there is no container ID") }
        return id
    }

    /// A number in decimal digits and nothing else.
    public func number<T: FixedWidthInteger>(_ text: String, _ option: String, as type: T.Type = T.self) throws(UsageError) -> T {
        guard let number = T(strictDecimal: text) else {
            throw wrong("\(option) is a number from 0 to \(T.max), not '\(text)'")
        }
        return number
    }

    /// A number of bytes: digits, perhaps with K, M, G or T, each 1024 of the one before.
    public func byteCount(_ text: String, _ option: String) throws(UsageError) -> UInt64 {
        let units: [Character: UInt64] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40]
        guard let unit = text.last.flatMap({ units[$0] }) else { return try number(text, option) }
        let number: UInt32 = try number(String(text.dropLast()), option)
        let (size, isTooLarge) = UInt64(number).multipliedReportingOverflow(by: unit)
        if isTooLarge { throw wrong("\(option) '\(text)' is too large") }
        return size
    }

    /// A path on the host.
    public func path(_ text: String, _ option: String) throws(UsageError) -> HostPath {
        guard let path = HostPath(text) else { throw wrong("\(option) is empty") }
        return path
    }

    /// One of a few words.
    public func choice<T: RawRepresentable & CaseIterable>(
        _ text: String, _ option: String, _ type: T.Type = T.self
    ) throws(UsageError) -> T where T.RawValue == String {
        guard let choice = T(rawValue: text) else {
            let names = T.allCases.map(\.rawValue).joined(separator: ", ")
            throw wrong("\(option) is one of \(names), not '\(text)'")
        }
        return choice
    }
}

extension FixedWidthInteger {
    /// nil for anything but decimal digits that fit: no sign, no space, no underscore.
    init?(strictDecimal text: String) {
        guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        self.init(text)
    }
}
