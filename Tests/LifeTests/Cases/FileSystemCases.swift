let fileSystemCases: [Case] =
    [
        Case("tmpfs-size-and-mode") {
            $0.mount("/mnt", type: "tmpfs", source: "volume", options: ["size=1m", "mode=1770", "nr_inodes=50"])
            $0.probe("path=/mnt")
        },
        Case("tmpfs-owner") {
            $0.mount("/mnt", type: "tmpfs", source: "volume", options: ["uid=1000", "gid=50", "mode=700"])
            $0.probe("path=/mnt")
        },
        Case("tmpfs-inherits-mode", script: "mkdir -m 1751 rootfs/own; chown 7:8 rootfs/own; exec $RT run $ID") {
            $0.mount("/own", type: "tmpfs", source: "tmpfs")
            $0.probe("path=/own")
        },
        Case("tmpfs-new-mount-point") {
            $0.mount("/made", type: "tmpfs", source: "tmpfs")
            $0.probe("path=/made")
        },
        Case("tmpfs-copy-up", script: copyUpScript) {
            $0.mount("/own", type: "tmpfs", source: "tmpfs", options: ["tmpcopyup", "nosuid"])
            $0.probe(
                "path=/own", "path=/own/file", "path=/own/link", "path=/own/sub", "path=/own/sub/other",
                "path=/own/sub/deep/big")
        },
        Case("tmpfs-copy-up-fifo", script: "mkdir rootfs/own; mkfifo -m 640 rootfs/own/fifo; exec $RT run $ID") {
            $0.mount("/own", type: "tmpfs", source: "tmpfs", options: ["tmpcopyup"])
            $0.probe("path=/own/fifo")
        },
        Case("tmpfs-copy-up-read-only", script: copyUpScript) {
            $0.mount("/own", type: "tmpfs", source: "tmpfs", options: ["tmpcopyup", "ro"])
            $0.probe("path=/own/file", "touch=/own/new")
        },
        Case("tmpfs-read-only") {
            $0.mount("/mnt", type: "tmpfs", source: "tmpfs", options: ["ro", "nosuid"])
            $0.probe("touch=/mnt/new")
        },
        Case("tmpfs-stacked") {
            $0.mount("/mnt", type: "tmpfs", source: "lower")
            $0.mount("/mnt", type: "tmpfs", source: "upper")
        },
        Case("mqueue", needs: [.mqueue]) {
            $0.mount("/dev/mqueue", type: "mqueue", source: "mqueue", options: ["nosuid", "noexec", "nodev"])
        },
        Case("sysfs-writable") {
            $0.removeMount("/sys")
            $0.mount("/sys", type: "sysfs", source: "sysfs", options: ["nosuid", "noexec", "nodev"])
        },
        Case("sysfs-none") {
            $0.removeMount("/sys")
            $0["linux", "maskedPaths"] = []
        },
        Case("devpts-plain") {
            $0.removeMount("/dev/pts")
            $0.mount("/dev/pts", type: "devpts", source: "devpts", options: ["newinstance", "ptmxmode=0666", "mode=0600"])
        },
        Case("proc-read-only") {
            $0.removeMount("/proc")
            $0.mount("/proc", type: "proc", source: "proc", options: ["ro"])
        },
        Case("overlay", script: "mkdir -p $WORK/upper $WORK/scratch; exec $RT run $ID") {
            $0.mount(
                "/mnt", type: "overlay", source: "overlay",
                options: ["lowerdir=$WORK/source/directory", "upperdir=$WORK/upper", "workdir=$WORK/scratch"])
            $0.probe("read=/mnt/inner", "touch=/mnt/new")
        },
        Case("cgroup-mount-ro") { $0.mount("/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: cgroupOptions + ["ro"]) },
        Case("cgroup-mount-rw") { $0.mount("/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: cgroupOptions) },
        Case("cgroup-mount-host-namespace") {
            $0.removeNamespace("cgroup")
            $0.mount("/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: cgroupOptions + ["ro"])
        },
        Case("masked-default") {
            $0.probe(
                "path=/proc/acpi", "path=/proc/kcore", "path=/proc/keys", "path=/proc/timer_list", "path=/sys/firmware",
                "path=/proc/scsi")
        },
        Case(
            "masked-own-paths",
            script: "mkdir -p rootfs/secret/below; echo x >rootfs/secret/file; echo y >rootfs/hidden; exec $RT run $ID"
        ) {
            $0["linux", "maskedPaths"] = ["/secret", "/hidden", "/absent", "/absent/below"]
            $0.probe("path=/secret", "path=/secret/file", "path=/hidden", "path=/absent")
        },
        Case("masked-duplicate") { $0["linux", "maskedPaths"] = ["/proc/keys", "/proc/keys"] },
        Case("masked-none") {
            $0["linux", "maskedPaths"] = []
            $0["linux", "readonlyPaths"] = []
            $0.probe("path=/proc/timer_list", "path=/proc/sysrq-trigger", "path=/proc/sys/kernel/hostname")
        },
        Case("masked-absent") {
            $0["linux", "maskedPaths"] = nil
            $0["linux", "readonlyPaths"] = nil
        },
        Case("readonly-default") {
            $0.probe("path=/proc/sys/kernel/hostname", "path=/proc/sysrq-trigger", "path=/proc/bus", "touch=/proc/sys/new")
        },
        Case(
            "readonly-own-paths",
            script: "mkdir -p rootfs/fixed/below; echo x >rootfs/fixed/file; echo y >rootfs/kept; exec $RT run $ID"
        ) {
            $0["linux", "readonlyPaths"] = ["/fixed", "/kept", "/absent"]
            $0.probe("path=/fixed", "touch=/fixed/new", "touch=/fixed/below/new", "path=/kept")
        },
    ] + tmpfsOptions

private let copyUpScript = """
    mkdir -m 1751 rootfs/own; mkdir -p rootfs/own/sub/deep; chmod 2750 rootfs/own/sub; chown 5:6 rootfs/own/sub
    echo text >rootfs/own/file; chown 7:8 rootfs/own/file; chmod 4755 rootfs/own/file; ln -s ../../etc/passwd rootfs/own/link
    echo x >rootfs/own/sub/other; chmod 400 rootfs/own/sub/other
    head -c 300000 /dev/zero >rootfs/own/sub/deep/big
    exec $RT run $ID
    """

private let cgroupOptions = ["nosuid", "noexec", "nodev", "relatime"]

/// Every plain option of the runtime specification's table, each on a tmpfs of its own. Those that a peer refuses are bundles of their own.
private let tmpfsOptions =
    [
        Case("tmpfs-options") { configuration in
            let names =
                """
                async atime dev diratime dirsync exec lazytime mand noatime nodev nodiratime noexec nolazytime nomand norelatime
                nostrictatime nosuid relatime ro rw strictatime suid sync
                """
            for name in names.split(whereSeparator: \.isWhitespace) {
                configuration.mount("/options/\(name)", type: "tmpfs", source: "tmpfs", options: [String(name)])
            }
        },
        Case("tmpfs-propagations") { configuration in
            for name in ["private", "rprivate", "slave", "rslave", "shared", "rshared", "unbindable", "runbindable"] {
                configuration.mount("/propagations/\(name)", type: "tmpfs", source: "tmpfs", options: [name])
            }
        },
        Case("tmpfs-options-combined") {
            $0.mount(
                "/mnt", type: "tmpfs", source: "tmpfs",
                options: ["nosuid", "suid", "noexec", "nodev", "dev", "ro", "rw", "noatime"])
        },
    ]
    + ["defaults", "iversion", "noiversion", "loud", "silent", "nosymfollow", "symfollow"].map { name in
        Case("tmpfs-option-\(name)", peers: name.hasSuffix("symfollow") ? [] : ["crun", "runc"]) {
            $0.mount("/mnt", type: "tmpfs", source: "tmpfs", options: [name])
        }
    }
