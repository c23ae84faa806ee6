import Testing

/// What callers match on in messages, from shared wording of runc and crun.
@Suite("refusals", Requirement.root, Requirement.rootfs, Requirement.subject, .leakCheck)
struct RefusalTests {
    @Test("unknown containers are said not to exist", arguments: ["state", "start", "kill", "delete", "ps"])
    func unknown(verb: String) throws {
        try withContainer("unknown-\(verb)") { container in
            expectFailure(
                try container.call(verb, "ID"), container.runtime.name == "crun" ? "does not exist" : "container does not exist")
        }
    }

    @Test("exec in an unknown container fails with 255")
    func unknownExec() throws {
        try withContainer("unknown-exec") { container in
            expectFailure(try container.call("exec", "ID", "true"), code: 255, "container does not exist")
        }
    }

    @Test("delete -f of an unknown container succeeds")
    func deleteUnknown() throws {
        try withContainer("delete-unknown") { try $0.call("delete", "--force", "ID").check("delete --force") }
    }

    @Test("a second container of the same id is refused and the first is untouched")
    func duplicate() throws {
        try withContainer("duplicate") { container in
            try container.call("run", "-d", "ID").check("run -d")
            let pid = container.pid
            expectFailure(try container.call("create", "ID"), "container with given ID already exists")
            #expect(container.status == "running" && container.pid == pid)
        }
    }

    @Test("a cgroup that others are in is refused, and nobody in it is harmed")
    func foreignCgroup() throws {
        try withContainer("cgroup-of-others") { victim in
            try victim.call("run", "-d", "ID").check("run -d")
            let cgroup = try #require(
                fileText("/proc/\(victim.pid)/cgroup")?.split(separator: "\n").first { $0.hasPrefix("0::") })
            try withContainer("cgroup-taken") {
                $0["linux", "cgroupsPath"] = .string(String(cgroup.dropFirst("0::".count)))
            } body: { container in
                for verb in ["create", "run"] { expectFailure(try container.call(verb, "ID"), "container's cgroup is not empty") }
            }
            #expect(victim.status == "running", "who was refused has killed it")
        }
    }

    @Test("a running container is neither started again nor deleted")
    func running() throws {
        try withContainer("refuse-running") { container in
            try container.call("run", "-d", "ID").check("run -d")
            expectFailure(try container.call("start", "ID"), "cannot start an already running container")
            expectFailure(
                try container.call("delete", "ID"), "cannot delete container \(container.id) that is not stopped: running")
            #expect(container.status == "running")
        }
    }

    @Test("a stopped container is neither started, killed nor entered")
    func stopped() throws {
        try withContainer("refuse-stopped") { container in
            try container.call("run", "-d", "ID").check("run -d")
            try container.call("kill", "ID", "KILL").check("kill")
            #expect(eventually { container.status == "stopped" })
            expectFailure(try container.call("start", "ID"), "cannot start a container that has stopped")
            expectFailure(try container.call("kill", "ID"), "container not running")
            expectFailure(try container.call("exec", "ID", "true"), code: 255, "cannot exec in a stopped container")
        }
    }

    @Test("ids that could be paths or options are refused", arguments: ["", ".", "..", "a/b", "../x", "a b", "ä", "a\nb", "a:b"])
    func badIdentifiers(id: String) throws {
        try withContainer("bad-id") { container in
            let outcome = try container.call("create", id)
            #expect(outcome.code != 0)
            if !container.runtime.isPeer, !id.isEmpty { #expect(outcome.errors.contains("container ID")) }
            if container.runtime.name != "crun" { try #expect(container.call("state", id).code != 0) }
        }
    }

    @Test("ids of every allowed character work")
    func goodIdentifiers() throws {
        try withContainer("good-id") { container in
            let id = container.id + "Az09_+.-"
            try container.call("create", id).check("create")
            try container.call("delete", "-f", id).check("delete")
        }
    }

    @Test(
        "unknown commands and options fail and say so",
        arguments: ["no-such-verb", "--no-such-option", "create --no-such-option x"])
    func unknownWords(words: String) throws {
        try withContainer("unknown-words") { container in
            let outcome = try container.script("$RT \(words)")
            #expect(outcome.code != 0 && outcome.errors.contains("no-such"))
        }
    }

    @Test("a failing program look-up says what callers match on")
    func lookUp() throws {
        try withContainer(
            "look-up", change: { $0["process", "args"] = ["no-such-program"] },
            body: { container in
                try #expect(container.call("run", "ID").errors.contains("executable file not found in $PATH"))
            })
        try withContainer(
            "look-up-absolute", change: { $0["process", "args"] = ["/no/such/program"] },
            body: { container in
                if container.runtime.isPeer { return }
                try #expect(container.call("run", "ID").errors.contains("exec /no/such/program: no such file or directory"))
            })
        try withContainer(
            "look-up-permission", change: { $0["process", "args"] = ["/etc/passwd"] },
            body: { container in
                try #expect(container.call("run", "ID").errors.lowercased().contains("permission denied"))
            })
    }

    @Test("with --log-format json the last line of the log is the error, as an object of level, msg and time")
    func jsonLog() throws {
        try withContainer("json-log") { container in
            let outcome = try container.script(
                "$RT --log $WORK/log --log-format json state $ID; code=$?; tail -n 1 $WORK/log; exit $code")
            #expect(outcome.code == 1)
            let record = try JSONValue(parsing: outcome.output)
            #expect(Set(record.object.keys) == ["level", "msg", "time"])
            #expect(record["level"]?.string == "error")
            #expect(record["msg"]?.string?.contains("does not exist") == true)
        }
    }
}
