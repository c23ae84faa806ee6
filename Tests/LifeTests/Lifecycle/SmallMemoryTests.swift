import Testing

/// Init must not need more memory than the program: a container with a limit in which `true` can run starts in it. With the programs in the page cache, as
/// they are after the first try.
@Suite("small memory limits", Requirement.memory, Requirement.rootfs, Requirement.subject, .leakCheck)
struct SmallMemoryTests {
    /// On v2 what the kernel allocates for a process counts too.
    static let limit: Int64 = Machine.hasUnifiedCgroups ? 1 << 20 : 512 << 10

    @Test("a container starts within half a megabyte on v1 and one on v2")
    func starts() throws {
        try withContainer("small-memory") {
            $0["process", "args"] = ["/bin/true"]
            $0["linux", "resources", "memory"] = ["limit": .integer(Self.limit)]
        } body: { container in
            // The first one reads the programs.
            _ = try container.call("run", "ID")
            for _ in 0..<5 { try container.call("run", "ID").check("run within \(Self.limit) bytes") }
        }
    }
}
