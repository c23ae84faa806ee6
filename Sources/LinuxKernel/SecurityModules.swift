import LinuxTypes

/// Which of the modules that confine programs by a label this kernel has, turned on: `lsm(7)`. What may be labelled so is the kernel's to say.
public struct SecurityModules: Hashable, Sendable {
    public var hasAppArmor: Bool
    public var hasSELinux: Bool

    public init(hasAppArmor: Bool, hasSELinux: Bool) {
        self.hasAppArmor = hasAppArmor
        self.hasSELinux = hasSELinux
    }

    /// Those of the running kernel.
    public static func ofKernel() throws(KernelError) -> SecurityModules {
        SecurityModules(hasAppArmor: try readsAppArmor(), hasSELinux: try hasFileSystem("selinuxfs"))
    }

    /// The file is there wherever the kernel was built so; it can be read only where AppArmor is on. Before Linux 5.8 there is none.
    private static func readsAppArmor() throws(KernelError) -> Bool {
        do throws(KernelError) { return try !readText("/proc/self/attr/apparmor/current", limit: 4 << 10).isEmpty } catch {
            guard [.EINVAL, .ENOENT].contains(error.errno) else { throw error }
        }
        do throws(KernelError) { return try readText("/sys/module/apparmor/parameters/enabled", limit: 64) == "Y" } catch {
            guard error.errno == .ENOENT else { throw error }
            return false
        }
    }

    /// SELinux that is off registers none.
    private static func hasFileSystem(_ name: String) throws(KernelError) -> Bool {
        try readText("/proc/filesystems", limit: 64 << 10).split(separator: "\n").contains {
            $0.split(separator: "\t").last == name[...]
        }
    }
}

/// Attributes by which a module of the kernel confines the caller's next program: `/proc/PID/attr`.
public enum SecurityAttribute: Sendable {
    /// The profile of AppArmor under which the next program runs.
    case appArmorExec
    /// The label of SELinux that the next program has.
    case seLinuxExec
    /// The label of SELinux of keyrings that the caller makes.
    case seLinuxKeys
}

extension ProcFS {
    /// Sets one of the caller's own. `ENOENT`: AppArmor has no such profile loaded; `EINVAL`: it is no label, or the module is off; `EACCES`, `EPERM`:
    /// its policy forbids that change.
    public func set(_ attribute: SecurityAttribute, to label: String) throws(KernelError) {
        let directory = try selfPID() + "/attr/"
        switch attribute {
        case .appArmorExec:
            do throws(KernelError) { try write("exec \(label)", to: directory + "apparmor/exec") } catch {
                // Before Linux 5.8 the only module has the directory for itself.
                guard error.call == "openat2", error.errno == .ENOENT else { throw error }
                try write("exec \(label)", to: directory + "exec")
            }
        case .seLinuxExec: try write(label, to: directory + "exec")
        case .seLinuxKeys: try write(label, to: directory + "keycreate")
        }
    }
}
