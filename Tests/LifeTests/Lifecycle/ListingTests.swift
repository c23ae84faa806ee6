import Testing

@Suite("listing", Requirement.root, Requirement.rootfs, Requirement.subject, .leakCheck)
struct ListingTests {
    @Test("list shows a table sorted by id, ids alone with -q, an array on one line with --format json")
    func list() throws {
        try withContainer("list-z") { second in
            try withContainer("list-a") { first in
                try second.call("run", "-d", "ID").check("run -d")
                try first.call("create", "ID").check("create")
                let lines = try first.call("list").lines
                #expect(
                    lines.first?.split(separator: " ").map(String.init) == ["ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"])
                let rows = lines.dropFirst().map { $0.split(separator: " ").map(String.init) }
                let own = rows.filter { [first.id, second.id].contains($0[0]) }
                let expected = [[first.id, String(first.pid), "created"], [second.id, String(second.pid), "running"]]
                #expect(own.map { Array($0[0..<3]) } == expected)

                let identifiers = try first.call("list", "-q").lines
                #expect(identifiers.contains(first.id) && identifiers.contains(second.id))
                #expect(identifiers == identifiers.sorted())

                let json = try first.call("list", "--format", "json").output
                #expect(json.split(separator: "\n").count == 1)
                let entry = try JSONValue(parsing: json).array.first { $0["id"]?.string == second.id }
                #expect(entry?["status"]?.string == "running" && entry?["pid"]?.integer == Int64(second.pid))
            }
        }
    }

    @Test("list of a missing root fails where it was given")
    func missingRoot() throws {
        try withContainer("list-missing") { container in
            let outcome = try container.script("\(container.runtime.program) --root $WORK/none list")
            if !container.runtime.isPeer { #expect(outcome.code == 1) }
            #expect(!Machine.exists(container.bundle.work + "/none") || container.runtime.isPeer)
        }
    }

    @Test("ps shows the container's processes, as a table and as pids; nothing of a stopped one")
    func processes() throws {
        try withContainer("ps") { container in
            try container.call("run", "-d", "ID").check("run -d")
            try container.call("exec", "-d", "ID", "sleep", "1001").check("exec -d")
            #expect(eventually { Leaks.processes(named: container.id).count == 2 })
            let pids = try JSONValue(parsing: container.call("ps", "--format", "json", "ID").output).array.compactMap(\.integer)
            #expect(pids.count == 2 && pids.contains(Int64(container.pid)))
            let lines = try container.call("ps", "ID").lines
            #expect(lines.first?.contains("PID") == true)
            #expect(lines.count == 3)
            try container.call("kill", "ID", "KILL").check("kill")
            #expect(eventually { container.status == "stopped" })
            let stopped = try container.call("ps", "--format", "json", "ID")
            if !container.runtime.isPeer {
                #expect(stopped.succeeded)
                try #expect(JSONValue(parsing: stopped.output).array.isEmpty)
            }
        }
    }

    @Test("version, features and spec have the shapes that callers read")
    func shapes() throws {
        try withContainer("shapes") { container in
            let version = try container.script("$RT --version").lines
            #expect(version.first?.contains(" version ") == true)
            #expect(version.contains { $0.hasPrefix("commit: ") } && version.contains { $0.hasPrefix("spec: ") })
            if container.runtime.isPeer { return }
            #expect(version.first?.hasPrefix("hull-runtime version ") == true)
            #expect(version.contains("spec: 1.3.0") && version.contains { $0.hasPrefix("+") })

            let features = try JSONValue(parsing: container.script("$RT features").output)
            #expect(features["ociVersionMax"]?.string != nil && features["linux", "namespaces"]?.array.count == 8)
            #expect(features["linux", "seccomp", "enabled"] == .bool(true))

            let spec = try container.script("mkdir $WORK/new && $RT spec -b $WORK/new && cat $WORK/new/config.json")
            try #expect(JSONValue(parsing: spec.output)["process", "args"]?.array.isEmpty == false)
            try #expect(container.script("$RT spec -b $WORK/new").code == 1, "overwrote config.json")
        }
    }
}
