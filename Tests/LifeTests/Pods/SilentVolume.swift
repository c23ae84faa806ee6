import Foundation
import Glibc

/// A file system of a server that never says anything about its files.
final class SilentVolume: Sendable {
    private let server: Int32
    private let path: String

    /// With `listens` the server begins as it should, and takes every question without an answer: then not even a signal ends the wait of who asked. Without,
    /// it takes none. nil where the kernel has no FUSE.
    init?(at path: String, listens: Bool = false) {
        self.path = path
        server = open("/dev/fuse", O_RDWR | O_CLOEXEC)
        guard server >= 0 else { return nil }
        mkdir(path, 0o755)
        let options = "fd=\(server),rootmode=40000,user_id=0,group_id=0,allow_other"
        guard mount("silent", path, "fuse", 0, options) == 0 else {
            close(server)
            return nil
        }
        if listens {
            greet()
            let server = self.server
            Thread.detachNewThread {
                var question = [UInt8](repeating: 0, count: 256 << 10)
                // It ends when the file system does.
                while read(server, &question, question.count) > 0 {}
            }
        }
    }

    /// The answer to the kernel's first question, `FUSE_INIT`: a header of 16 bytes, then version 7.31 and a largest write, of 64 in all.
    private func greet() {
        var question = [UInt8](repeating: 0, count: 256 << 10)
        guard read(server, &question, question.count) >= 40 else { return }
        var answer = [UInt8](repeating: 0, count: 80)
        answer[0] = 80
        answer.replaceSubrange(8..<16, with: question[8..<16])
        answer[16] = 7
        answer[20] = 31
        answer[16 + 21] = 16
        _ = write(server, answer, answer.count)
    }

    /// Whoever waits for an answer gets an error.
    func end() {
        umount2(path, Int32(MNT_FORCE | MNT_DETACH))
        close(server)
    }
}
