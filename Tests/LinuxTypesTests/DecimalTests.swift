import LinuxTypes
import Testing

@Suite struct DecimalTests {
    @Test(
        "integers in text are those of the standard library",
        arguments: [0, 1, -1, 9, 10, -10, 99, 100, 1_234_567_890_123, .max, .min])
    func integers(_ value: Int) {
        #expect("<\(value)>" == "<" + value.description + ">")
        let wide = Int64(value)
        #expect("\(wide)" == wide.description)
        let narrow = Int32(truncatingIfNeeded: value)
        #expect("\(narrow)" == narrow.description)
        let unsigned = UInt64(bitPattern: wide)
        #expect("\(unsigned)" == unsigned.description)
        let short = UInt32(truncatingIfNeeded: value)
        #expect("\(short)" == short.description)
    }

    @Test("the ends of each type", arguments: [Int32.min, .max])
    func ends(_ value: Int32) {
        #expect("\(value)" == value.description)
        #expect("\(UInt32.max) \(UInt64.max)" == "4294967295 18446744073709551615")
    }
}
