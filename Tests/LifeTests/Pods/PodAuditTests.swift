import Foundation
import Glibc
import Testing

/// What is left behind is found, and taken away; what is somebody else's stays.
@Suite("pods: audit", .serialized, Requirement.root, Requirement.shell, Requirement.keeper, Requirement.rootfs, .leakCheck)
struct PodAuditTests {
    /// One leftover: how it comes to be, in shell, and what a line about it says. `G` is a cgroup hierarchy; `A`, `B`, `D` are uids of a pod that runs, one that is
    /// stopped and one that was removed.
    private struct Plant {
        let name: String
        let script: String
        let says: String
        /// Whether nobody but a person may decide what becomes of it.
        var stays = false
    }

    private static let plants = [
        Plant(name: "cgroup", script: "mkdir -p $G/hull/pods/$D", says: "removed, and there is its cgroup"),
        Plant(
            name: "process", script: "mkdir -p $G/hull/pods/$D; sleep 1000 & echo $! >$G/hull/pods/$D/cgroup.procs",
            says: "removed, and there is a process of it"),
        Plant(name: "keeper's cgroup", script: "mkdir -p $G/hull/keepers/$D", says: "there is its keeper's cgroup"),
        Plant(name: "nested cgroup", script: "mkdir -p $G/hull/pods/$B/$B.c.1", says: "stopped, and there is its cgroup"),
        Plant(name: "run directory", script: "mkdir -p $RUN/pods/$D/io", says: "removed, and there is its run directory"),
        Plant(name: "socket", script: "mkdir -p $RUN/pods/$D; touch $RUN/pods/$D/keeper.sock", says: "keeper.sock'"),
        Plant(
            name: "pinned namespace",
            script: "mkdir -p $RUN/pods/$D; touch $RUN/pods/$D/mnt; mount --bind $RUN/pods/$K/mnt $RUN/pods/$D/mnt",
            says: "removed, and there is its mount namespace"),
        Plant(name: "volumes", script: "mkdir -p $ROOT/pods/$D/volumes/v", says: "pods/$D/volumes'"),
        Plant(name: "logs", script: "mkdir -p $ROOT/pods/$D/logs; echo x >$ROOT/pods/$D/logs/c.0.log", says: "pods/$D/logs'"),
        Plant(name: "name", script: "put /names/default/ghost $D", says: "the name 'default/ghost'"),
        Plant(name: "manifest", script: "put /manifests/$D '{}'", says: "the record '/manifests/$D'"),
        Plant(name: "plan", script: "put /plans/$D '{}'", says: "the record '/plans/$D'"),
        Plant(
            name: "container's record", script: "put /sandboxes/$D/containers/c '{}'",
            says: "the record '/sandboxes/$D/containers/c'"),
        Plant(
            name: "frozen record", script: #"put /frozen/$D "{\"boot\":\"x\",\"since\":1}""#, says: "the record '/frozen/$D'"),
        Plant(name: "user of a volume", script: "put /volume-users/default/v/$D default/d", says: "volume 'default/v' is in use"),
        Plant(name: "range of ids", script: "put /user-ranges/1966080 $D", says: "the ids from 1966080 on are of pod $D"),
        Plant(name: "changed resources", script: "put /resources/$D '{}'", says: "changed resources of pod $D"),
        Plant(name: "writable layer", script: "mkdir -p $ROOT/images/roots/$D.c.1", says: "the writable layer '$D.c.1'"),
        Plant(
            name: "mount of a stopped pod", script: "mkdir -p $RUN/pods/$B/x; mount -t tmpfs none $RUN/pods/$B/x",
            says: "pods/$B/x', where no pod has one"),
        Plant(
            name: "mount among files", script: "mkdir -p $ROOT/pods/$A/x; mount -t tmpfs none $ROOT/pods/$A/x",
            says: "pods/$A/x', where no pod has one"),
        Plant(
            name: "values of a Secret", script: "mkdir -p $ROOT/secrets; echo x >$ROOT/secrets/stray", says: "the file 'stray'"),
        Plant(name: "old attempt", script: "mkdir -p $G/hull/pods/$A/$A.c.0", says: "attempt 0 of container 'c' is over"),
        Plant(name: "no keeper", script: "kill -9 $KEEPER", says: "pod 'default/k' has no keeper"),
        Plant(
            name: "frozen by hand",
            script:
                "if [ -e $G/hull/pods/$A/freezer.state ]; then echo FROZEN >$G/hull/pods/$A/freezer.state; else echo 1 >$G/hull/pods/$A/cgroup.freeze; fi",
            says: "pod 'default/a' is frozen, and nobody has recorded that"),
        Plant(
            name: "a volume's files", script: "mkdir -p $ROOT/volumes/default/nobody", says: "volumes/default/nobody'",
            stays: true),
        Plant(name: "another's file", script: "touch $RUN/pods/README", says: "pods/README' is no pod's", stays: true),
    ]

    @Test("each of two dozen planted leftovers is found; --fix removes them and nothing else")
    func planted() throws {
        try withPods("audit") { place in
            let spec =
                "terminationGracePeriodSeconds: 0\ncontainers: [{name: c, image: \"busybox:1\", command: [sleep, \"1000\"]}]"
            for name in ["a", "b", "d", "k"] { try place.runPod(name, spec) }
            // Its attempts count on.
            try place.call("restart", "a").check("restart")
            let uids = try ["A": place.uid("a"), "B": place.uid("b"), "D": place.uid("d"), "K": place.uid("k")]
            let running = try [place.pid(of: "a"), place.pid(of: "k")]
            try place.call("stop", "b").check("stop")
            try place.call("rm", "-f", "d").check("rm")
            expectEnd(try place.call("audit"), 0, "")
            let hierarchy = ["/sys/fs/cgroup/freezer", "/sys/fs/cgroup"].first { Machine.exists($0 + "/cgroup.procs") } ?? ""
            let foreign = "\(hierarchy)/hull/pods/\(place.podMark)-foreign"
            var settings = uids.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: "; ")
            settings += "; G=\(hierarchy); ROOT=\(place.root); RUN=\(place.runRoot); KEEPER=\(try place.keeper("k"))"
            settings += "; put() { $H journal put $O \"$1\" \"$2\" >/dev/null; }; mkdir \(foreign)"
            // The shell's children outlive it: what is planted is to be found, not waited for.
            let script = Self.plants.map { "{ \($0.script); } </dev/null >/dev/null 2>&1" }.joined(separator: "\n")
            try place.script("\(settings)\n\(script)").check("plant")
            defer { rmdir(foreign) }
            let found = try place.call("audit")
            #expect(found.code == 1, "\(found.errors)")
            for plant in Self.plants {
                let says = uids.reduce(plant.says) { $0.replacingOccurrences(of: "$\($1.key)", with: $1.value) }
                #expect(found.output.contains(says), "\(plant.name)")
            }
            #expect(!found.output.contains("foreign"))
            let fixed = try place.call("audit", "--fix")
            let left = Self.plants.filter(\.stays)
            #expect(fixed.code == 1 && fixed.lines.count == left.count, "\(fixed.output) \(fixed.errors)")
            #expect(try place.call("audit").output == fixed.output)
            // What nobody planted is as it was.
            #expect(try [place.pid(of: "a"), place.pid(of: "k")] == running)
            #expect(running.allSatisfy { kill($0, 0) == 0 })
            #expect(try place.keeper("k") > 0 && place.line("b").contains("Stopped"))
            let files = "\(place.root)/pods/\(uids["B"] ?? "")/volumes"
            #expect(Machine.exists(foreign) && Machine.exists(files))
            try place.script(
                "rm -r \(place.root)/volumes/default/nobody \(place.runRoot)/pods/README; rmdir \(place.root)/pods/*/x")
            expectEnd(try place.call("audit"), 0, "")
        }
    }

    /// The kernel gave back one hierarchy's part while a process was on its way out of another's; later only the first hierarchy was looked at.
    @Test("what a killed keeper left in one hierarchy alone goes with the next removal")
    func partOfKeeperCgroup() throws {
        try withPods("keeper-part") { place in
            let hierarchies = ["/sys/fs/cgroup/pids", "/sys/fs/cgroup/freezer", "/sys/fs/cgroup"]
            for hierarchy in hierarchies where Machine.exists(hierarchy + "/cgroup.procs") {
                let cgroup = "\(hierarchy)/hull/keepers/\(place.newUID())"
                try FileManager.default.createDirectory(atPath: cgroup, withIntermediateDirectories: true)
                defer { rmdir(cgroup) }
                try place.call("rm", "-f", "nobody").check("rm")
                #expect(!Machine.exists(cgroup))
            }
        }
    }
}
