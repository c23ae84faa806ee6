import LinuxTypes
import Testing

@Suite struct PathTests {
    @Test(
        arguments: [
            ("/", "/", []), ("", "/", []), ("a", "/a", ["a"]), ("/a/b", "/a/b", ["a", "b"]), ("//a///b//", "/a/b", ["a", "b"]),
            ("/./a/./b/.", "/a/b", ["a", "b"]), ("/a/../b", "/b", ["a", "..", "b"]), ("/../../a", "/a", ["..", "..", "a"]),
            ("/a/b/../../..", "/", ["a", "b", "..", "..", ".."]), ("/...", "/...", ["..."]), ("/a\nb", "/a\nb", ["a\nb"]),
            ("/a (deleted)", "/a (deleted)", ["a (deleted)"]), ("/é/ö", "/é/ö", ["é", "ö"]),
        ] as [(String, String, [String])])
    func `a container path has its components and one normal form`(text: String, normalized: String, components: [String]) throws
    {
        let path = try #require(ContainerPath(text))
        #expect(path.normalized == normalized)
        #expect(path.components == components)
    }

    @Test func `normalizing twice changes nothing`() throws {
        for text in ["/a/../b//c/.", "..", "/x/y/../../z/"] {
            let once = try #require(ContainerPath(text)).normalized
            #expect(ContainerPath(once)?.normalized == once)
        }
    }

    @Test func `no path holds a NUL byte, which would end it early in the kernel`() {
        #expect(ContainerPath("/etc\0/shadow") == nil)
        #expect(ContainerPath("\0") == nil)
        #expect(HostPath("/etc\0") == nil)
    }

    @Test func `a relative container path counts from the root`() {
        #expect(ContainerPath("etc/passwd")?.string == "/etc/passwd")
        #expect(ContainerPath("")?.string == "/")
    }

    @Test func `a host path is kept as written`() throws {
        #expect(HostPath("") == nil)
        #expect(HostPath("a/../b")?.string == "a/../b")
        #expect(HostPath("a")?.isAbsolute == false)
        #expect(HostPath("/a")?.isAbsolute == true)
        #expect(try #require(HostPath("/run")).appending("x/y").string == "/run/x/y")
        #expect(try #require(HostPath("/")).appending("x").string == "/x")
        #expect(try #require(HostPath("/run/")).appending("x").string == "/run/x")
    }
}
