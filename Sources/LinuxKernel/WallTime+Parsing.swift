extension WallTime {
    /// A time of RFC 3339, as `2026-11-29T10:00:00.5+01:00`: `T` and `Z` in capitals, any number of digits behind the point, of which nine count.
    /// nil for anything else, a leap second included.
    public init?(rfc3339 bytes: UnsafeRawBufferPointer) {
        // `2026-11-29T10:00:00` and at least a `Z`.
        guard bytes.count >= 20, let year = Self.digits(bytes, 0, 4), let month = Self.digits(bytes, 5, 2),
            let day = Self.digits(bytes, 8, 2), let hour = Self.digits(bytes, 11, 2), let minute = Self.digits(bytes, 14, 2),
            let second = Self.digits(bytes, 17, 2), bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            bytes[10] == UInt8(ascii: "T"), bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
            (1...12).contains(month), day >= 1, day <= Self.lastDay(year, month), hour < 24, minute < 60, second < 60
        else { return nil }
        var at = 19
        guard let fraction = Self.fraction(bytes, &at), let offset = Self.zone(bytes, at) else { return nil }
        let days = Self.days(year, month, day)
        self.init(seconds: days * 86_400 + hour * 3600 + minute * 60 + second - offset, nanoseconds: fraction)
    }

    /// A time of RFC 3339 in a text, as above.
    public init?(rfc3339 text: String) {
        var text = text
        guard let time = text.withUTF8({ WallTime(rfc3339: UnsafeRawBufferPointer($0)) }) else { return nil }
        self = time
    }

    private static func digits(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ count: Int) -> Int64? {
        var number: Int64 = 0
        for index in start..<start + count {
            let digit = bytes[index] &- UInt8(ascii: "0")
            if digit > 9 { return nil }
            number = number * 10 + Int64(digit)
        }
        return number
    }

    /// The digits behind a point as nanoseconds; 0 where there is no point.
    private static func fraction(_ bytes: UnsafeRawBufferPointer, _ at: inout Int) -> Int64? {
        guard bytes[at] == UInt8(ascii: ".") else { return 0 }
        at += 1
        let start = at
        var nanoseconds: Int64 = 0
        var scale: Int64 = 100_000_000
        while at < bytes.count, case let digit = bytes[at] &- UInt8(ascii: "0"), digit <= 9 {
            nanoseconds += Int64(digit) * scale
            scale /= 10
            at += 1
        }
        return at > start && at < bytes.count ? nanoseconds : nil
    }

    /// Seconds east of Greenwich, of what must be the rest.
    private static func zone(_ bytes: UnsafeRawBufferPointer, _ at: Int) -> Int64? {
        let sign = bytes[at]
        if sign == UInt8(ascii: "Z") { return at + 1 == bytes.count ? 0 : nil }
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), at + 6 == bytes.count,
            let hours = digits(bytes, at + 1, 2), bytes[at + 3] == UInt8(ascii: ":"), let minutes = digits(bytes, at + 4, 2),
            hours < 24, minutes < 60
        else { return nil }
        let seconds = hours * 3600 + minutes * 60
        return sign == UInt8(ascii: "-") ? -seconds : seconds
    }

    private static func lastDay(_ year: Int64, _ month: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days from 1970-01-01 to a Gregorian date. Years start in March here, so that the leap day is the last of its year.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}
