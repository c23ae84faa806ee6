import LinuxKernel
import LinuxTypes
import Testing

@testable import SeccompFilter

@Suite("errors that a child sends") struct ErrorBytesTests {
    private let errors: [SeccompError] = [
        .notifyUnsupported(at: "/a"), .invalid(at: "/b", reason: "c"), .tooLarge(reason: ""), .unknownArchitecture("é"),
        .unknownToKernel("d"), .conflict(systemCall: "read"), .miscompiled(systemCall: "write"), .programTooLong(5000),
        .unfinished(reason: "within 1 s"), .library(call: "seccomp_init", errno: .EINVAL, subject: ""),
        .kernel(KernelError(call: "fork", errno: .EAGAIN, subject: "x")),
    ]

    @Test("each is read back as what it was")
    func roundTrip() {
        for error in errors { #expect(error.encoded.withUnsafeBytes(SeccompError.init(decoding:)) == error) }
    }

    @Test("bytes that are cut, prolonged or of no kind are no error")
    func broken() {
        for error in errors {
            let bytes = error.encoded
            for count in 0..<bytes.count {
                #expect(bytes[..<count].withUnsafeBytes { SeccompError(decoding: $0) } == nil, "\(error), \(count) bytes")
            }
            #expect((bytes + [0]).withUnsafeBytes(SeccompError.init(decoding:)) == nil)
            #expect(([200] + bytes.dropFirst()).withUnsafeBytes { SeccompError(decoding: $0) } == nil)
        }
    }
}
