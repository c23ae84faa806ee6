let namespaceCases: [Case] = [
    Case("base"),
    Case("namespace-network-host") { $0.removeNamespace("network") },
    Case("namespace-ipc-host") { $0.removeNamespace("ipc") },
    Case("namespace-uts-host") {
        $0.removeNamespace("uts")
        $0["hostname"] = nil
    },
    Case("namespace-pid-host") { $0.removeNamespace("pid") },
    Case("namespace-cgroup-host") { $0.removeNamespace("cgroup") },
    Case("namespace-only-mount") {
        for kind in ["network", "ipc", "uts", "pid", "cgroup"] { $0.removeNamespace(kind) }
        $0["hostname"] = nil
    },
    joined("network", link: "net", flag: "--net"),
    joined("ipc", link: "ipc", flag: "--ipc"),
    joined("uts", link: "uts", flag: "--uts") { $0["hostname"] = nil },
    joined("cgroup", link: "cgroup", flag: "--cgroup"),
    Case("namespace-pid-joined", script: pinPID + "\n$RT run $ID; code=$?; kill $holder; exit $code", ownMounts: true) {
        $0.namespace("pid", path: "$WORK/pin-pid")
    },
    Case(
        "namespace-time-joined", script: pin("time", link: "time", flag: "--time") + "\nexec $RT run $ID", ownMounts: true,
        peers: [],
        needs: [.timeNamespace]
    ) { $0.namespace("time", path: "$WORK/pin-time") },
    Case("namespace-time", peers: [], needs: [.timeNamespace]) {
        $0.namespace("time")
        $0["linux", "timeOffsets"] = [
            "boottime": ["secs": 8_640_000, "nanosecs": 0], "monotonic": ["secs": 100, "nanosecs": 7],
        ]
        $0.probe("uptime=boot")
    },
    Case("namespace-duplicate") { $0.append("linux", "namespaces", value: ["type": "pid"]) },
    Case("namespace-wrong-type", script: pin("network", link: "net", flag: "--net") + "\nexec $RT run $ID", ownMounts: true) {
        $0.namespace("ipc", path: "$WORK/pin-network")
    },
    Case("user-identity-mapping", needs: [.userNamespace]) { $0.userNamespace(host: 0) },
    Case("user-high-mapping", script: ownRootfs + "exec $RT run $ID", needs: [.userNamespace]) {
        $0.userNamespace(host: 100_000)
    },
    Case("user-mapping-uid-1000", script: ownRootfs + "exec $RT run $ID", needs: [.userNamespace]) {
        $0.userNamespace(host: 100_000)
        $0["process", "user"] = ["uid": 1000, "gid": 1000, "additionalGids": [5, 2000]]
    },
    Case("user-two-mappings", script: ownRootfs + "exec $RT run $ID", needs: [.userNamespace]) {
        $0.userNamespace(host: 100_000)
        let maps: JSONValue = [
            ["containerID": 0, "hostID": 100_000, "size": 1000], ["containerID": 1000, "hostID": 200_000, "size": 64536],
        ]
        $0["linux", "uidMappings"] = maps
        $0["linux", "gidMappings"] = maps
    },
    Case("user-mapping-all-capabilities", script: ownRootfs + "exec $RT run $ID", needs: [.userNamespace]) {
        $0.userNamespace(host: 100_000)
        $0.allSets(["CAP_SYS_ADMIN", "CAP_NET_ADMIN", "CAP_SYS_RESOURCE", "CAP_SETUID"])
    },
    Case("user-joined", script: pinUser + "\nexec $RT run $ID", ownMounts: true, needs: [.userNamespace]) {
        $0.namespace("user", path: "$WORK/pin-user")
    },
    // The specification forbids it since; these peers do not look.
    Case("user-mappings-without-namespace", peers: []) {
        $0["linux", "uidMappings"] = [["containerID": 0, "hostID": 0, "size": 10]]
    },
]

/// Makes a namespace, pins it at a file, and tells the comparison its name.
private func pin(_ kind: String, link: String, flag: String) -> String {
    """
    touch $WORK/pin-\(kind)
    unshare \(flag)=$WORK/pin-\(kind) true || exit 96
    echo "joined \(link):[$(stat -L -c %i $WORK/pin-\(kind))]" >>$WORK/namespaces
    """
}

private func joined(
    _ kind: String, link: String, flag: String, change: @escaping @Sendable (inout JSONValue) -> Void = { _ in }
) -> Case {
    Case("namespace-\(kind)-joined", script: pin(kind, link: link, flag: flag) + "\nexec $RT run $ID", ownMounts: true) {
        $0.namespace(kind, path: "$WORK/pin-\(kind)")
        change(&$0)
    }
}

/// A PID namespace lives as long as its first process.
private let pinPID = """
    touch $WORK/pin-pid
    unshare --pid --fork --kill-child sleep 60 & holder=$!
    until mount --bind /proc/$holder/ns/pid_for_children $WORK/pin-pid 2>/dev/null && [ "$(stat -L -c %i $WORK/pin-pid)" != \
    "$(stat -L -c %i /proc/self/ns/pid)" ]; do umount $WORK/pin-pid 2>/dev/null; sleep 0.01; done
    echo "joined pid:[$(stat -L -c %i $WORK/pin-pid)]" >>$WORK/namespaces
    """

/// A user namespace in which all ids are themselves, so that the root file system stays usable.
private let pinUser = """
    touch $WORK/pin-user
    unshare --user sleep 60 & holder=$!
    until [ "$(readlink /proc/$holder/ns/user)" != "$(readlink /proc/self/ns/user)" ]; do sleep 0.01; done
    echo 0 0 65536 >/proc/$holder/uid_map
    echo 0 0 65536 >/proc/$holder/gid_map
    mount --bind /proc/$holder/ns/user $WORK/pin-user
    kill $holder
    echo "joined user:[$(stat -L -c %i $WORK/pin-user)]" >>$WORK/namespaces
    """

/// The probe is a hard link to the one that was built: a copy takes the new owner.
private let ownRootfs = """
    cp rootfs/probe rootfs/copy && mv rootfs/copy rootfs/probe && chown -hR 100000:100000 rootfs

    """

extension JSONValue {
    mutating func userNamespace(host: Int64) {
        namespace("user")
        let maps: JSONValue = [["containerID": 0, "hostID": .integer(host), "size": 65536]]
        self["linux", "uidMappings"] = maps
        self["linux", "gidMappings"] = maps
    }

    /// The same names in all capability sets but ambient and inheritable.
    mutating func allSets(_ names: JSONValue) {
        self["process", "capabilities"] = [
            "bounding": names, "effective": names, "permitted": names, "inheritable": [], "ambient": [],
        ]
    }
}
