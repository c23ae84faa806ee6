/// How long ago something was, for people.
enum Age {
    /// Of a time in RFC 3339, UTC or not; the text itself where it is no such time.
    static func text(_ time: String?, now: Int64) -> String {
        guard let time else { return "unknown" }
        guard let seconds = seconds(time) else { return String(time.prefix(20)) }
        let age = now - seconds
        if age < 0 { return "in the future" }
        let units: [(Int64, String)] = [
            (31_557_600, "year"), (2_629_800, "month"), (604_800, "week"), (86_400, "day"), (3600, "hour"), (60, "minute"),
            (1, "second"),
        ]
        for (length, name) in units where age >= length {
            let count = age / length
            return "\(count) \(name)\(count == 1 ? "" : "s") ago"
        }
        return "now"
    }

    /// Seconds since 1970 of `YYYY-MM-DDThh:mm:ss[.fraction](Z|±hh:mm)`.
    static func seconds(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int64? {
            var value: Int64 = 0
            guard range.upperBound <= bytes.count else { return nil }
            for byte in bytes[range] {
                guard (0x30...0x39).contains(byte) else { return nil }
                value = value * 10 + Int64(byte - 0x30)
            }
            return value
        }
        guard bytes.count >= 20, bytes[4] == 0x2d, bytes[7] == 0x2d, bytes[13] == 0x3a, bytes[16] == 0x3a,
            let year = number(0..<4), let month = number(5..<7), let day = number(8..<10), let hour = number(11..<13),
            let minute = number(14..<16), let second = number(17..<19), (1...12).contains(month)
        else { return nil }
        var zone: Int64 = 0
        if let last = bytes.last, last != UInt8(ascii: "Z"), last != UInt8(ascii: "z") {
            let start = bytes.count - 6
            guard let hours = number((start + 1)..<(start + 3)), let minutes = number((start + 4)..<(start + 6)) else {
                return nil
            }
            zone = (hours * 60 + minutes) * 60 * (bytes[start] == UInt8(ascii: "-") ? -1 : 1)
        }
        // Days of the Gregorian calendar since 1970; years begin in March, so that the leap day is the last.
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let yearOfEra = shifted - era * 400
        let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        return ((days * 24 + hour) * 60 + minute) * 60 + second - zone
    }
}
