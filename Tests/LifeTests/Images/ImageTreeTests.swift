import Foundation
import Testing

/// `hull image tree`: what each layer makes of those below.
@Suite("image tree", Requirement.root, Requirement.shell, Requirement.skopeo, Requirement.umoci)
struct ImageTreeTests {
    private func words(_ line: String) -> ArraySlice<String> { line.split(separator: " ").map(String.init)[...] }

    @Test("counts, paths and JSON; hostile names reach nobody's terminal")
    func tree() throws {
        let place = try ImagePlace("tree-verb")
        let made = try place.script(
            #"""
            cd $W
            umoci init --layout layout 2>/dev/null && umoci new --image layout:one 2>/dev/null
            umoci unpack --image layout:one a >/dev/null 2>&1
            mkdir -p a/rootfs/etc a/rootfs/d && echo base > a/rootfs/etc/file && echo gone > a/rootfs/gone && echo x > a/rootfs/d/x
            umoci repack --image layout:one a >/dev/null 2>&1
            umoci unpack --image layout:one b >/dev/null 2>&1
            echo changed > b/rootfs/etc/file && rm b/rootfs/gone && rm -r b/rootfs/d
            echo new > "$(printf 'b/rootfs/\033]0;owned\007\\\377\nx')"
            umoci repack --image layout:two b >/dev/null 2>&1
            $I load -q layout >/dev/null
            """#)
        #expect(made.succeeded, "\(made.output) \(made.errors)")
        let table = try place("tree", "localhost/layout:two").lines
        #expect(table.count == 3)
        #expect(table.first.map(words)?.prefix(5) == ["LAYER", "SIZE", "ADDED", "REPLACED", "HIDDEN"])
        #expect(table.dropFirst().map { words($0).dropFirst(3).prefix(3) } == [["1", "1", "2"], ["5", "0", "0"]])
        let files = try place("tree", "-l", "localhost/layout:two").lines
        #expect(files.first?.hasSuffix(": 12 B, 1 added, 1 replaced, 2 hidden") == true, "\(files)")
        let top: [[String]] = [
            ["A", "4", "B", #"/\x1b]0;owned\x07\\\xff\x0ax"#], ["D", "-", "/d/"], ["C", "8", "B", "/etc/file"],
            ["D", "-", "/gone"],
        ]
        #expect(files.dropFirst().prefix(4).map { Array(words($0)) } == top)
        #expect(files.dropFirst(5).contains("A       5 B  /gone"), "\(files)")
        let json = try place("tree", "-l", "-o", "json", "localhost/layout:two").output
        let layers = try #require(JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]])
        #expect(layers.map { $0["added"] as? Int } == [1, 5])
        #expect((layers[0]["files"] as? [[String: Any]])?.first?["path"] as? String == #"/\x1b]0;owned\x07\\\xff\x0ax"#)
        #expect(!json.utf8.contains(0x1b))
        expectEnd(try place("tree", "none:1"), 3, "", says: "image 'none:1' is not in the local store")
    }
}
