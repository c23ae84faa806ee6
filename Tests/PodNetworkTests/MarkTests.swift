import Testing

@testable import PodNetwork

@Suite struct MarkTests {
    private let store = String(repeating: "0123abcd", count: 4)

    @Test func `a mark is read as it was written`() throws {
        for place in ["/run/hull", "/with a space", ""] {
            let mark = NetworkMark(store: store, place: place)
            #expect(NetworkMark(mark.text) == mark)
            #expect(mark.text.utf8.count <= 253)
        }
        let long = NetworkMark(store: store, place: "/" + String(repeating: "x", count: 300))
        #expect(long.place.isEmpty && NetworkMark(long.text) == long)
    }

    @Test(arguments: [nil, "", "hull", "hull 12 /run", "uplink of the lab", "Hull 0123abcd0123abcd0123abcd0123abcd /run"])
    func `what is no mark says nothing`(_ text: String?) {
        #expect(NetworkMark(text) == nil)
        #expect(NetworkOwner(text, for: NetworkMark(store: store, place: "/run/hull")) == .unknown)
    }

    @Test func `the store counts, and not the place`() {
        let own = NetworkMark(store: store, place: "/run/hull")
        #expect(NetworkOwner(NetworkMark(store: store, place: "/elsewhere").text, for: own) == .ours)
        let other = NetworkMark(store: String(store.reversed()), place: "/run/hull")
        #expect(NetworkOwner(other.text, for: own) == .other(other))
    }
}
