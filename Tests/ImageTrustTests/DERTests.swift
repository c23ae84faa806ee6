import Testing

@testable import ImageTrust

@Suite struct DERTests {
    @Test("one length, one way to write it") func lengths() {
        let long = [UInt8](repeating: 7, count: 128)
        #expect(DER.only(0x04, in: [0x04, 0x01, 0x07]).map(Array.init) == [7])
        #expect(DER.only(0x04, in: [0x04, 0x00]).map(Array.init) == [])
        #expect(DER.only(0x04, in: [0x04, 0x81, 0x80] + long).map(Array.init) == long)
        let wrong: [[UInt8]] = [
            [], [0x04], [0x04, 0x02, 0x07], [0x05, 0x01, 0x07], [0x04, 0x81, 0x01, 0x07], [0x04, 0x82, 0x00, 0x80] + long,
            [0x04, 0x80, 0x07, 0x00, 0x00], [0x04, 0x84, 0x00, 0x00, 0x00, 0x01, 0x07], [0x04, 0x88] + long, [0x04, 0xff] + long,
            [0x04, 0x82, 0xff, 0xff] + long, [0x04, 0x01, 0x07, 0x00],
        ]
        for bytes in wrong { #expect(DER.only(0x04, in: bytes) == nil, "\(bytes.prefix(6))") }
    }

    @Test(
        "a number without needless zeros, and none below zero",
        arguments: [
            ([0x00], [0x00]), ([0x7f], [0x7f]), ([0x00, 0x80], [0x80]), ([0x01, 0x00], [0x01, 0x00]), ([], nil), ([0x80], nil),
            ([0x00, 0x7f], nil), ([0x00, 0x00], nil), ([0xff, 0xff], nil),
        ] as [([UInt8], [UInt8]?)])
    func magnitudes(_ bytes: [UInt8], _ magnitude: [UInt8]?) {
        #expect(DER.magnitude(bytes[...]).map(Array.init) == magnitude)
    }

    @Test(
        arguments: [
            ([0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01], "1.2.840.10045.2.1"), ([0x2b, 0x65, 0x70], "1.3.101.112"),
            ([0x88, 0x37], "2.999"), ([], nil), ([0x2a, 0x86], nil), ([UInt8](repeating: 0xff, count: 20), nil),
        ] as [([UInt8], String?)])
    func identifiers(_ bytes: [UInt8], _ text: String?) { #expect(DER.dotted(bytes[...]) == text) }
}
