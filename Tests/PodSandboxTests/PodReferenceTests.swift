import Testing

@testable import PodSandbox

/// How people name pods.
@Suite struct PodReferenceTests {
    @Test(arguments: [
        ("web", "default", "web"), ("n/web", "n", "web"), ("pod/web", "default", "web"), ("pod/n/web", "n", "web"),
        ("pod/pod/web", "pod", "web"), ("a/b/c", "a", "b/c"), ("pod", "default", "pod"), ("", "default", ""), ("/", "", ""),
    ])
    func `a name is read`(_ text: String, _ namespace: String, _ name: String) {
        let reference = PodReference(text)
        #expect(reference.namespace == namespace && reference.name == name)
        #expect(reference.text == text && "\(reference)" == text)
    }

    @Test(arguments: ["default", "n", "pod"], [true, false])
    func `what is printed is read back`(namespace: String, isWhole: Bool) {
        let reference = PodReference(PodReference.printed("web", in: namespace, isWhole: isWhole))
        #expect(reference.namespace == namespace && reference.name == "web")
        #expect(PodReference.printed("web", in: "default", isWhole: false) == "pod/web")
    }
}
