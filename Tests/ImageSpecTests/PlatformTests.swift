import Digests
import ImageSpec
import Testing

/// Which entry of an index serves a machine.
@Suite struct PlatformTests {
    @Test(arguments: [
        ("amd64", "linux/amd64"), ("linux/x86_64", "linux/amd64"), ("linux/amd64/v1", "linux/amd64"),
        ("linux/amd64/v3", "linux/amd64/v3"),
        ("linux/aarch64", "linux/arm64"), ("linux/arm64/v8", "linux/arm64"), ("linux/arm64/8", "linux/arm64"),
        ("linux/armhf", "linux/arm/v7"), ("linux/armel", "linux/arm/v6"), ("linux/arm", "linux/arm/v7"),
        ("linux/i386", "linux/386"),
        ("Linux/AMD64", "linux/amd64"), ("windows/amd64", "windows/amd64"),
    ])
    func aliases(_ text: String, _ normal: String) { #expect(Platform(parsing: text)?.description == normal) }

    @Test(arguments: ["", "/", "linux/", "a/b/c/d", "linux/am d64", "linux/../x", "linux/amd64/\u{1b}"])
    func refuses(_ text: String) { #expect(Platform(parsing: text) == nil) }

    @Test(arguments: [
        ("arm/v7", "arm/v7", 0), ("arm/v7", "arm/v6", 10), ("arm/v8", "arm/v5", 30), ("arm/v6", "arm/v7", nil),
        ("arm64", "arm64/v8", 0),
        ("arm64/v9", "arm64", 10), ("arm64", "arm64/v8.1", nil), ("arm64/v8.2", "arm64/v8.1", 1), ("amd64/v3", "amd64", 20),
        ("amd64", "amd64/v2", nil), ("amd64/v3", "amd64/v3", 0), ("riscv64", "riscv64/rva20u64", nil), ("amd64", "arm64", nil),
        ("arm64", "arm/v8", nil), ("amd64/vx", "amd64/vx", 0), ("amd64/v3", "amd64/vx", nil),
    ])
    func distance(_ wanted: String, _ offer: String, _ distance: Int?) throws {
        let wanted = try #require(Platform(parsing: "linux/" + wanted))
        let offer = try #require(Platform(parsing: "linux/" + offer))
        #expect(wanted.distance(to: offer) == distance)
    }

    private func index(_ platforms: [String?]) -> ImageIndex {
        ImageIndex(
            manifests: platforms.enumerated().map { number, text in
                Descriptor(
                    mediaType: .manifest, digest: .of([UInt8(number)]), size: Int64(number),
                    platform: text.flatMap { Platform(parsing: $0) })
            })
    }

    @Test func choosesTheBestAndOfEqualsTheFirst() throws {
        let arm = try #require(Platform(parsing: "linux/arm/v8"))
        #expect(index(["linux/amd64", "linux/arm/v6", "linux/arm/v7", "linux/arm/v7"]).entry(for: arm)?.size == 2)
        #expect(index(["linux/arm/v6", nil]).entry(for: arm)?.size == 0)
        #expect(index(["linux/amd64", nil]).entry(for: arm)?.size == 1)
        #expect(index(["linux/amd64", "unknown/unknown"]).entry(for: arm) == nil)
        #expect(index(["linux/amd64", "linux/arm64"]).platforms.map(\.description) == ["linux/amd64", "linux/arm64"])
    }

    @Test func passesOverWhatIsNoImage() throws {
        var list = index([nil, nil])
        list.manifests[0].mediaType = MediaType(rawValue: "application/vnd.example+json")
        #expect(list.entry(for: .host)?.size == 1)
    }
}
