let deviceCases: [Case] = [
    Case("device-character") {
        $0["linux", "devices"] = [
            ["path": "/dev/fuse", "type": "c", "major": 10, "minor": 229, "fileMode": 0o640, "uid": 1000, "gid": 44]
        ]
    },
    Case("device-block") {
        $0["linux", "devices"] = [
            ["path": "/dev/disk", "type": "b", "major": 7, "minor": 0, "fileMode": 0o660, "uid": 0, "gid": 6]
        ]
    },
    Case("device-fifo") { $0["linux", "devices"] = [["path": "/dev/queue", "type": "p", "fileMode": 0o622]] },
    Case("device-unbuffered") {
        $0["linux", "devices"] = [["path": "/dev/raw", "type": "u", "major": 1, "minor": 3, "fileMode": 0o600]]
    },
    Case("device-without-mode") { $0["linux", "devices"] = [["path": "/dev/plain", "type": "c", "major": 1, "minor": 3]] },
    Case("device-below-new-directory") {
        $0["linux", "devices"] = [["path": "/dev/net/tun", "type": "c", "major": 10, "minor": 200, "fileMode": 0o666]]
    },
    Case("device-outside-dev") {
        $0["linux", "devices"] = [
            ["path": "/opt/node/null", "type": "c", "major": 1, "minor": 3, "fileMode": 0o666, "uid": 3, "gid": 4]
        ]
        $0.probe("path=/opt/node/null", "path=/opt/node", "path=/opt")
    },
    Case("device-default-again") {
        $0["linux", "devices"] = [
            ["path": "/dev/null", "type": "c", "major": 1, "minor": 3, "fileMode": 0o600, "uid": 9, "gid": 9]
        ]
    },
    Case("device-without-dev-mount") {
        for path in ["/dev/pts", "/dev/shm", "/dev"] { $0.removeMount(path) }
    },
    Case("device-umask") {
        $0["process", "user", "umask"] = 0o077
        $0["linux", "devices"] = [["path": "/dev/fuse", "type": "c", "major": 10, "minor": 229, "fileMode": 0o666]]
    },
    Case("device-rules-deny-all", needs: [.devices]) {
        $0["linux", "resources", "devices"] = [["allow": false, "access": "rwm"]]
        $0.probe(
            "mknod=/n,c,1,3", "mknod=/n,c,1,11", "mknod=/n,b,7,0", "mknod=/n,c,10,229", "path=/dev/null", "path=/dev/zero",
            "path=/dev/ptmx")
    },
    Case("device-rules-allow-some", needs: [.devices]) {
        $0["linux", "resources", "devices"] = [
            ["allow": false, "access": "rwm"], ["allow": true, "type": "c", "major": 1, "minor": 11, "access": "rw"],
            ["allow": true, "type": "c", "major": 10, "minor": 229, "access": "m"],
        ]
        $0.probe("mknod=/n,c,1,11", "mknod=/n,c,10,229", "mknod=/n,c,1,3", "mknod=/n,c,10,237")
    },
    Case("device-rules-allow-major", needs: [.devices]) {
        $0["linux", "resources", "devices"] = [
            ["allow": false, "access": "rwm"], ["allow": true, "type": "c", "major": 1, "access": "rwm"],
        ]
        $0.probe("mknod=/n,c,1,11", "mknod=/n,c,1,1", "mknod=/n,c,10,237")
    },
    Case("device-rules-allow-all", needs: [.devices]) {
        $0["linux", "resources", "devices"] = [["allow": true, "access": "rwm"]]
        $0.probe("mknod=/n,c,1,11", "mknod=/n,c,10,237", "mknod=/n,b,7,0")
    },
    Case("device-rules-absent", needs: [.devices]) { $0.probe("mknod=/n,c,1,11", "mknod=/n,c,10,237", "mknod=/n,c,1,3") },
]
