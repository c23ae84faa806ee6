/// A field that crun 1.8.1 and runc 1.1.5 show differently, and why. Hull may then show what either shows, unless one is to be followed.
struct Disagreement: Sendable {
    let field: String
    let cases: String
    let reason: String
    let follow: String?
    /// What Hull must show whatever the peers do: the value that the configuration asks for.
    let configured: String?

    init(_ field: String, in cases: String = "*", _ reason: String, follow: String? = nil, configured: String? = nil) {
        self.field = field
        self.cases = cases
        self.reason = reason
        self.follow = follow
        self.configured = configured
    }

    /// Whether Hull shows what a peer shows that it may follow. Where one peer did not come to show the field, Hull may have
    /// followed that one.
    func permits(_ difference: Difference) -> Bool {
        let own = difference.values["hull"]
        let peers = difference.values.filter { $0.key != "hull" }
        if let configured { return own == configured }
        if let follow, let leader = peers[follow] { return own == leader }
        return own == nil || peers.count == 1 || peers.values.contains { $0 == own }
    }

    static func explaining(_ difference: Difference) -> Disagreement? {
        peersDisagree.first {
            matches(difference.plainField, pattern: $0.field) && matches(difference.caseName, pattern: $0.cases)
        }
    }
}

let peersDisagree: [Disagreement] = mountDisagreements + processDisagreements + refusals

private let mountDisagreements = [
    Disagreement(
        "mounts./proc/*.options", "runc keeps the flags of the mount below a read-only path, crun only those that are locked"),
    Disagreement(
        "commands.path=/proc/*.mountFlags",
        "runc keeps the flags of the mount below a read-only path, crun only those that are locked"),
    Disagreement(
        "mounts./proc/*.super", "crun masks with a writable super block below a read-only mount, runc with a read-only one"),
    Disagreement("mounts./sys*.super", "crun gives `ro` only to the mount, runc also to the super block"),
    Disagreement("mounts./proc.super", in: "proc-read-only", "crun gives `ro` only to the mount, runc also to the super block"),
    Disagreement(
        "mounts./proc/*.root", in: "device-without-dev-mount",
        "crun masks files with the host's /dev/null, runc with the container's"),
    Disagreement("mounts./proc/*.type", "crun masks files with the host's /dev/null, runc with the container's"),
    Disagreement("mounts./proc/*.source", "crun masks files with the host's /dev/null, runc with the container's"),
    Disagreement(
        "mounts./proc/*.propagation", in: "rootfs-propagation-*",
        "crun masks files with the host's /dev/null, runc with the container's"),
    Disagreement(
        "mounts./secret.super", in: "masked-own-paths", "crun masks with a writable super block, runc with a read-only one"),
    Disagreement(
        "mounts./dev/console.options", in: "terminal-*",
        "runc binds the terminal from the container's devpts, crun from the host's"),
    Disagreement(
        "mounts./hidden.*", in: "masked-own-paths", "crun masks files with the host's /dev/null, runc with the container's"),
    Disagreement(
        "commands.path=/hidden.*", in: "masked-own-paths", "crun masks files with the host's /dev/null, runc with the container's"
    ),
    Disagreement(
        "mounts./.propagation", in: "rootfs-propagation-*",
        "runc makes the root private after `shared`; crun keeps what is asked for"),
    Disagreement(
        "mounts.*.propagation", in: "rootfs-propagation-rshared",
        "runc makes the root private after `shared`; crun keeps what is asked for"),
    Disagreement(
        "mounts./.propagation", in: "bind-*", "without rootfsPropagation crun makes the root private, runc a slave of the host's"),
    Disagreement("mounts./propagations/*.propagation", "crun 1.8 ignores propagation in a mount's options"),
    Disagreement("mounts./mnt.propagation", in: "*shared", "crun 1.8 ignores propagation in a mount's options"),
    Disagreement("mounts./mnt.propagation", in: "bind-*slave", "crun 1.8 ignores propagation in a mount's options"),
    Disagreement("mounts./mnt.propagation", in: "*unbindable", "crun 1.8 ignores propagation in a mount's options"),
    Disagreement(
        "mounts./mnt.options", in: "bind-keeps-source-flags*", "crun sets the flags asked for alone, runc keeps the source's"),
    Disagreement(
        "mounts./mnt.*", in: "tmpfs-options-combined", "in crun options that set beat later ones that clear", follow: "runc"),
    Disagreement("mounts./mnt*.options", in: "bind-option-rrelatime", "crun 1.8 confuses rrelatime with nosymfollow"),
    Disagreement(
        "mounts./dev/*.options", in: "*user*", "crun carries nosuid and noexec of the host's /dev over to bound devices"),
    Disagreement(
        "mounts./sys/fs/cgroup*.source", in: "cgroup-mount-*",
        "both make the tree of a legacy cgroup mount from names of their own"),
    Disagreement(
        "commands.path=/made.mode", in: "bind-new-directory-destination", "crun makes parents with mode 1755, runc with 755"),
    Disagreement(
        "commands.path=/mnt.mode", in: "tmpfs-*", "runc gives a tmpfs the mode of its mount point whatever the option says",
        follow: "crun"),
    Disagreement(
        "commands.path=/own.mode", in: "tmpfs-*", "runc gives a tmpfs the mode of its mount point, crun 1777", follow: "runc"),
    Disagreement(
        "commands.path=/own/sub.mode", in: "tmpfs-copy-up", "runc loses the set-id bits of copied directories", follow: "crun"),
    Disagreement("devices./dev/core", "runc links /dev/core only where /proc/kcore is there, crun always"),
    Disagreement(
        "devices./dev/null", "crun gives the null device of the container's streams to its user, runc only when it is no device"),
]

private let processDisagreements = [
    Disagreement(
        "attributes.sessionKeyring", "crun names the keyring like the container, runc prefixes _ses. and lets the user search it"),
    Disagreement("descriptors.*.target", "runc copies the streams of a foreground container through pipes, crun passes them on"),
    Disagreement("descriptors.*.flags", "runc copies the streams of a foreground container through pipes, crun passes them on"),
    Disagreement(
        "environment*", in: "environment-home-of-stranger", "runc sets HOME=/ for a user without an entry, crun nothing"),
    Disagreement("environment*", in: "descriptors-listen", "crun 1.8 drops LISTEN_FDS"),
    Disagreement("status.Groups", in: "user-additional-groups", "runc drops duplicate groups, crun keeps them"),
    Disagreement("program.machine", in: "personality-linux32", "runc 1.1 does not know personality"),
    Disagreement("attributes.personality", in: "personality-linux32", "runc 1.1 does not know personality"),
    Disagreement(
        "terminal.*", in: "terminal-*",
        "runc sets the size and clears ONLCR, crun does neither; runc never passes the caller's terminal"),
    Disagreement("cgroups.*", in: "cgroup-path-absent", "runc goes below the caller's cgroup, crun to the root"),
    Disagreement(
        "commands.mknod=*", in: "device-rules-absent", "runc denies what is not a default device, crun only what is denied"),
    Disagreement("status.NoNewPrivs", commandLine, follow: "runc"),
    Disagreement("status.*", in: "exec-*", commandLine, follow: "runc"),
    Disagreement(
        "limits.Max open files", in: "exec-limits",
        "crun 1.8 sets no limits here; Go's runtime now and then raises the soft one to the hard one after runc has set it",
        configured: "77 99"),
    Disagreement("limits.*", commandLine, follow: "runc"),
    Disagreement("attributes.oomScoreAdjust", in: "exec-*", commandLine, follow: "runc"),
    Disagreement(
        "environment*", in: "exec-environment", "crun 1.8 replaces the environment by -e, runc adds to it", follow: "runc"),
    Disagreement("attributes.leads*", "runc starts a session for a process without terminal, crun 1.8 leaves it in the caller's"),
    Disagreement(
        "text line *", in: "hooks-*",
        "crun 1.8 reports `created` and / as the bundle of startContainer, runs poststop after failures, and keeps on"),
]

private let commandLine =
    "crun 1.8 applies to a process from the command line neither limits, noNewPrivileges, oomScoreAdj nor the user"

/// Where one of them refuses what the other runs.
private let refusals: [Disagreement] =
    [
        refusal("bind-option-r*", "crun 1.8 passes recursive access times wrongly"),
        refusal("cgroup-block-weight", "crun 1.8 needs a weight file that this kernel lacks"),
        refusal("cgroup-cpu-no-quota", "crun 1.8 writes the period after the quota"),
        refusal("cgroup-pids-unlimited", "crun 1.8 writes -1 instead of max"),
        refusal("cgroup-escaping-path", "runc cleans `..` out of a cgroup path, crun fails"),
        refusal(
            "device-default-again", "runc 1.1 fails on a default device with another mode, crun keeps the default", follow: "crun"
        ),
        refusal("exec-additional-groups", "crun 1.8 has no such option", follow: "runc"),
        refusal("exec-no-process", "runc ends with 255 where exec itself fails, crun with 1", follow: "runc"),
        refusal("exec-stopped", "runc ends with 255 where exec itself fails, crun with 1", follow: "runc"),
        refusal("exec-unknown-container", "runc ends with 255 where exec itself fails, crun with 1", follow: "runc"),
        refusal("namespace-duplicate", "crun accepts a kind twice, the specification forbids it", follow: "runc"),
        refusal("rootfs-propagation-unbindable", "runc 1.1 cannot bind its own root then"),
        refusal("seccomp-flags", "runc 1.1 knows no flags of filters", follow: "crun"),
        refusal("seccomp-tsync", "runc 1.1 knows no flags of filters", follow: "crun"),
        refusal("stream-*-closed", "crun 1.8 fails where a standard stream is closed", follow: "runc"),
        refusal("tmpfs-copy-up-fifo", "runc 1.1 cannot copy what is no file, directory or link", follow: "crun"),
        refusal("tmpfs-option-defaults", "runc 1.1 passes defaults on to the file system", follow: "crun"),
        refusal("tmpfs-option-*", "crun 1.8 passes options that it does not know on to the file system", follow: "runc"),
        refusal("user-joined", "runc 1.1 cannot join a user namespace without mappings", follow: "crun"),
    ].flatMap { $0 }

private func refusal(_ cases: String, _ reason: String, follow: String? = nil) -> [Disagreement] {
    ["documents", "exit", "text line *"].map { Disagreement($0, in: cases, reason, follow: follow) }
}
