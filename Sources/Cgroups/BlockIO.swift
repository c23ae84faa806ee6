internal import OCISpec

extension PlanBuilder {
    /// `linux.resources.blockIO`: weights 10 … 1000, rates in bytes or operations per second, 0 is unset or no limit.
    mutating func addBlockIO(_ io: Resources.BlockIO) throws(CgroupError) {
        try check(io.weight, "weight")
        try check(io.leafWeight, "leafWeight")
        for (index, device) in io.weightDevice.enumerated() {
            try check(device.weight, "weightDevice/\(index)/weight")
            try check(device.leafWeight, "weightDevice/\(index)/leafWeight")
        }
        guard let field = Self.firstField(of: io) else { return }
        let pointer = Self.pointer("blockIO/" + field)
        switch try version(of: .blkio, pointer: pointer) {
        case .v1: try add(writesOnV1(io), to: .blkio, pointer: pointer)
        case .v2:
            if let field = Self.leafWeightField(of: io) {
                throw .refused(pointer: Self.pointer("blockIO/" + field), reason: "cgroup v2 has no leaf weights")
            }
            try add(writesOnV2(io), to: .blkio, pointer: pointer)
        }
    }

    private func check(_ weight: UInt16?, _ field: String) throws(CgroupError) {
        guard let weight, weight != 0, !(10...1000).contains(weight) else { return }
        throw .refused(pointer: Self.pointer("blockIO/" + field), reason: "expected 10 … 1000, found \(weight)")
    }

    /// A weight goes to CFQ's file and, where that scheduler is gone (5.0), to BFQ's.
    private func writesOnV1(_ io: Resources.BlockIO) -> [Plan.Write] {
        var writes: [Plan.Write] = []
        func weight(_ file: String, _ value: String, _ field: String) {
            let bfq = Plan.IfMissing.write(file: "blkio.bfq." + file, value: value)
            writes.append(
                .init("blkio." + file, value, pointer: Self.pointer("blockIO/" + field), ifMissing: bfq))
        }
        if let value = io.weight, value != 0 { weight("weight", String(value), "weight") }
        if let value = io.leafWeight, value != 0 { weight("leaf_weight", String(value), "leafWeight") }
        for (index, device) in io.weightDevice.enumerated() {
            let place = "\(device.major):\(device.minor) "
            if let value = device.weight, value != 0 {
                weight("weight_device", place + String(value), "weightDevice/\(index)/weight")
            }
            if let value = device.leafWeight, value != 0 {
                weight("leaf_weight_device", place + String(value), "weightDevice/\(index)/leafWeight")
            }
        }
        for limit in Self.throttles(of: io) {
            for (index, device) in limit.devices.enumerated() {
                writes.append(
                    .init(
                        "blkio.throttle.\(limit.v1)_device", "\(device.major):\(device.minor) \(device.rate)",
                        pointer: Self.pointer("blockIO/\(limit.field)/\(index)")))
            }
        }
        return writes
    }

    /// A weight goes to BFQ's file as it is and, where that is missing, to `io.weight` on its own scale.
    private func writesOnV2(_ io: Resources.BlockIO) -> [Plan.Write] {
        var writes: [Plan.Write] = []
        func weight(_ place: String, _ weight: UInt16?, _ field: String) {
            guard let weight, weight != 0 else { return }
            let scaled = 1 + (UInt64(weight) - 10) * 9999 / 990
            writes.append(
                .init(
                    "io.bfq.weight", place + String(weight), pointer: Self.pointer("blockIO/" + field),
                    ifMissing: .write(file: "io.weight", value: place + String(scaled))))
        }
        weight("", io.weight, "weight")
        for (index, device) in io.weightDevice.enumerated() {
            weight("\(device.major):\(device.minor) ", device.weight, "weightDevice/\(index)/weight")
        }
        for limit in Self.throttles(of: io) {
            for (index, device) in limit.devices.enumerated() {
                let rate = device.rate == 0 ? "max" : String(device.rate)
                writes.append(
                    .init(
                        "io.max", "\(device.major):\(device.minor) \(limit.v2)=\(rate)",
                        pointer: Self.pointer("blockIO/\(limit.field)/\(index)")))
            }
        }
        return writes
    }

    /// The four lists with the words that each version has for them.
    private struct Throttle {
        let field: String
        let v1: String
        let v2: String
        let devices: [Resources.ThrottleDevice]
    }

    private static func throttles(of io: Resources.BlockIO) -> [Throttle] {
        [
            Throttle(field: "throttleReadBpsDevice", v1: "read_bps", v2: "rbps", devices: io.throttleReadBpsDevice),
            Throttle(field: "throttleWriteBpsDevice", v1: "write_bps", v2: "wbps", devices: io.throttleWriteBpsDevice),
            Throttle(field: "throttleReadIOPSDevice", v1: "read_iops", v2: "riops", devices: io.throttleReadIOPSDevice),
            Throttle(field: "throttleWriteIOPSDevice", v1: "write_iops", v2: "wiops", devices: io.throttleWriteIOPSDevice),
        ]
    }

    private static func leafWeightField(of io: Resources.BlockIO) -> String? {
        if io.leafWeight ?? 0 != 0 { return "leafWeight" }
        let index = io.weightDevice.firstIndex { $0.leafWeight ?? 0 != 0 }
        return index.map { "weightDevice/\($0)/leafWeight" }
    }

    /// The first field that needs the controller; nil where none does.
    private static func firstField(of io: Resources.BlockIO) -> String? {
        if io.weight ?? 0 != 0 { return "weight" }
        if let field = leafWeightField(of: io) { return field }
        if let index = io.weightDevice.firstIndex(where: { $0.weight ?? 0 != 0 }) { return "weightDevice/\(index)/weight" }
        return throttles(of: io).first { !$0.devices.isEmpty }.map { "\($0.field)/0" }
    }
}
