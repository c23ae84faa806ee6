import Testing

/// A process is (boot, pid, start time): neither a reused pid nor a reboot makes a container run.
@Suite("identity", Requirement.root, Requirement.rootfs, Requirement.subject, .leakCheck)
struct IdentityTests {
    /// In a PID namespace of its own the test chooses a pid, and so makes a stranger with the container's.
    @Test("a stranger with the container's pid is not the container, and is not killed")
    func reusedPID() throws {
        try withContainer("reused-pid") { container in
            let inside = """
                $RT run -d --pid-file $WORK/pid $ID >/dev/null 2>$WORK/errors </dev/null || { cat $WORK/errors; exit 90; }
                pid=$(cat $WORK/pid)
                kill -9 $pid
                while [ -e /proc/$pid ]; do sleep 0.01; done
                $PROBE pid $pid sleep 1000 & probe=$!
                until kill -0 $pid 2>/dev/null; do kill -0 $probe || exit 91; sleep 0.01; done
                $RT state $ID
                $RT kill $ID KILL 2>/dev/null && echo killed
                $RT delete -f $ID || echo "delete failed"
                kill -0 $pid && echo "stranger lives"
                kill $pid
                """
            let outcome = try container.script(
                "unshare --pid --mount --fork --mount-proc --kill-child sh -c \(Runtime.quoted(inside))")
            #expect(outcome.succeeded, "\(outcome.output)\(outcome.errors)")
            #expect(outcome.output.contains("\"stopped\""), "\(outcome.output)\(outcome.errors)")
            #expect(!outcome.output.contains("killed") && !outcome.output.contains("delete failed"))
            #expect(outcome.output.contains("stranger lives"))
        }
    }

    @Test("a container of another boot is stopped, and can be deleted")
    func otherBoot() throws {
        if Runtime.subject.isPeer { return }
        try withContainer("other-boot") { container in
            try container.call("run", "-d", "ID").check("run -d")
            let outcome = try container.script(
                """
                echo 00000000-1111-2222-3333-444444444444 >$WORK/boot
                mount --bind $WORK/boot /proc/sys/kernel/random/boot_id
                exec $RT state $ID
                """, ownMounts: true)
            try #expect(JSONValue(parsing: outcome.output)["status"]?.string == "stopped", "\(outcome.errors)")
            #expect(container.status == "running", "looking changed something")
        }
    }
}
