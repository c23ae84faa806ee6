internal import LinuxTypes

extension DefaultProfile {
    /// Calls for holders of a capability; EPERM for others, as the kernel itself would answer.
    struct Gate {
        /// Any of them opens it.
        let capabilities: CapabilitySet
        let names: [String]

        init(_ capabilities: CapabilitySet, _ names: String) {
            self.capabilities = capabilities
            self.names = words(names)
        }
    }

    static let gates: [Gate] = [
        // A handle opens any file of a file system, whatever the container's mounts show of it.
        Gate(.dacReadSearch, "open_by_handle_at"),
        Gate(.sysModule, "delete_module finit_module init_module"),
        Gate(.sysRawio, "ioperm iopl"),
        Gate(.sysChroot, "chroot"),
        // Other processes' descriptors and memory. ptrace itself is allowed: since Linux 4.8 no filter is escaped by it.
        Gate(.sysPtrace, "kcmp pidfd_getfd process_madvise"),
        Gate(.sysPacct, "acct"),
        // Mounts, by the old calls and the new.
        Gate(
            .sysAdmin,
            """
            fsconfig fsmount fsopen fspick mount mount_setattr move_mount open_tree open_tree_attr pivot_root
            umount umount2
            """),
        // Namespaces; clone and clone3 have rules of their own.
        Gate(.sysAdmin, "setns unshare"),
        // The host's name, quotas, file events of whole file systems, profiling.
        Gate(.sysAdmin, "fanotify_init lookup_dcookie quotactl quotactl_fd setdomainname sethostname"),
        Gate([.sysAdmin, .bpf], "bpf"),
        Gate([.sysAdmin, .perfmon], "perf_event_open"),
        // The kernel's log: addresses, other containers' messages.
        Gate([.sysAdmin, .syslog], "syslog"),
        Gate(.sysBoot, "reboot"),
        // The clock has no namespace. Reading adjtimex is allowed to all, the kernel refuses the rest.
        Gate(.sysTime, "clock_settime clock_settime64 settimeofday stime"),
        Gate(.sysTTYConfig, "vhangup"),
    ]

    /// Refused whatever the capabilities.
    static let never: [String] = words(
        // A second way to make system calls, which no filter sees.
        """
        io_uring_enter io_uring_register io_uring_setup
        """,
        // Keyrings are not part of any namespace but the user's: containers of one user would share them.
        """
        add_key keyctl request_key
        """,
        // Another kernel, the machine's swap, its buses.
        """
        kexec_file_load kexec_load pciconfig_iobase pciconfig_read pciconfig_write swapoff swapon
        """,
        // Where other processes' pages lie.
        """
        migrate_pages move_pages
        """,
        // Lets a program stop the kernel in the middle of reading its memory: half of many exploits.
        """
        userfaultfd
        """,
        // 16-bit code on 32-bit x86.
        """
        vm86 vm86old
        """)

    /// The names in texts of names with blanks and line ends between them. By bytes: a start-up should not pay for Unicode.
    static func words(_ texts: String...) -> [String] {
        texts.flatMap { text in
            text.utf8.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }.map { String(decoding: $0, as: UTF8.self) }
        }
    }
}

extension CapabilitySet {
    fileprivate static let dacReadSearch = CapabilitySet(number: 2)
    fileprivate static let sysModule = CapabilitySet(number: 16)
    fileprivate static let sysRawio = CapabilitySet(number: 17)
    fileprivate static let sysChroot = CapabilitySet(number: 18)
    fileprivate static let sysPtrace = CapabilitySet(number: 19)
    fileprivate static let sysPacct = CapabilitySet(number: 20)
    fileprivate static let sysBoot = CapabilitySet(number: 22)
    fileprivate static let sysTime = CapabilitySet(number: 25)
    fileprivate static let sysTTYConfig = CapabilitySet(number: 26)
    fileprivate static let syslog = CapabilitySet(number: 34)
    fileprivate static let perfmon = CapabilitySet(number: 38)
    fileprivate static let bpf = CapabilitySet(number: 39)
}
