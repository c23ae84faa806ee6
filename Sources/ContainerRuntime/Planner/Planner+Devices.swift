import InitProtocol
import LinuxTypes
import OCISpec

extension Planner {
    /// The devices that every container has, then the configured ones. Where `/dev` is bound from the host its nodes are there already and are not
    /// ours to touch.
    mutating func planDevices(_ root: inout RootPlan) throws(RuntimeError) {
        let devIsBound = root.mounts.contains { mount in
            if case .bind = mount.source { return mount.destination.normalized == "/dev" }
            return false
        }
        var configured: [DevicePlan] = []
        for (index, device) in linux.devices.enumerated() {
            guard let path = ContainerPath(device.path) else { throw .refused("/linux/devices/\(index)/path", "has a NUL byte") }
            configured.append(
                DevicePlan(
                    path: path, type: device.type.fileType, device: device.number, permissions: device.fileMode ?? 0o666,
                    uid: device.uid ?? 0, gid: device.gid ?? 0, bindsFromHost: hasUserNamespace))
        }
        let named = Set(configured.map(\.path.normalized))
        let defaults = devIsBound ? [] : defaultDevices().filter { !named.contains($0.path.normalized) }
        for index in configured.indices {
            plan.origins[.init(.device, defaults.count + index)] = "/linux/devices/\(index)"
        }
        root.devices = defaults + configured
        if !devIsBound { root.links = Self.defaultLinks() }
    }

    private func defaultDevices() -> [DevicePlan] {
        let numbers: [(String, UInt32, UInt32)] = [
            ("null", 1, 3), ("zero", 1, 5), ("full", 1, 7), ("random", 1, 8), ("urandom", 1, 9), ("tty", 5, 0),
        ]
        return numbers.compactMap { name, major, minor in
            ContainerPath("/dev/" + name).map {
                DevicePlan(
                    path: $0, type: .characterDevice, device: DeviceNumber(major: major, minor: minor),
                    bindsFromHost: hasUserNamespace)
            }
        }
    }

    private static func defaultLinks() -> [LinkPlan] {
        let links = [
            ("/dev/fd", "/proc/self/fd"), ("/dev/stdin", "/proc/self/fd/0"), ("/dev/stdout", "/proc/self/fd/1"),
            ("/dev/stderr", "/proc/self/fd/2"), ("/dev/core", "/proc/kcore"), ("/dev/ptmx", "pts/ptmx"),
        ]
        return links.compactMap { path, target in ContainerPath(path).map { LinkPlan(path: $0, target: target) } }
    }
}
