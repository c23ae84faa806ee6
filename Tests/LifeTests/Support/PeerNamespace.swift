import Foundation
import Glibc

/// The private mount namespace in which peers run, because two of their habits would hurt this machine:
///  - crun refuses hybrid cgroups unless every controller is somewhere: where the machine leaves hugetlb unmounted, it has a hierarchy
///    here, beside copies of the others, and nothing appears in the host's /sys/fs/cgroup;
///  - both give `/dev/null`, where it is a stream of the container, to the container's user: here it is a node of our own.
/// The namespace is held by a process that ends with us (its input is our pipe) and first removes every cgroup made in the hugetlb
/// hierarchy: one left behind would keep the hierarchy alive without a mount and falsify statistics.
final class PeerNamespace: Sendable {
    static let shared = PeerNamespace()

    /// The host's cgroup mounts, with the options of their file systems, as they were before any peer ran.
    let cgroupMounts = Leaks.cgroupMounts

    /// Both mount the tree of cgroup v2 anew where a container has the host's cgroup namespace, and thereby take away the options
    /// of the host's own mount (`nsdelegate`): no mount namespace holds that.
    func restoreCgroupOptions() throws {
        for (before, now) in zip(cgroupMounts, Leaks.cgroupMounts) where before != now {
            let words = before.split(separator: " ")
            try LifeTests.run(["mount", "-o", "remount,\(words[words.count - 1])", String(words[4])]).check("remount")
        }
    }

    /// Prefix of a command line that runs inside.
    let enter: [String]

    private static let script = """
        set -e
        own=$(mktemp -d /tmp/hull-life-peers-XXXXXX)
        mount -t tmpfs null $own
        mknod -m 666 $own/null c 1 3
        mount --bind $own/null /dev/null
        umount $own
        if grep -q '^hugetlb\t' /proc/cgroups && [ ! -e /sys/fs/cgroup/cgroup.controllers ] && ! mountpoint -q /sys/fs/cgroup/hugetlb; then
            mount -t tmpfs -o mode=755 cgroup $own
            for controller in /sys/fs/cgroup/*; do
                mountpoint -q $controller || continue
                mkdir $own/${controller##*/}
                mount --bind $controller $own/${controller##*/}
            done
            mkdir $own/hugetlb
            mount -t cgroup -o hugetlb cgroup $own/hugetlb
            mount --rbind $own /sys/fs/cgroup
            umount -R $own
            made=1
        fi
        rmdir $own
        echo ready
        set +e
        read end
        [ -n "$made" ] || exit 0
        find /sys/fs/cgroup/hugetlb -mindepth 1 -depth -type d -exec rmdir {} \\;
        umount /sys/fs/cgroup/hugetlb
        # Cgroups that are still being taken apart keep the hierarchy; a later unmount lets it go.
        for try in 1 2 3 4 5 6 7 8 9 10; do
            [ "$(awk '$1 == "hugetlb" { print $2 }' /proc/cgroups)" = 0 ] && break
            sleep 0.2
            mount -t cgroup -o hugetlb cgroup /sys/fs/cgroup/hugetlb && umount /sys/fs/cgroup/hugetlb
        done
        """

    private init() {
        var ends: [Int32] = [0, 0]
        guard Machine.isRoot, pipe(&ends) == 0,
            let holder = try? start(["unshare", "-m", "sh", "-c", Self.script], inputDescriptor: ends[0]),
            eventually({ fileText(holder.outputPath) == "ready\n" })
        else {
            // A peer must not run outside: this makes every case fail with a message.
            enter = ["echo", "no private mount namespace for the peers;"]
            return
        }
        close(ends[0])  // The other end stays open as long as we live.
        unlink(holder.outputPath)
        unlink(holder.errorsPath)
        enter = ["nsenter", "-m", "-t", String(holder.pid), "--"]
    }
}
