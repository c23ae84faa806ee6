import Foundation
import LinuxKernel
import LinuxTypes
import OCISpec
import Testing

@testable import SeccompFilter

/// A filter belongs to a thread, so a thread of its own is loaded with it and ends with it.
@Suite("the kernel agrees") struct KernelAgreementTests {
    private final class Report: @unchecked Sendable {
        var loading: String?
        var observed: [Int32] = []
        let done = DispatchSemaphore(value: 0)
    }

    @Test("a loaded default profile answers as it does in the interpreter")
    func defaultProfile() throws {
        let filter = try compile(DefaultProfile.profile(capabilities: [], architecture: .x86_64))
        let report = Report()
        let thread = Thread {
            do throws(KernelError) {
                try setNoNewPrivileges()
                try loadSeccompFilter(filter.program.instructions, flags: filter.program.flags)
                report.observed = [
                    // AF_ALG; AF_UNIX.
                    outcome(Glibc.socket(38, 5, 0)), outcome(Glibc.socket(1, 1, 0)), outcome(Glibc.chroot("/nonexistent")),
                    // Of no effect even where the filter let them pass.
                    outcome { () throws(KernelError) in try unshare([]) },
                    outcome { () throws(KernelError) in try setPersonality(0x4_0000) },
                    outcome { () throws(KernelError) in try setPersonality(0xffff_ffff) },
                    outcome { () throws(KernelError) in try joinNewSessionKeyring(name: "hull-test") },
                ]
            } catch { report.loading = "\(error)" }
            report.done.signal()
        }
        thread.start()
        report.done.wait()
        #expect(report.loading == nil)
        #expect(report.observed == [97, 0, 1, 1, 1, 0, 1])
    }
}

/// 0, or errno; a descriptor that was opened is closed.
private func outcome(_ result: Int32) -> Int32 {
    if result < 0 { return Glibc.errno }
    if result > 2 { Glibc.close(result) }
    return 0
}

private func outcome(_ call: () throws(KernelError) -> Void) -> Int32 {
    do throws(KernelError) {
        try call()
        return 0
    } catch { return error.errno.rawValue }
}
