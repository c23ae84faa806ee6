let mountCases: [Case] =
    [
        Case("root-readonly") {
            $0["root", "readonly"] = true
            $0.probe("touch=/new", "touch=/tmp/new", "touch=/dev/shm/new")
        },
        Case("root-absolute-path") { $0["root", "path"] = "$WORK/bundle/rootfs" },
        Case("bind-directory") {
            $0.bind("/mnt", options: ["bind"])
            $0.probe("read=/mnt/inner", "touch=/mnt/new")
        },
        Case("bind-file") {
            $0.bind("/etc/hosts", source: "$WORK/source/file", options: ["bind"])
            $0.probe("read=/etc/hosts")
        },
        Case("bind-new-file-destination") {
            $0.bind("/made/below/file", source: "$WORK/source/file", options: ["bind"])
            $0.probe("path=/made", "path=/made/below", "path=/made/below/file")
        },
        Case("bind-new-directory-destination") {
            $0.bind("/made/below", options: ["bind"])
            $0.probe("path=/made", "path=/made/below")
        },
        Case("bind-relative-source") { $0.bind("/mnt", source: "../source/directory", options: ["bind"]) },
        Case("bind-type-none") { $0.mount("/mnt", type: "none", source: "$WORK/source/directory", options: ["rbind"]) },
        Case("bind-trailing-slash") { $0.bind("/mnt/", options: ["rbind"]) },
        Case("bind-through-symlink", script: "ln -s /var rootfs/link; exec $RT run $ID") {
            $0.bind("/link/inside", options: ["rbind"])
        },
        Case("bind-through-escaping-symlink", script: "ln -s ../../../.. rootfs/up; exec $RT run $ID") {
            $0.bind("/up/escaped", options: ["rbind"])
            $0.probe("path=/escaped")
        },
        Case("bind-missing-source") { $0.bind("/mnt", source: "$WORK/absent", options: ["bind"]) },
        Case("bind-tree", script: withMountBelow, ownMounts: true) {
            $0.bind("/mnt", options: ["rbind"])
            $0.probe("path=/mnt/below/deep", "touch=/mnt/below/new")
        },
        Case("bind-tree-not-recursive", script: withMountBelow, ownMounts: true) {
            $0.bind("/mnt", options: ["bind"])
            $0.probe("path=/mnt/below/deep")
        },
        Case("bind-tree-ro", script: withMountBelow, ownMounts: true) {
            $0.bind("/mnt", options: ["rbind", "ro"])
            $0.probe("touch=/mnt/new", "touch=/mnt/below/new")
        },
        Case("bind-keeps-source-flags", script: withFlaggedSource, ownMounts: true) { $0.bind("/mnt", options: ["rbind"]) },
        Case("bind-keeps-source-flags-ro", script: withFlaggedSource, ownMounts: true) {
            $0.bind("/mnt", options: ["rbind", "ro"])
        },
        Case("bind-two-on-one-point") {
            $0.bind("/mnt", options: ["bind"])
            $0.bind("/mnt", source: "$WORK/source/directory/below", options: ["bind", "ro"])
        },
        Case("bind-over-dev-file") { $0.bind("/dev/extra", source: "$WORK/source/file", options: ["bind", "ro"]) },
        Case("bind-device") { $0.bind("/dev/other-null", source: "/dev/null", options: ["bind"]) },
        Case("mount-destination-relative") { $0.mount("mnt", type: "tmpfs", source: "tmpfs") },
        Case("mount-destination-dots") { $0.mount("/var/../mnt/./x", type: "tmpfs", source: "tmpfs") },
        Case("mount-proc-on-link", script: "rm -r rootfs/proc; ln -s tmp rootfs/proc; exec $RT run $ID") { _ in },
        Case("mount-sysfs-on-link", script: "rm -r rootfs/sys; ln -s /no/where rootfs/sys; exec $RT run $ID") { _ in },
        Case("mount-unknown-type") { $0.mount("/mnt", type: "nosuchfs", source: "none") },
        Case("mount-unknown-option") { $0.mount("/mnt", type: "tmpfs", source: "tmpfs", options: ["nosuchoption"]) },
    ] + bindPropagations + bindOptions + recursiveOptions + rootPropagations

/// A tmpfs below the source of a bind mount.
private let withMountBelow = """
    mount -t tmpfs -o nosuid below $WORK/source/directory/below && echo deep >$WORK/source/directory/below/deep
    exec $RT run $ID
    """

/// A source that is its own mount, with flags that a bind mount must keep.
private let withFlaggedSource = """
    mount -t tmpfs -o nosuid,nodev,noexec,noatime source $WORK/source/directory
    exec $RT run $ID
    """

private let propagationNames = ["private", "rprivate", "slave", "rslave", "shared", "rshared", "unbindable", "runbindable"]

private let bindPropagations = propagationNames.map { name in
    Case(
        "bind-\(name)", script: "mount --make-rshared /\nmount --bind $WORK/source $WORK/source\nexec $RT run $ID",
        ownMounts: true,
        // runc 1.1 clones unbindable mounts away when it makes the mount namespace.
        peers: ["crun", "runc"]
    ) { $0.bind("/mnt", options: ["rbind", name]) }
}

private let rootPropagations = propagationNames.map { name in
    Case(
        "rootfs-propagation-\(name)", script: "mount --make-rshared /\nexec $RT run $ID", ownMounts: true,
        // Neither peer can bind its root file system then.
        peers: name == "runbindable" ? [] : ["crun", "runc"]
    ) {
        $0["linux", "rootfsPropagation"] = .string(name)
    }
}

private let bindOptions = [
    Case("bind-options") { configuration in
        for name in ["ro", "nosuid", "nodev", "noexec", "noatime", "nodiratime", "relatime", "strictatime", "rw"] {
            configuration.bind("/options/\(name)", options: ["bind", name])
        }
    },
    Case("bind-options-combined") { $0.bind("/mnt", options: ["rbind", "ro", "nosuid", "nodev", "noexec", "noatime"]) },
    Case("bind-option-nosymfollow", peers: []) { $0.bind("/mnt", options: ["bind", "nosymfollow"]) },
]

/// The whole tree below a bind mount, which has a mount of its own below.
private let recursiveOptions =
    [
        Case("bind-options-recursive", script: withMountBelow, ownMounts: true) { configuration in
            let names = ["rro", "rrw", "rnosuid", "rsuid", "rnodev", "rdev", "rnoexec", "rexec"]
            for name in names { configuration.bind("/options/\(name)", options: ["rbind", name]) }
        }
    ]
    + [
        "rnoatime", "ratime", "rnodiratime", "rdiratime", "rrelatime", "rnorelatime", "rstrictatime", "rnostrictatime",
        "rnosymfollow", "rsymfollow",
    ].map { name in
        Case(
            "bind-option-\(name)", script: withMountBelow, ownMounts: true,
            // Neither peer clears access times or handles symlinks recursively.
            peers: ["rnosymfollow", "rsymfollow", "ratime", "rnorelatime", "rnostrictatime"].contains(name)
                ? [] : ["crun", "runc"]
        ) { $0.bind("/mnt", options: ["rbind", name]) }
    }
