import PodSpec
import StrictTree
import Testing

@Suite struct QuantityTests {
    @Test func `Kubernetes' vectors`() throws {
        let vectors = try Fixtures.json("quantity-vectors.json")
        var count = 0
        for vector in try #require(try vectors.member("valid")).array {
            let text = try #require(try vector.member("in")).string
            let quantity = try #require(Quantity(text), "'\(text)'")
            #expect(quantity.description == (try vector.member("canonical")?.string), "'\(text)'")
            #expect("\(quantity.nano)" == (try vector.member("nano")?.string), "'\(text)'")
            #expect("\(quantity.value)" == (try vector.member("valueCeil")?.numberText), "'\(text)'")
            #expect("\(quantity.milliValue)" == (try vector.member("milliCeil")?.numberText), "'\(text)'")
            #expect("\(quantity.format)".lowercased() == (try vector.member("format")?.string.lowercased()), "'\(text)'")
            #expect(Quantity(quantity.description)?.nano == quantity.nano, "'\(text)'")
            count += 1
        }
        for text in try #require(try vectors.member("invalid")).strings {
            #expect(Quantity(text) == nil, "'\(text)'")
            count += 1
        }
        #expect(count > 60)
    }

    @Test(
        arguments: [
            ("-3.001n", -4), ("0e999999999999999999", 0), ("1e-999999999999999999", 1),
            ("0.00000000000000000000000000000000000000001", 1),
            ("1.0000000000000000000000000000000000000000", 1_000_000_000), ("-9Ei", -9_223_372_036_854_775_807_000_000_000),
            ("100Ei", 9_223_372_036_854_775_807_000_000_000), ("1000E", 1_000_000_000_000_000_000_000_000_000_000),
        ] as [(String, Int128)])
    func `amounts at the edges`(text: String, nano: Int128) {
        #expect(Quantity(text)?.nano == nano)
    }

    @Test(arguments: [
        "+", "-", ".", "e3", "1e", "1e+", "1e3k", "1 Ki", "１", "1e3.0", "9999999999999999999999999999999999999999", "1e31",
        "12345678901e20", "999999999999E",
        "1\u{301}", "1k\u{301}",
    ])
    func `what is no quantity, or none that anybody could have`(text: String) {
        #expect(Quantity(text) == nil)
    }

    @Test func `amounts are compared, not texts`() throws {
        let (less, more) = (try #require(Quantity("1000M")), try #require(Quantity("1Gi")))
        #expect(less < more && !(more < less))
    }
}
