import LinuxTypes
import OCISpec
import StrictTree
import Testing

@Suite struct RoundTripTests {
    @Test(arguments: [false, true], [false, true])
    func `the default configuration is read back without a warning`(rootless: Bool, unifiedCgroups: Bool) throws {
        let written = Configuration.default(rootless: rootless, uid: 1000, gid: 100, unifiedCgroups: unifiedCgroups)
        let decoded = try Decoded<Configuration>(from: Document(json: written.json(.tabs)).root)
        #expect(decoded.warnings == Warnings())
        #expect(decoded.value == written)
        #expect(written.linux?.namespaces.contains { $0.type == .user } == rootless)
        #expect(written.linux?.namespaces.contains { $0.type == .cgroup } == unifiedCgroups)
        #expect(written.linux?.uidMappings == (rootless ? [IDMapping(containerID: 0, hostID: 1000, size: 1)] : []))
        #expect(written.process?.capabilities?.inheritable == [])
    }

    @Test func `no member is lost between reading and writing`() throws {
        let bytes = try Fixtures.bytes("everything.json")
        let document = try Document(json: bytes)
        let decoded = try Decoded<Configuration>(from: document.root)
        #expect(decoded.warnings == Warnings())
        let rewritten = try Document(json: decoded.value.json())
        #expect(try Decoded<Configuration>(from: rewritten.root).value == decoded.value)
        // Nor by a reader that never asks: every scalar of the source is there again. Defaults may be added.
        #expect(try Set(scalars(document.root)).subtracting(scalars(rewritten.root)) == [])
    }

    @Test func `examples of the specification survive writing`() throws {
        for name in try Fixtures.names(in: "config/good") + ["seccomp.json"] {
            let configuration = try Decoded<Configuration>(from: Document(json: Fixtures.bytes(name)).root).value
            for layout in [JSONWriter.Layout.compact, .spaces(2)] {
                #expect(try Decoded<Configuration>(from: Document(json: configuration.json(layout)).root).value == configuration)
            }
        }
    }

    /// Every scalar as `pointer=value`.
    private func scalars(_ value: Value) throws -> [String] {
        switch value.kind {
        case .array: try value.array.flatMap(scalars)
        case .object: try value.members.flatMap { try scalars($0.value) }
        case .string: ["\(value.pointer)=\(try value.string)"]
        case .number: try ["\(value.pointer)=\((try? value.unsigned).map(String.init) ?? String(value.integer))"]
        case .bool: ["\(value.pointer)=\(try value.bool)"]
        case .null: []
        }
    }
}
