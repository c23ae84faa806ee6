import Testing

/// `hull image bundle --size-limit`: on file systems in a file, mounted where nobody else sees them.
@Suite("size limits of writable layers", Requirement.root, Requirement.shell, Requirement.rootfs)
struct ImageQuotaTests {
    /// A file system that can count what a project has, and how it is told to.
    enum Kind: String, CaseIterable, Sendable {
        case ext4, xfs

        var make: String {
            switch self {
            case .ext4: "mkfs.ext4 -qF -O quota,project"
            case .xfs: "mkfs.xfs -q"
            }
        }
        var option: String { self == .ext4 ? "prjquota" : "pquota" }

        /// Makes one of 320 MB, the least that XFS has, and mounts it at `$W/disk`.
        var script: String {
            "truncate -s 320M $W/image; \(make) $W/image; mkdir $W/disk; mount -o loop,\(option) $W/image $W/disk"
        }

        /// Whether this kernel and the installed programs can.
        static let here: [Kind] = allCases.filter { kind in
            guard let place = try? ImagePlace("quota-probe-\(kind)") else { return false }
            return (try? place.script(kind.script, in: ["unshare", "-m"]).succeeded) ?? false
        }
    }

    /// In the file system: a store with an image whose program tries to write more than it may, and one that does not.
    private static let start = """
        H="$B/hull image --root $W/disk/store --run-root $W/run"
        keys() { "$B/hull" journal --root $W/disk/store --run-root $W/run range --prefix /projects/ | grep -c owner || true; }
        $H import -q --entrypoint /bin/sh --cmd -c --cmd '
            dd if=/dev/zero of=/big bs=64k count=256 2>&1 | grep -o "No space left\\|Disk quota exceeded\\|quota exceeded" || echo no limit
            test $(stat -c %s /big) -lt 4194305 && echo below
            rm /big; sync; dd if=/dev/zero of=/small bs=64k count=16 2>/dev/null && echo fits' $R base:1 >/dev/null
        run() { "$B/hull-runtime" --root $W/oci run -b "$1" quota-$$-${1##*/}; }
        """

    @Test(
        "a write beyond the limit is refused in the container, and in no other; the project goes with the root",
        .enabled("no file system of this kernel limits projects") { !Kind.here.isEmpty }, arguments: Kind.here)
    func limited(_ kind: Kind) throws {
        let place = try ImagePlace("quota-\(kind)")
        let outcome = try place.script(
            kind.script + "\n" + Self.start + """

                $H bundle --overlay --size-limit 4M base:1 $W/disk/one
                $H bundle --overlay --size-limit 64M base:1 $W/disk/two
                $H bundle --overlay base:1 $W/disk/three
                for name in one two three one; do echo "$name: $(run $W/disk/$name | tr '\\n' ' ')"; done
                keys
                $H unbundle $W/disk/one
                keys
                # The mount is gone, as after a restart: the next who looks gives back what was written, and the project.
                umount $W/disk/two/rootfs $W/disk/three/rootfs
                $H prune >/dev/null
                keys
                ls $W/disk/store/images/roots
                """, in: ["unshare", "-m"])
        let refusal = kind == .ext4 ? "quota exceeded" : "No space left"
        let lines = outcome.lines
        #expect(lines.count == 7, "\(outcome.output) \(outcome.errors)")
        guard lines.count == 7 else { return }
        #expect(lines[0].hasSuffix(refusal + " below fits "), "\(lines[0])")
        #expect(lines[1] == "two: no limit fits " && lines[2] == "three: no limit fits ", "\(lines)")
        #expect(lines[3] == lines[0], "what one wrote before is counted: \(lines[3])")
        #expect(lines[4...] == ["2", "1", "0"])
    }

    @Test("where the file system holds nobody to a limit, that is said, and nothing is left")
    func refused() throws {
        let place = try ImagePlace("quota-none")
        let outcome = try place.script(
            """
            mount -t tmpfs tmpfs $W; mkdir $W/disk
            """ + "\n" + Self.start + """

                $H bundle --overlay --size-limit 4M base:1 $W/one || echo "ended with $?"
                ls -d $W/one $W/disk/store/images/roots/* 2>/dev/null || echo nothing
                $H ls --format json 2>/dev/null | grep -c bundle- || true
                """, in: ["unshare", "-m"])
        #expect(outcome.errors.contains("the size of the writable layer cannot be limited"), "\(outcome.errors)")
        #expect(outcome.errors.contains("prjquota"))
        #expect(outcome.lines.prefix(2) == ["ended with 1", "nothing"], "\(outcome.output)")
    }

    @Test(
        "an ext4 that counts and does not enforce is none that limits",
        .enabled("no file system of this kernel limits projects") { Kind.here.contains(.ext4) })
    func counted() throws {
        let place = try ImagePlace("quota-counted")
        let outcome = try place.script(
            Kind.ext4.script.replacing("loop,prjquota", with: "loop") + "\n" + Self.start
                + "\n$H bundle --overlay --size-limit 4M base:1 $W/disk/one", in: ["unshare", "-m"])
        #expect(outcome.errors.contains("does not enforce quotas of projects"), "\(outcome.errors)")
    }
}
