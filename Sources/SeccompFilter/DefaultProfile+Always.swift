// Calls for every container, by topic. Names of 32-bit architectures (…64, …32, …_time64, socketcall, ipc) stand beside their
// relatives. A name that libseccomp does not know yet is ENOSYS until it does.

extension DefaultProfile {
    static let always: [String] =
        openFiles + namesAndMetadata + extendedAttributes + waiting + memory + processes + scheduling + signals + time + identity
        + sockets + interprocess + asynchronousIO + selfRestriction

    /// The permission checks are on the files. ioctl is a world of its own; devices are kept away by the cgroup.
    private static let openFiles = words(
        """
        cachestat close close_range copy_file_range creat dup dup2 dup3 fadvise64 fadvise64_64 fallocate fcntl fcntl64
        fdatasync flock fsync ftruncate ftruncate64 ioctl lseek _llseek name_to_handle_at open openat openat2 pread64 preadv
        preadv2 pwrite64 pwritev pwritev2 read readahead readv sendfile sendfile64 splice sync sync_file_range syncfs tee
        truncate truncate64 vmsplice write writev
        """)

    /// listmount and statmount show the container's own mount namespace.
    private static let namesAndMetadata = words(
        """
        access chdir chmod chown chown32 faccessat faccessat2 fchdir fchmod fchmodat fchmodat2 fchown fchown32 fchownat fstat
        fstat64 fstatat64 fstatfs fstatfs64 futimesat getcwd getdents getdents64 lchown lchown32 link linkat listmount lstat
        lstat64 mkdir mkdirat mknod mknodat newfstatat readlink readlinkat rename renameat renameat2 rmdir stat stat64 statfs
        statfs64 statmount statx symlink symlinkat umask unlink unlinkat utime utimensat utimensat_time64 utimes
        """)

    private static let extendedAttributes = words(
        """
        fgetxattr flistxattr fremovexattr fsetxattr getxattr getxattrat lgetxattr listxattr listxattrat llistxattr
        lremovexattr lsetxattr removexattr removexattrat setxattr setxattrat
        """)

    /// Descriptors that become ready. fanotify_mark does nothing without fanotify_init.
    private static let waiting = words(
        """
        epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old eventfd eventfd2
        fanotify_mark inotify_add_watch inotify_init inotify_init1 inotify_rm_watch _newselect poll ppoll ppoll_time64
        pselect6 pselect6_time64 select signalfd signalfd4 timerfd_create timerfd_gettime timerfd_gettime64 timerfd_settime
        timerfd_settime64
        """)

    /// The caller's own. Memory policies too: they stay within the cpuset's nodes, and databases want them.
    private static let memory = words(
        """
        brk get_mempolicy madvise map_shadow_stack mbind membarrier memfd_create memfd_secret mincore mlock mlock2 mlockall
        mmap mmap2 mprotect mremap mseal msync munlock munlockall munmap pkey_alloc pkey_free pkey_mprotect process_mrelease
        remap_file_pages set_mempolicy set_mempolicy_home_node
        """)

    /// Who may signal and trace whom, the kernel decides within the PID namespace; it needs 4.8 for ptrace not to escape a
    /// filter. clone and personality have rules of their own. uretprobe is made by the kernel's own trampoline.
    private static let processes = words(
        """
        execve execveat exit exit_group fork get_robust_list get_thread_area getcpu getpgid getpgrp getpid getppid
        getpriority getrandom getrlimit getrusage getsid gettid kill pause pidfd_open pidfd_send_signal prctl prlimit64
        process_vm_readv process_vm_writev ptrace restart_syscall rseq set_robust_list set_thread_area set_tid_address
        setpgid setpriority setrlimit setsid sysinfo tgkill times tkill ugetrlimit uname uretprobe vfork wait4 waitid waitpid
        """)

    private static let scheduling = words(
        """
        ioprio_get ioprio_set sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getattr sched_getparam
        sched_getscheduler sched_rr_get_interval sched_rr_get_interval_time64 sched_setaffinity sched_setattr sched_setparam
        sched_setscheduler sched_yield
        """)

    private static let signals = words(
        """
        rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait
        rt_sigtimedwait_time64 rt_tgsigqueueinfo sigaltstack sigprocmask sigreturn
        """)

    /// adjtimex and clock_adjtime read; the kernel wants CAP_SYS_TIME for more.
    private static let time = words(
        """
        adjtimex alarm clock_adjtime clock_adjtime64 clock_getres clock_getres_time64 clock_gettime clock_gettime64
        clock_nanosleep clock_nanosleep_time64 getitimer gettimeofday nanosleep setitimer time timer_create timer_delete
        timer_getoverrun timer_gettime timer_gettime64 timer_settime timer_settime64
        """)

    private static let identity = words(
        """
        capget capset getegid getegid32 geteuid geteuid32 getgid getgid32 getgroups getgroups32 getresgid getresgid32
        getresuid getresuid32 getuid getuid32 setfsgid setfsgid32 setfsuid setfsuid32 setgid setgid32 setgroups setgroups32
        setregid setregid32 setresgid setresgid32 setresuid setresuid32 setreuid setreuid32 setuid setuid32
        """)

    /// socket has rules of its own. socketcall, 32-bit x86's way to all of these, hides its arguments from any filter.
    private static let sockets = words(
        """
        accept accept4 bind connect getpeername getsockname getsockopt listen recv recvfrom recvmmsg recvmmsg_time64 recvmsg
        send sendmmsg sendmsg sendto setsockopt shutdown socketcall socketpair
        """)

    /// Within the IPC namespace; and locks and pipes.
    private static let interprocess = words(
        """
        futex futex_requeue futex_time64 futex_wait futex_waitv futex_wake ipc mq_getsetattr mq_notify mq_open mq_timedreceive
        mq_timedreceive_time64 mq_timedsend mq_timedsend_time64 mq_unlink msgctl msgget msgrcv msgsnd pipe pipe2 semctl semget
        semop semtimedop semtimedop_time64 shmat shmctl shmdt shmget
        """)

    private static let asynchronousIO = words(
        """
        io_cancel io_destroy io_getevents io_pgetevents io_pgetevents_time64 io_setup io_submit
        """)

    /// By which a program takes rights from itself, and asks what it is held to.
    private static let selfRestriction = words(
        """
        landlock_add_rule landlock_create_ruleset landlock_restrict_self lsm_get_self_attr lsm_list_modules
        lsm_set_self_attr seccomp
        """)
}
