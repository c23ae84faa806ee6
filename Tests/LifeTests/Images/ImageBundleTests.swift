import Foundation
import Glibc
import Testing

/// `hull image bundle --overlay`: containers that run on an image's own layers.
@Suite("image bundles on overlayfs", Requirement.root, Requirement.shell, Requirement.rootfs, Requirement.overlayOnDisk)
struct ImageBundleTests {
    /// A place with the image `base:1`, whose program is a shell that runs what `script` says.
    private func place(_ name: String, _ script: String) throws -> ImagePlace {
        let place = try ImagePlace("bundle-" + name)
        let made = try place("import", "-q", "--entrypoint", "/bin/sh", "--cmd", "-ec", "--cmd", script, Machine.rootfs, "base:1")
        #expect(made.succeeded, "\(made.errors)")
        return place
    }

    private func runtime(_ bundle: String, _ name: String) -> [String] {
        [
            Machine.hullDirectory + "/hull-runtime", "--root", Machine.state + "/bundle-" + name, "run", "-b", bundle,
            Machine.mark + "-bundle-\(name).",
        ]
    }

    private func mounts(_ place: ImagePlace) -> Int {
        (fileText("/proc/self/mountinfo") ?? "").split(separator: "\n").filter { $0.contains(place.work) }.count
    }

    @Test("a container writes, replaces and removes; the layers stay, and another container of the image sees nothing of it")
    func apart() throws {
        let place = try place(
            "apart",
            "test ! -e /mine; echo one >/mine; echo two >>/etc/passwd; rm /bin/ls; mkdir /bin/ls; rm -r /usr; ls /bin/ls /usr || echo gone"
        )
        let before = try LifeTests.run(["sh", "-c", "find \(place.root)/images/layers | sort | md5sum"]).output
        for name in ["one", "two"] {
            let bundle = place.work + "/" + name
            expectEnd(try place("bundle", "--overlay", "base:1", bundle), 0, "")
            let outcome = try LifeTests.run(runtime(bundle, "apart"))
            #expect(outcome.output.hasSuffix("gone\n"), "\(outcome.output) \(outcome.errors)")
            #expect(fileText(bundle + "/rootfs/mine") == "one\n")
            #expect(!Machine.exists(bundle + "/rootfs/usr"))
        }
        #expect(try LifeTests.run(["sh", "-c", "find \(place.root)/images/layers | sort | md5sum"]).output == before)
        expectEnd(try place("check", "-q"), 0, "nothing is wrong\n")
        expectEnd(
            try place("rm", "base:1"), 1, "", says: "image 'base:1' is used by the bundle in '\(place.work)/")
        expectEnd(try place("prune", "-a"), 0, "")
        for name in ["one", "two"] { expectEnd(try place("unbundle", place.work + "/" + name), 0, "") }
        #expect(!Machine.exists(place.work + "/one") && mounts(place) == 0)
        expectEnd(try place("unbundle", place.work + "/one"), 1, "", says: "no such file or directory")
        #expect(try place("rm", "base:1").succeeded)
        #expect(try place.contents() == [] && roots(place) == [])
    }

    private func roots(_ place: ImagePlace) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: place.root + "/images/roots")
    }

    @Test("read-only: nothing can be written")
    func readOnly() throws {
        let place = try place("ro", "echo x >/new || echo refused; rm /bin/ls || echo kept")
        let bundle = place.work + "/b"
        expectEnd(try place("bundle", "--overlay", "--read-only", "base:1", bundle), 0, "")
        #expect(try LifeTests.run(runtime(bundle, "ro")).output == "refused\nkept\n")
        #expect(try !LifeTests.run(["touch", bundle + "/rootfs/new"]).succeeded)
        expectEnd(try place("unbundle", bundle), 0, "")
    }

    @Test(
        "in a user namespace files belong to whom they should, and none is changed", Requirement.mappedOwners,
        arguments: ["--overlay", "--tty=false"])
    func idMapped(_ option: String) throws {
        let place = try place(
            "ids",
            "stat -c %u:%g / /etc /etc/passwd; echo x >/etc/passwd; echo y >/own; stat -c %u:%g /own; cat /proc/self/uid_map")
        let bundle = place.work + "/b"
        let owners = ["sh", "-c", "find \(place.root)/images/layers -printf '%p %U %G %C@\n' | sort | md5sum"]
        let before = try LifeTests.run(owners).output
        expectEnd(try place("bundle", option, "--uidmap", "0:100000:65536", "base:1", bundle), 0, "")
        let outcome = try LifeTests.run(runtime(bundle, "ids"))
        #expect(outcome.lines.prefix(4) == ["0:0", "0:0", "0:0", "0:0"], "\(outcome.output) \(outcome.errors)")
        #expect(outcome.lines.last?.split(separator: " ") == ["0", "100000", "65536"])
        let seen = try LifeTests.run(["stat", "-c", "%u:%g", bundle + "/rootfs/bin/busybox", bundle + "/rootfs/own"]).lines
        #expect(seen == ["100000:100000", "100000:100000"])
        #expect(try LifeTests.run(owners).output == before)
        expectEnd(try place("check", "-q"), 0, "nothing is wrong\n")
        expectEnd(try place("unbundle", bundle), 0, "")
        #expect(!Machine.exists(bundle) && mounts(place) == 0)
    }

    @Test("while a container runs its root stays, whoever unmounts and removes")
    func running() throws {
        let place = try place("busy", "echo x >/started; read line; cat /etc/passwd >/dev/null && echo alive")
        let bundle = place.work + "/b"
        expectEnd(try place("bundle", "--overlay", "base:1", bundle), 0, "")
        let outcome = try place.script(
            """
            mkfifo $W/in; exec 3<>$W/in
            \(runtime(bundle, "busy").joined(separator: " ")) <$W/in >$W/out & runner=$!
            until test -e $W/b/rootfs/started; do sleep 0.02; done
            $I unbundle $W/b 2>&1 || true
            $I rm base:1 2>&1 || true; $I prune -a
            echo go >&3; wait $runner; cat $W/out
            $I unbundle $W/b && $I rm base:1 >/dev/null && ls $W/root/images/roots $W/root/images/layers/sha256
            """)
        #expect(outcome.succeeded, "\(outcome.output) \(outcome.errors)")
        #expect(outcome.output.contains("a container still has the root of '\(bundle)'\nhint: it ends first"))
        #expect(outcome.output.contains("image 'base:1' is used by the bundle in '\(bundle)'"))
        #expect(outcome.output.contains("\nalive\n"))
    }

    @Test("a bundle whose mount is gone is not in the way")
    func gone() throws {
        let place = try place("gone", "true")
        let bundle = place.work + "/b"
        expectEnd(try place("bundle", "--overlay", "base:1", bundle), 0, "")
        #expect(try LifeTests.run(["sh", "-c", "umount \(bundle)/rootfs && rm -r \(bundle)"]).succeeded)
        // By its name it can still be taken away; and who wants the image gone need not.
        expectEnd(try place("bundle", "--overlay", "base:1", bundle + "2"), 0, "")
        expectEnd(try place("unbundle", bundle), 0, "")
        // A directory that was moved, with something else in it, called by another name.
        let moved = try place.script(
            "cd $W && mkdir m && $I bundle --overlay base:1 m/b3 && mv m/b3 n && touch n/log && cd n && $I unbundle . && ls")
        #expect(moved.succeeded && moved.output == "log\n", "\(moved.output) \(moved.errors)")
        #expect(moved.errors.hasPrefix("warning: '.' stays: "))
        #expect(try roots(place).count == 1)
        #expect(try LifeTests.run(["umount", bundle + "2/rootfs"]).succeeded)
        #expect(try place("rm", "base:1").succeeded)
        #expect(try roots(place) == [] && place.contents() == [])
        expectEnd(try place("unbundle", bundle + "2"), 0, "")
    }

    @Test("a directory that others have prepared: nothing outside is mounted on, unmounted or removed")
    func hostileDirectories() throws {
        let place = try place("hostile", "true")
        let outcome = try place.script(
            """
            cd $W; mkdir outside && echo kept >outside/file && mount --bind outside outside
            mkdir one && ln -s $W/outside one/rootfs
            $I bundle --overlay base:1 one 2>&1 || true
            touch one/config.json; $I unbundle one 2>&1 || true
            $I bundle --overlay base:1 two && mount --move two/rootfs two/rootfs 2>/dev/null || true
            umount two/rootfs && rmdir two/rootfs && ln -s $W/outside two/rootfs && $I unbundle two
            mountpoint -q outside && cat outside/file; umount outside
            ls two 2>/dev/null || echo removed
            $I unbundle outside 2>&1 || true
            """)
        #expect(outcome.succeeded, "\(outcome.output) \(outcome.errors)")
        #expect(
            outcome.lines == [
                "cannot make a bundle of 'base:1' in 'one': 'one' exists and is not empty",
                "cannot take the bundle in 'one' away: 'one' is no bundle: it has no config.json beside a directory rootfs",
                "kept", "removed",
                "cannot take the bundle in 'outside' away: 'outside' is no bundle: it has no config.json beside a directory rootfs",
            ], "\(outcome.output) \(outcome.errors)")
    }

    @Test(
        "where no overlay can be, the files are copied, and that is said once",
        arguments: Machine.mapsOwners ? ["", "--uidmap 0:100000:65536"] : [""])
    func fallback(_ option: String) throws {
        let place = try ImagePlace("bundle-fallback")
        let outcome = try place.script(
            """
            mkdir -p $W/root && mount -t tmpfs -o mode=700 none $W/root && cd $W/root && mkdir l u w m
            mount -t overlay none -o lowerdir=l,upperdir=u,workdir=w m && chmod 700 m; cd $W
            I="$(echo "$I" | sed "s|--root $W/root|--root $W/root/m|")"
            $I import -q --entrypoint '["/bin/sh","-ec"]' --cmd 'echo x >/new; stat -c %u:%g /etc' $R base:1 >/dev/null
            $I bundle --overlay \(option) base:1 b 2>said; wc -l <said; grep -o 'no overlay can be mounted: ' said; grep -o '; the files are copied' said
            $B/hull-runtime --root $W/state run -b b \(Machine.mark)-fallback.
            $I rm base:1 >/dev/null; ls root/m/images/roots; $I unbundle b; ls b 2>/dev/null || echo removed
            """, in: ["unshare", "-m", "--propagation", "private"])
        #expect(outcome.succeeded, "\(outcome.output) \(outcome.errors)")
        #expect(
            outcome.lines == ["1", "no overlay can be mounted: ", "; the files are copied", "0:0", "removed"],
            "\(outcome.output) \(outcome.errors)")
    }

    @Test("killed at any moment: no mount and no space is lost, and the same command again succeeds")
    func kill() throws {
        let place = try place("kill", "true")
        let bundle = place.work + "/b"
        for round in 0..<(Machine.isSlow ? 6 : 30) {
            let maker = try LifeTests.start(place.words + ["bundle", "--overlay", "base:1", bundle])
            usleep(UInt32.random(in: 0..<20_000))
            maker.kill()
            _ = maker.wait()
            let whole = Machine.exists(bundle + "/config.json")
            if Machine.exists(bundle) {
                let taker = try LifeTests.start(place.words + ["unbundle", bundle])
                usleep(UInt32.random(in: 0..<20_000))
                taker.kill()
                _ = taker.wait()
                // What was never complete has no mark of a bundle, unless it was recorded: prune forgets it, and the directory is the caller's.
                let again = try place("unbundle", bundle)
                #expect(again.succeeded || !whole || !Machine.exists(bundle), "round \(round): \(again.errors)")
            }
            _ = try LifeTests.run([
                "sh", "-c", "! mountpoint -q \(bundle)/rootfs || umount \(bundle)/rootfs; rm -rf --one-file-system \(bundle)",
            ])
            #expect(try place("prune").succeeded)
            #expect(try roots(place) == [], "round \(round)")
            #expect(mounts(place) == 0, "round \(round)")
        }
        expectEnd(try place("bundle", "--overlay", "base:1", bundle), 0, "")
        expectEnd(try place("unbundle", bundle), 0, "")
        #expect(try place("rm", "base:1").succeeded)
    }
}

extension Requirement {
    static let mappedOwners = ConditionTrait.enabled(if: Machine.mapsOwners, "a tmpfs maps no owners before Linux 6.3")

    static let overlayOnDisk = ConditionTrait.enabled("the tests' directory cannot carry an overlay") {
        try LifeTests.run([
            "unshare", "-m", "sh", "-ec",
            "d=\(Machine.work)/overlay-probe; mkdir -p $d/l $d/u $d/w $d/m; mount -t overlay none -o lowerdir=$d/l,upperdir=$d/u,workdir=$d/w $d/m; "
                + "setfattr -n trusted.overlay.probe -v y $d/u 2>/dev/null || python3 -c \"import os; os.setxattr('$d/u', 'trusted.overlay.probe', b'y')\"",
        ]).succeeded
    }
}

extension Machine {
    /// Whether the file system of the tests' directory lets mounts map owners: a tmpfs since Linux 6.3, others longer than Hull needs anything else.
    static let mapsOwners: Bool = {
        guard let type = try? LifeTests.run(["stat", "-fc", "%T", work]).output, type == "tmpfs\n" else { return true }
        let numbers = (fileText("/proc/sys/kernel/osrelease") ?? "").split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
        return numbers.count == 2 && (numbers[0], numbers[1]) >= (6, 3)
    }()
}
