import LinuxKernel
import LinuxTypes
import OCISpec
import SeccompFilter
import StrictTree

/// Writes the bundles: the usual mounts, masks and devices, all namespaces, all limits that three runtimes understand alike.
struct BenchBundle {
    enum Kind: String {
        /// Without seccomp.
        case plain
        /// With Hull's default profile, written out.
        case seccomp
        /// As `seccomp`, in a user namespace too.
        case user
    }

    let kind: Kind
    let rootfs: String
    var arguments = ["/bin/true"]
    /// Bytes.
    var memoryLimit: Int64 = 256 << 20

    /// Makes the directory with its `config.json` and returns its path.
    func write(to directory: String) throws(KernelError) -> String {
        do throws(KernelError) {
            try FileDescriptor.workingDirectory.makeDirectory(directory, permissions: 0o755)
        } catch  where error.errno == .EEXIST {}
        let path = directory + "/config.json"
        let file = try FileDescriptor.workingDirectory.open(path, [.writeOnly, .create, .truncate], permissions: 0o644)
        try file.descriptor.writeAll(configuration.json(.spaces(2)), subject: path)
        return directory
    }

    private var configuration: Configuration {
        var result = Configuration.default()
        // What crun 1.8.1 and runc 1.1.5 know.
        result.ociVersion = "1.0.2"
        result.root = Root(path: rootfs, readonly: true)
        result.hostname = "bench"
        result.process?.args = arguments
        result.process?.terminal = false
        result.linux?.namespaces.append(Namespace(type: .cgroup))
        result.linux?.resources = resources
        if kind == .user {
            result.linux?.namespaces.append(Namespace(type: .user))
            result.linux?.uidMappings = [IDMapping(containerID: 0, hostID: 0, size: 65536)]
            result.linux?.gidMappings = [IDMapping(containerID: 0, hostID: 0, size: 65536)]
        }
        if kind != .plain {
            #if arch(x86_64)
            let native = SeccompArchitecture.x86_64
            #else
            let native = SeccompArchitecture.aarch64
            #endif
            result.linux?.seccomp = DefaultProfile.specification(capabilities: [], architecture: native)
            // runc 1.1.5 refuses a profile with flags.
            result.linux?.seccomp?.flags = nil
        }
        return result
    }

    private var resources: Resources {
        Resources(
            devices: [.init(allow: false, access: .all)],
            memory: .init(limit: memoryLimit, reservation: memoryLimit / 2),
            cpu: .init(shares: 512, quota: 100_000, period: 100_000, cpus: "0", mems: "0"), pids: .init(limit: 64))
    }
}
