import CommandSupport
import ContainerRuntime
import LinuxKernel
import LinuxTypes
import OCISpec
import StrictTree

extension Session {
    /// `spec`: writes a configuration to begin with.
    func spec(_ arguments: SpecArguments) throws(RuntimeError) {
        let configuration = Configuration.default(
            rootless: arguments.isRootless, uid: effectiveUID(), gid: effectiveGID(), unifiedCgroups: Self.hasUnifiedCgroups())
        let text = configuration.json(.tabs) + [UInt8(ascii: "\n")]
        do throws(KernelError) {
            let directory = try FileDescriptor.workingDirectory.open(arguments.bundle.string, [.readOnly, .directory])
            try Self.writeNew(text, in: directory.descriptor)
        } catch {
            if error.errno == .EEXIST {
                throw RuntimeError(
                    .exists, "'\(arguments.bundle.appending("config.json"))' exists already", hint: "remove it first")
            }
            throw RuntimeError(error, "cannot write the configuration")
        }
    }

    /// Writes a file that is not there yet; after a failure it is not there either.
    private static func writeNew(_ text: [UInt8], in directory: FileDescriptor) throws(KernelError) {
        let file = try directory.open("config.json", [.writeOnly, .create, .exclusive], permissions: 0o666)
        do throws(KernelError) { try file.descriptor.writeAll(text, subject: "config.json") } catch {
            let failure = error
            // The first failure is what matters.
            do throws(KernelError) { try directory.unlink("config.json") } catch { throw failure }
            throw failure
        }
    }

    private static func hasUnifiedCgroups() -> Bool {
        do throws(KernelError) { return try FileDescriptor.fileSystemType(ofPath: "/sys/fs/cgroup") == .cgroup2 } catch {
            // No cgroups at all.
            return false
        }
    }
}
