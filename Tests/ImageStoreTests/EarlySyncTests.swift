import LinuxKernel
import LinuxTypes
import Testing

@testable import ImageStore

/// The disk writes while layers are unpacked.
@Suite struct EarlySyncTests {
    @Test("a load that is done at once has none, and waits for none")
    func quick() throws {
        // No descriptor: a sync would fail.
        let begun = monotonicMicroseconds()
        try EarlySync(FileDescriptor(-1)).end()
        #expect(monotonicMicroseconds() - begun < 200_000)
    }

    @Test("an error is told, since the kernel tells it once")
    func failed() throws {
        let early = try EarlySync(FileDescriptor(-1))
        pause(milliseconds: 600)
        var found: ImageError?
        do throws(ImageError) { try early.end() } catch { found = error }
        #expect(found == .kernel(KernelError(call: "syncfs", errno: .EBADF, subject: "images")))
    }

    @Test("one that is given up ends its thread")
    func givenUp() throws {
        let directory = try FileDescriptor.workingDirectory.open("/tmp", [.readOnly, .directory])
        for _ in 0..<20 { _ = try EarlySync(directory.descriptor) }
        let early = try EarlySync(directory.descriptor)
        pause(milliseconds: 400)
        try early.end()
    }
}
