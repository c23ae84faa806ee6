import Cgroups
import Foundation
import Journal
import LinuxTypes
import OCISpec
import Testing

@testable import ContainerRuntime

/// What is recorded of a container, through the journal: claimed, changed under its lock, read without one, removed.
@Suite struct ContainerStoreTests {
    private let configuration = Array("{\"ociVersion\": \"1.3.0\"}".utf8)

    private func withRoot(_ body: (HostPath) throws -> Void) throws {
        let path = "/dev/shm/hull-store-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(try #require(HostPath(path)))
    }

    private func record(_ phase: ContainerRecord.Phase = .creating) -> ContainerRecord {
        ContainerRecord(
            phase: phase, ociVersion: "1.3.0", bundle: "/b", rootfs: "/b/rootfs", created: "2026-11-28T00:00:00Z",
            ownerName: "root", owner: nil, initProcess: nil, cgroup: Location(directories: []), annotations: [:],
            hasPoststartHooks: false, hasStartContainerHooks: false, hasPoststopHooks: false)
    }

    private func makeContainer(_ id: String, _ root: HostPath) throws {
        let opened = try ContainerStore(Runtime(root: root), for: .creating)
        guard let store = consume opened else { throw RuntimeError(.failed, "no store") }
        var container = try store.lockForClaim(id)
        try container.claim(record(), configuration: configuration)
        try container.write(record(.created))
    }

    private func ids(_ root: HostPath) throws -> [String]? {
        let opened = try ContainerStore(Runtime(root: root), for: .looking)
        guard let store = consume opened else { return nil }
        return try store.ids()
    }

    @Test func `a root without a journal has no store, and looking makes none`() throws {
        try withRoot { root in
            for purpose in [ContainerStore.Purpose.looking, .changing] {
                let store = try ContainerStore(Runtime(root: root), for: purpose)
                let isMissing = store == nil
                #expect(isMissing)
            }
            #expect(!FileManager.default.fileExists(atPath: root.string))
        }
    }

    @Test func `what was written last is what others read`() throws {
        try withRoot { root in
            try makeContainer("b", root)
            try makeContainer("a", root)
            #expect(try ids(root) == ["a", "b"])
            let opened = try ContainerStore(Runtime(root: root), for: .looking)
            guard let store = consume opened else { throw RuntimeError(.failed, "no store") }
            #expect(try store.record(of: "a") == record(.created))
            #expect(try store.record(of: "c") == nil)
            #expect(try store.configuration(of: "b").ociVersion == "1.3.0")
        }
    }

    @Test func `a removed container leaves its id free, and nothing in the file system`() throws {
        try withRoot { root in
            try makeContainer("a", root)
            let opened = try ContainerStore(Runtime(root: root), for: .changing)
            guard let store = consume opened else { throw RuntimeError(.failed, "no store") }
            var container = try store.lock("a")
            try container.remove()
            #expect(try ids(root) == [])
            #expect(try FileManager.default.contentsOfDirectory(atPath: root.string + "/containers") == [])
            #expect(throws: RuntimeError.self) { _ = try store.lock("a").id }
            try makeContainer("a", root)
            #expect(try ids(root) == ["a"])
        }
    }

    @Test func `who changes a record without the lock is found out`() throws {
        try withRoot { root in
            try makeContainer("a", root)
            let opened = try ContainerStore(Runtime(root: root), for: .changing)
            guard let store = consume opened else { throw RuntimeError(.failed, "no store") }
            var container = try store.lock("a")
            let journal = try StoreLocation(root: root).open(isWritable: true)
            _ = try journal.put("/containers/a", record(.deleting).encoded(), .volatile)
            let failure = try #require(throws: RuntimeError.self) { try container.write(record(.running)) }
            #expect(failure.message.contains("without its lock"))
            try container.reload()
            try container.write(record(.running))
        }
    }

    /// Configurations of 10 KB: some megabytes of history, of which none is of a container that lives.
    @Test func `history does not grow without bound`() throws {
        let large = Array("{\"ociVersion\": \"1.3.0\", \"hostname\": \"\(String(repeating: "x", count: 10_000))\"}".utf8)
        try withRoot { root in
            try makeContainer("stays", root)
            let opened = try ContainerStore(Runtime(root: root), for: .creating)
            guard let store = consume opened else { throw RuntimeError(.failed, "no store") }
            for _ in 0..<1500 {
                var container = try store.lockForClaim("a")
                try container.claim(record(), configuration: large)
                try container.remove()
            }
            let size = try StoreLocation(root: root).open(isWritable: false).footprint().segmentBytes
            #expect(size < 8 << 20)
            #expect(try ids(root) == ["stays"])
        }
    }
}
