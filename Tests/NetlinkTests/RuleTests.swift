import Testing

@testable import Netlink

/// Rules as they were said, beside rules as the kernel shows them.
@Suite struct RuleTests {
    private let rule: [Expression] = [
        .load(.interfaceName, to: 4), .payload(.network, offset: 12, length: 4), .mask([255, 0, 0, 0]), .compare([127, 0, 0, 0]),
        .lookUp("s", valueTo: 8), .translateDestination(.v4, address: 8, port: 9), .verdict(.jump("c")),
    ]

    /// The expressions of a rule, with what `more` adds to the data of one of them.
    private func shown(
        _ rule: [Expression], _ name: String = "", _ more: (inout NetlinkMessage) -> Void = { _ in }
    ) throws -> [Attributes] {
        var message = NetlinkMessage(0, purpose: "", fixed: [])
        for expression in rule {
            message.nest(1) { element in
                element.put(NFTA.EXPR_NAME, expression.name)
                element.nest(NFTA.EXPR_DATA) {
                    expression.attributes(&$0)
                    if expression.name == name { more(&$0) }
                }
            }
        }
        return try #require(Attributes(message.payload[...])).compactMap { Attributes($0.value) }
    }

    @Test func `what the kernel adds of its own makes no difference`() throws {
        #expect(rule.agrees(with: try shown(rule)))
        #expect(rule.agrees(with: try shown(rule, "lookup") { $0.put(5, bigEndian: UInt32(0)) }))
        #expect(rule.agrees(with: try shown(rule, "bitwise") { $0.put(6, bigEndian: UInt32(0)) }))
        #expect(
            rule.agrees(
                with: try shown(rule, "nat") {
                    $0.put(4, bigEndian: UInt32(3))
                    $0.put(6, bigEndian: UInt32(17))
                    $0.put(7, bigEndian: UInt32(3))
                }))
    }

    @Test func `another rule is another one`() throws {
        #expect(!rule.agrees(with: try shown(Array(rule.dropLast()))))
        #expect(!rule.agrees(with: try shown(rule + [.verdict(.accept)])))
        // NFT_LOOKUP_F_INV, a range of addresses, persistent.
        #expect(!rule.agrees(with: try shown(rule, "lookup") { $0.put(5, bigEndian: UInt32(1)) }))
        #expect(!rule.agrees(with: try shown(rule, "nat") { $0.put(4, bigEndian: UInt32(12)) }))
        #expect(!rule.agrees(with: try shown(rule, "nat") { $0.put(7, bigEndian: UInt32(11)) }))
        let others: [(Int, Expression)] = [
            (0, .load(.interfaceName, to: 0)), (0, .load(.outgoingInterfaceName, to: 4)),
            (1, .payload(.network, offset: 16, length: 4)), (2, .mask([255, 255, 0, 0])),
            (3, .compare([127, 0, 0, 0], isEqual: false)), (3, .compare([127, 0, 0, 1])), (4, .lookUp("t", valueTo: 8)),
            (4, .lookUp("s")), (6, .verdict(.jump("d"))), (6, .verdict(.accept)),
        ]
        for (index, other) in others {
            var changed = rule
            changed[index] = other
            #expect(!rule.agrees(with: try shown(changed)), "\(index) \(other.name)")
        }
    }

    @Test func `registers are numbered as the kernel shows them`() throws {
        for (word, number) in [(UInt32(0), UInt8(1)), (1, 9), (3, 11), (4, 2), (6, 14), (8, 3), (9, 17)] {
            var message = NetlinkMessage(0, purpose: "", fixed: [])
            Expression.load(.interfaceName, to: word).attributes(&message)
            #expect(Attributes(message.payload[...])?[1]?.elementsEqual([0, 0, 0, number]) == true)
        }
    }

    @Test func `comments come back, and those that are too long are cut`() {
        for text in ["", "a", String(repeating: "x", count: 253)] {
            #expect(FilterComment.decoded(FilterComment.encoded(text)[...]) == text)
        }
        #expect(FilterComment.decoded(FilterComment.encoded(String(repeating: "x", count: 300))[...])?.utf8.count == 253)
        for bytes: [UInt8] in [[], [0], [0, 5, 65, 0], [1, 2, 65, 0]] { #expect(FilterComment.decoded(bytes[...]) == nil) }
    }
}
