/// The five sets in combination with the user and noNewPrivileges.
let capabilityCases: [Case] =
    [
        Case("capabilities-absent") { $0["process", "capabilities"] = nil },
        Case("capabilities-absent-user") {
            $0["process", "capabilities"] = nil
            $0["process", "user"] = ["uid": 1000, "gid": 1000]
        },
        Case("capabilities-unknown") {
            $0.sets(bounding: ["CAP_CHOWN", "CAP_NO_SUCH"], permitted: ["CAP_CHOWN", "CAP_NO_SUCH"])
        },
        // These peers fail; since 1.0.2 the specification wants a warning.
        Case("capabilities-beyond-ours", peers: []) {
            $0.sets(bounding: ["CAP_SYS_RESOURCE", "CAP_CHOWN"], permitted: ["CAP_SYS_RESOURCE", "CAP_CHOWN"])
        },
        Case("capabilities-high") {
            let names = ["CAP_PERFMON", "CAP_BPF", "CAP_CHECKPOINT_RESTORE"]
            $0.sets(bounding: names, effective: names, permitted: names)
        },
        Case("capabilities-effective-part") {
            $0.sets(bounding: ["CAP_CHOWN", "CAP_KILL"], effective: ["CAP_KILL"], permitted: ["CAP_CHOWN", "CAP_KILL"])
        },
        Case("capabilities-permitted-beyond-bounding") {
            $0.sets(bounding: ["CAP_CHOWN"], effective: ["CAP_CHOWN"], permitted: ["CAP_CHOWN", "CAP_KILL"])
        },
    ]
    + combinations.flatMap { name, change in
        [(Int64(0), "root"), (1000, "user")].flatMap { uid, who in
            [(true, "nnp"), (false, "privs")].map { restricted, suffix in
                Case("capabilities-\(name)-\(who)-\(suffix)") {
                    change(&$0)
                    $0["process", "user"] = ["uid": .integer(uid), "gid": .integer(uid)]
                    $0["process", "noNewPrivileges"] = .bool(restricted)
                }
            }
        }
    }

private let three = ["CAP_CHOWN", "CAP_NET_BIND_SERVICE", "CAP_KILL"]

private let combinations: [(String, @Sendable (inout JSONValue) -> Void)] = [
    ("none", { $0.sets() }),
    ("usual", { _ in }),
    ("bounding", { $0.sets(bounding: three) }),
    ("inheritable", { $0.sets(bounding: three, effective: three, permitted: three, inheritable: three) }),
    ("ambient", { $0.sets(bounding: three, effective: three, permitted: three, inheritable: three, ambient: three) }),
    ("ambient-part", { $0.sets(bounding: three, effective: three, permitted: three, inheritable: three, ambient: ["CAP_KILL"]) }),
    (
        "ambient-only-part-inheritable",
        { $0.sets(bounding: three, effective: three, permitted: three, inheritable: ["CAP_KILL"], ambient: ["CAP_KILL"]) }
    ),
]

extension JSONValue {
    mutating func sets(
        bounding: [String] = [], effective: [String] = [], permitted: [String] = [], inheritable: [String] = [],
        ambient: [String] = []
    ) {
        func names(_ list: [String]) -> JSONValue { .array(list.map(JSONValue.string)) }
        self["process", "capabilities"] = [
            "bounding": names(bounding), "effective": names(effective), "permitted": names(permitted),
            "inheritable": names(inheritable),
            "ambient": names(ambient),
        ]
    }
}
