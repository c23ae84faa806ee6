import Glibc
import JournalHistory
import LinuxKernel
import LinuxTypes

/// Directories of a soak: a store on the disk, its run directory in memory where there is one, and what the processes write down.
struct SoakPlace: ~Copyable {
    struct Paths: Sendable {
        let base: String
        let store: HostPath
        let run: HostPath
    }

    let paths: Paths

    init() throws {
        let base = try Self.makeDirectory("/var/tmp/hull-soak-XXXXXX")
        // In memory the doorbell is there, and who waits sleeps on it.
        let memory = try FileDescriptor.fileSystemType(ofPath: "/dev/shm") == .tmpfs ? "/dev/shm" : "/var/tmp"
        let run = try Self.makeDirectory(memory + "/hull-soak-XXXXXX")
        try FileDescriptor.workingDirectory.makeDirectory(base + "/history", permissions: 0o700)
        guard let store = HostPath(base + "/store"), let runPath = HostPath(run) else { throw Broken(description: base) }
        paths = Paths(base: base, store: store, run: runPath)
    }

    private static func makeDirectory(_ template: String) throws -> String {
        var path = Array(template.utf8CString)
        guard mkdtemp(&path) != nil else { throw Missing(what: "no directory as \(template)") }
        return String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        for path in [paths.store.string, paths.base + "/history", paths.run.string, paths.base] {
            do throws(KernelError) {
                let directory = try FileDescriptor.workingDirectory.open(path, [.readOnly, .directory])
                for name in try directory.descriptor.directoryEntries() { try directory.descriptor.unlink(name) }
                try FileDescriptor.workingDirectory.removeDirectory(path)
            } catch {
                // What is left is in a directory of its own, for who looks why.
            }
        }
    }
}

extension SoakPlace.Paths {
    private var done: String { base + "/history/done" }

    func setDone() throws(KernelError) {
        _ = try FileDescriptor.workingDirectory.open(done, [.writeOnly, .create])
    }

    func isDone() throws(KernelError) -> Bool {
        do throws(KernelError) {
            _ = try FileDescriptor.workingDirectory.statusFollowing(done)
            return true
        } catch  where error.errno == .ENOENT {
            return false
        }
    }

    /// The names of what was written down.
    func recordings() throws(KernelError) -> [String] {
        let directory = try FileDescriptor.workingDirectory.open(base + "/history", [.readOnly, .directory])
        return try directory.descriptor.directoryEntries().filter { $0 != "done" }.sorted()
    }
}
