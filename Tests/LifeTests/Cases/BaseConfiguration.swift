/// The bundle that every case varies: the namespaces, mounts, limits and capabilities that engines usually give a container.
let baseConfiguration: JSONValue = [
    "ociVersion": "1.0.2",
    "hostname": "differential",
    "root": ["path": "rootfs", "readonly": false],
    "process": [
        "terminal": false,
        "user": ["uid": 0, "gid": 0],
        "args": ["/probe"],
        "env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "TERM=xterm"],
        "cwd": "/",
        "noNewPrivileges": true,
        "rlimits": [["type": "RLIMIT_NOFILE", "soft": 1024, "hard": 1024]],
        "capabilities": [
            "bounding": usualCapabilities, "effective": usualCapabilities, "permitted": usualCapabilities, "inheritable": [],
            "ambient": [],
        ],
    ],
    "mounts": [
        ["destination": "/proc", "type": "proc", "source": "proc", "options": ["nosuid", "noexec", "nodev"]],
        [
            "destination": "/dev", "type": "tmpfs", "source": "tmpfs",
            "options": ["nosuid", "strictatime", "mode=755", "size=65536k"],
        ],
        [
            "destination": "/dev/pts", "type": "devpts", "source": "devpts",
            "options": ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"],
        ],
        [
            "destination": "/dev/shm", "type": "tmpfs", "source": "shm",
            "options": ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"],
        ],
        ["destination": "/sys", "type": "sysfs", "source": "sysfs", "options": ["nosuid", "noexec", "nodev", "ro"]],
    ],
    "linux": [
        "namespaces": [
            ["type": "pid"], ["type": "network"], ["type": "ipc"], ["type": "uts"], ["type": "mount"], ["type": "cgroup"],
        ],
        "cgroupsPath": "/$ID",
        "maskedPaths": usualMaskedPaths,
        "readonlyPaths": ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
    ],
]

let usualCapabilities: JSONValue = [
    "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_MKNOD", "CAP_NET_BIND_SERVICE", "CAP_SETFCAP",
    "CAP_SETGID", "CAP_SETPCAP", "CAP_SETUID", "CAP_SYS_CHROOT",
]

let usualMaskedPaths: JSONValue = [
    "/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats",
    "/proc/sched_debug", "/proc/scsi", "/sys/firmware",
]

extension JSONValue {
    /// Gives the probe commands.
    mutating func probe(_ commands: String...) {
        self["process", "args"] = .array([.string("/probe")] + commands.map(JSONValue.string))
    }

    /// A namespace of this kind: new, joined by path, or (nil) none.
    mutating func namespace(_ kind: String, path: String? = nil) {
        removeNamespace(kind)
        append(
            "linux", "namespaces", value: path.map { ["type": .string(kind), "path": .string($0)] } ?? ["type": .string(kind)])
    }

    mutating func removeNamespace(_ kind: String) { remove("linux", "namespaces") { $0["type"] == .string(kind) } }

    mutating func mount(_ destination: String, type: String, source: String, options: [String] = []) {
        append(
            "mounts",
            value: [
                "destination": .string(destination), "type": .string(type), "source": .string(source),
                "options": .array(options.map(JSONValue.string)),
            ])
    }

    mutating func bind(_ destination: String, source: String = "$WORK/source/directory", options: [String] = ["rbind"]) {
        mount(destination, type: "bind", source: source, options: options)
    }

    mutating func removeMount(_ destination: String) { remove("mounts") { $0["destination"] == .string(destination) } }
}
