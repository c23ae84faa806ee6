import StrictTree

/// `ociVersion`: SemVer 2.0.0 of the specification that a configuration was written for.
enum SpecVersion {
    /// Any 1.x is compatible by the specification's own promise. Drafts before 1.0 differ in details: accepted with a warning.
    static func check(_ value: Value, noting warnings: inout Warnings) throws(TreeError) -> String {
        let version = try value.string
        guard let major = major(of: version) else { throw value.failure("expected a version as '1.3.0', found '\(version)'") }
        guard major <= 1 else {
            throw value.failure(
                "version '\(version)' of the runtime specification is not supported, only 1.x up to \(Configuration.specVersion)")
        }
        if major == 0 { warnings.add("version '\(version)' is a draft older than 1.0.0", at: value) }
        return version
    }

    /// nil where the text is no semantic version. By bytes: the first use of `Character` in a process costs page faults.
    private static func major(of version: String) -> Int? {
        let bytes = Array(version.utf8)
        let core = bytes.prefix { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "+") }
        let suffix = bytes[core.endIndex...]
        let numbers = core.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map(number)
        let isSuffixValid = suffix.isEmpty || (suffix.count > 1 && suffix.allSatisfy(isIdentifierByte))
        guard numbers.count == 3, !numbers.contains(nil), isSuffixValid else { return nil }
        return numbers[0]
    }

    /// Digits without leading zero.
    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        guard let first = digits.first, digits.count <= 9, digits.count == 1 || first != UInt8(ascii: "0") else { return nil }
        var number = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            number = number * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return number
    }

    private static func isIdentifierByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "+"): true
        default: false
        }
    }
}
