import CommandSupport
import PodSpec
import PodVerbs
import Testing

/// The words of `hull resize`.
@Suite struct ResizeVerbTests {
    @Test(arguments: [
        ("web", "there is nothing to change: --cpu, --memory, --limits or --requests"),
        ("web --cpu much", "--cpu is a quantity, as 500m or 1Gi, or none, not 'much'"),
        ("web --limits disk=1", "--limits is as cpu=1,memory=1Gi, not 'disk=1'"),
        ("web --requests cpu", "--requests is as cpu=1,memory=1Gi, not 'cpu'"),
        ("web --pod -c a --cpu 1", "--container and --pod exclude each other"),
    ])
    func `mistakes are named`(_ line: String, _ message: String) { #expect(complaint(aboutPod: "resize " + line) == message) }

    @Test func `words are read`() throws {
        guard case .resize(let resize) = try podCommand("resize -c server web --limits memory=none,cpu=2 --requests cpu=100m")
        else {
            Issue.record("another verb")
            return
        }
        #expect(resize.pod == "web" && resize.container == "server" && !resize.isWhole)
        #expect(resize.wish.cpuLimit == ResourceWish.Amount("2") && resize.wish.memoryLimit == ResourceWish.Amount.none)
        #expect(resize.wish.cpuRequest == ResourceWish.Amount("100m") && resize.wish.memoryRequest == nil)
    }
}
