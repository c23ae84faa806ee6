import StrictTree
import Testing

@Suite struct NumberTests {
    @Test(arguments: [
        ("0", 0), ("-0", 0), ("7", 7), ("-7", -7), ("9223372036854775807", Int64.max), ("-9223372036854775808", Int64.min),
        ("9007199254740993", 9_007_199_254_740_993),
    ])
    func `signed integers are exact`(text: String, expected: Int64) throws {
        #expect(try tree(text).integer == expected)
    }

    @Test(arguments: [("0", 0), ("-0", 0), ("18446744073709551615", UInt64.max), ("9223372036854775808", 1 << 63)])
    func `unsigned integers are exact`(text: String, expected: UInt64) throws {
        #expect(try tree(text).unsigned == expected)
    }

    @Test(arguments: ["9223372036854775808", "-9223372036854775809", "18446744073709551616", "99999999999999999999999999"])
    func `what does not fit in 64 signed bits is refused, not rounded`(text: String) throws {
        let value = try tree(text)
        #expect(
            failure { () throws(TreeError) in try value.integer }
                == "expected an integer from -9223372036854775808 to 9223372036854775807, found \(text) (line 1, column 1)")
    }

    @Test(arguments: ["-1", "18446744073709551616", "-18446744073709551616"])
    func `what does not fit in 64 unsigned bits is refused`(text: String) throws {
        let value = try tree(text)
        #expect(failure { () throws(TreeError) in try value.unsigned }?.contains("found \(text)") == true)
    }

    @Test(arguments: ["1.0", "1e2", "1E2", "1e400", "-0.0", "0.5", "1e-2"])
    func `a number with fraction or exponent parses and is no integer`(text: String) throws {
        let value = try tree(text)
        #expect(value.kind == .number)
        #expect(
            failure { () throws(TreeError) in try value.integer }
                == "expected an integer, found \(text); write it without fraction and exponent (line 1, column 1)")
    }

    @Test(arguments: [
        "01", "-01", "00", "+1", "-", ".5", "1.", "1.e2", "1e", "1e+", "0x10", "1_000", "NaN", "Infinity", "-Infinity", "--1",
        "1 2", "１",
    ])
    func `what is no number of RFC 8259 is refused`(text: String) {
        #expect(refusal(of: text) != nil)
        #expect(refusal(of: "[\(text)]") != nil)
    }

    @Test func `a narrow range names its bounds`() throws {
        let value = try tree("{\"uid\": 4294967295}").member("uid")
        #expect(
            failure { () throws(TreeError) in try value?.integer(in: 0...UInt32.max - 1) }
                == "/uid: expected an integer from 0 to 4294967294, found 4294967295 (line 1, column 9)")
        #expect(try value?.integer(in: 0...UInt32.max) == UInt32.max)
        #expect(failure { () throws(TreeError) in try value?.integer(in: Int8.min...Int8.max) } != nil)
    }
}
