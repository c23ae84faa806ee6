import Journal
import PodRecords
import Testing

@Suite struct PodKeysTests {
    private let uid = PodUID(random: [1, 2, 3])

    @Test func `keys of sandboxes and containers are read back`() throws {
        let sandbox = try #require(PodKeys.parse(PodKeys.sandbox(uid)))
        #expect(sandbox.uid == uid && sandbox.container == nil)
        let container = try #require(PodKeys.parse(PodKeys.container("web", of: uid)))
        #expect(container.uid == uid && container.container == "web")
    }

    /// `/manifests/` is as long as `/sandboxes/`: a manifest's key was taken for a sandbox's.
    @Test(
        arguments: [
            "/manifests/a", "/plans/a", "/sandboxes", "/sandboxes/", "/sandboxes/A", "/sandboxes/a/", "/sandboxes/a/containers",
            "/sandboxes/a/containers/", "/sandboxes/a/containers/b/c", "/sandboxes/a/others/b", "/sandboxes//containers/b", "/",
            "/x",
            "/sandboxes/../x",
        ] as [Key])
    func `others are none of ours`(key: Key) { #expect(PodKeys.parse(key) == nil) }

    @Test func `what belongs to a pod is below its key`() {
        let key = PodKeys.container("web", of: uid)
        #expect(key.bytes.starts(with: PodKeys.containers(of: uid).bytes))
        #expect(key.bytes.starts(with: PodKeys.sandboxes.bytes))
        #expect(PodKeys.manifest(uid).bytes.starts(with: PodKeys.manifests.bytes))
        #expect(PodKeys.plan(uid).bytes.starts(with: PodKeys.plans.bytes))
    }
}
