// What Swift cannot say about Linux, and nothing else:
//  - a raw system call (Swift imports no variadic functions, and errno is a macro);
//  - the few instructions between clone3 and execveat, which run on the parent's memory;
//  - kernel structures from UAPI headers, so that their layout is the kernel's own;
//  - the processor's instruction for a checksum;
//  - loads and stores of memory that other processes change at the same time.
// It can shrink when Swift gains variadic imports. This header must not define _GNU_SOURCE: that breaks the Glibc module.
#ifndef HULL_CLINUX_H
#define HULL_CLINUX_H

#include <asm/unistd.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/keyctl.h>
#include <linux/netlink.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/vfs.h>
#include <time.h>

/// One system call. Returns its result, or -errno; errno is read in the instruction after the call.
long hull_syscall(long number, long a, long b, long c, long d, long e, long f);

/// What the child of `hull_clone_exec` does before it is another program.
struct hull_exec {
    int executable;            // descriptor of the program; close-on-exec is kept
    int socket;                // the one descriptor the program keeps; its close-on-exec flag is cleared
    int maps_ready;            // -1, or: wait for one byte here, then become uid 0 and gid 0 of the new user namespace
    int maps_writer;           // the other end, closed in the child, which would wait for itself when the parent is killed
    uint64_t unshared;         // namespaces that the child makes itself, while its parent goes on
    int undumpable;            // not 0: the program is undumpable from its first instruction, its real group another one until it restores it
};

/// The message a child sends on its socket where unshare or execveat fails: `kind` says which.
struct hull_exec_failure {
    uint32_t kind;
    int32_t error;
};
#define HULL_EXEC_FAILED 0x58454c46u
#define HULL_UNSHARE_FAILED 0x554e5346u

/// clone3(2), then, in the child, unshare(2) and execveat(2) with `arguments` (null-terminated, at most four of 256 bytes together: -E2BIG) and an empty
/// environment. All signals are blocked in the child until the program unblocks them. With CLONE_VM the child borrows the caller's memory,
/// on a stack of its own, until its exec; the caller goes on meanwhile, and may end. A second call waits until the first child has left.
/// Returns the child's pid, or -errno. The caller must be single-threaded.
long hull_clone_exec(struct clone_args *args, const struct hull_exec *exec, char *const *arguments);

/// clone3(2) without a stack or CLONE_VM: a fork with namespaces. Returns as fork(2) does, or -errno. The caller must be
/// single-threaded. `args` is written by the kernel where CLONE_PIDFD asks for it.
long hull_clone_fork(struct clone_args *args);

/// The GNU build id of the running executable, or a length of 0 where the linker wrote none. Lives as long as the process.
const uint8_t *hull_build_id(size_t *length);

/// CRC-32C of `count` bytes, going on from the checksum of what stands before them (0 for nothing).
uint32_t hull_crc32c(uint32_t crc, const void *bytes, size_t count);

/// The same, bit by bit, where the processor has no instruction for it; tests compare the two.
uint32_t hull_crc32c_portable(uint32_t crc, const void *bytes, size_t count);

/// ppoll(2) by one that expects to wait long: unmaps all pages of the program that were not written first. Who needs them again finds them in the
/// page cache. `pagemap` is the open /proc/self/pagemap, or -1, and then the pages of segments that can be written stay. -errno for an error.
long hull_poll_at_rest(struct pollfd *entries, unsigned long count, const struct timespec *timeout, int pagemap);

/// A word that another process may be storing: what it stored before is seen as well.
static inline uint64_t hull_load_acquire(const void *word) {
    return __atomic_load_n((const uint64_t *)word, __ATOMIC_ACQUIRE);
}

/// Stores a word: who sees it sees all that was stored before.
static inline void hull_store_release(void *word, uint64_t value) {
    __atomic_store_n((uint64_t *)word, value, __ATOMIC_RELEASE);
}

/// Loads before it are done before loads after it.
static inline void hull_fence_acquire(void) { __atomic_thread_fence(__ATOMIC_ACQUIRE); }

/// Stores before it are seen before stores after it.
static inline void hull_fence_release(void) { __atomic_thread_fence(__ATOMIC_RELEASE); }

/// Stores before it are seen before loads after it are done.
static inline void hull_fence_full(void) { __atomic_thread_fence(__ATOMIC_SEQ_CST); }

/// The processor begins to fetch what will be read soon.
static inline void hull_prefetch(const void *address) { __builtin_prefetch(address); }

#endif
