// The only code of ours that runs between clone and execve. It allocates nothing, takes no lock and touches no Swift.
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHILD_STACK_BYTES (64 * 1024)
#define CHILD_ARGUMENT_COUNT 4
#define CHILD_ARGUMENT_BYTES 256

// One child at a time, of a process with one thread: static memory is enough, needs no allocation, and stays when the caller's is gone.
// `borrowed` is 1 from the clone until the child has left our memory: the kernel clears it then, and wakes who waits (CLONE_CHILD_CLEARTID).
static _Alignas(16) char child_stack[CHILD_STACK_BYTES];
static struct hull_exec child_exec;
static char *child_arguments[CHILD_ARGUMENT_COUNT + 1];
static char *child_environment[1];
static char child_argument_bytes[CHILD_ARGUMENT_BYTES];
static uint32_t borrowed;

// A system call of the child. It may run beside its parent in the same memory, thread-local storage included: not one write to errno.
static inline long child_call(long number, long a, long b, long c, long d, long e, long f) {
    long result;
#if defined(__x86_64__)
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
#elif defined(__aarch64__)
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    register long x5 __asm__("x5") = f;
    __asm__ volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
    result = x0;
#else
#error "Hull runs on x86_64 and aarch64"
#endif
    return result;
}

static void become_root_of_new_user_namespace(const struct hull_exec *exec) {
    child_call(__NR_close, exec->maps_writer, 0, 0, 0, 0, 0);
    char byte;
    long count;
    do count = child_call(__NR_read, exec->maps_ready, (long)&byte, 1, 0, 0, 0);
    while (count == -EINTR);
    if (count != 1) child_call(__NR_exit_group, 127, 0, 0, 0, 0, 0);
    // Order: after the maps are written, before execveat, or the exec clears every capability of the new namespace.
    child_call(__NR_setresgid, 0, 0, 0, 0, 0, 0);
    child_call(__NR_setresuid, 0, 0, 0, 0, 0, 0);
}

// A program that is executed with a real group other than its effective one is undumpable from its first instruction, as one with the
// set-gid bit (begin_new_exec in the kernel's fs/exec.c; unless fs.suid_dumpable is 1): nobody may trace it before it can say so itself.
// The effective group stays, so the memory that is borrowed keeps its own state. Refused to who may not change groups: no power to steal.
// Until the program takes its group back, who lacks CAP_SYS_RESOURCE cannot set its limits (prlimit(2)).
static void become_undumpable_by_exec(void) {
    long effective = child_call(__NR_getegid, 0, 0, 0, 0, 0, 0);
    child_call(__NR_setresgid, effective == 0 ? 1 : 0, -1, -1, 0, 0, 0);
}

static int exec_in_child(void *argument) {
    const struct hull_exec *exec = argument;
    if (exec->maps_ready >= 0) become_root_of_new_user_namespace(exec);
    if (exec->undumpable) become_undumpable_by_exec();
    long result = exec->unshared ? child_call(__NR_unshare, (long)exec->unshared, 0, 0, 0, 0, 0) : 0;
    uint32_t failed = HULL_UNSHARE_FAILED;
    if (result == 0) {
        child_call(__NR_fcntl, exec->socket, F_SETFD, 0, 0, 0, 0);
        result = child_call(
            __NR_execveat, exec->executable, (long)"", (long)child_arguments, (long)child_environment, AT_EMPTY_PATH, 0);
        failed = HULL_EXEC_FAILED;
    }
    struct hull_exec_failure failure = {failed, (int32_t)-result};
    child_call(__NR_sendto, exec->socket, (long)&failure, sizeof failure, MSG_NOSIGNAL, 0, 0);
    return 127;
}

// Until an earlier child has left our memory, which is the static memory above: a matter of the microseconds up to its exec.
static void wait_for_earlier_child(void) {
    uint32_t value;
    while ((value = __atomic_load_n(&borrowed, __ATOMIC_ACQUIRE)) != 0)
        child_call(__NR_futex, (long)&borrowed, FUTEX_WAIT, value, 0, 0, 0);
}

static int keep_arguments(char *const *arguments) {
    size_t used = 0, count = 0;
    for (; arguments[count] != NULL; count++) {
        size_t length = strlen(arguments[count]) + 1;
        if (count == CHILD_ARGUMENT_COUNT || used + length > CHILD_ARGUMENT_BYTES) return -E2BIG;
        child_arguments[count] = memcpy(child_argument_bytes + used, arguments[count], length);
        used += length;
    }
    child_arguments[count] = NULL;
    return 0;
}

// clone3 with a new stack returns into a frame that does not exist there, so the child's side is spelled out.
static long clone3_on_stack(struct clone_args *args, int (*function)(void *), void *argument) {
    long result;
#if defined(__x86_64__)
    register int (*r8)(void *) __asm__("r8") = function;
    register void *r9 __asm__("r9") = argument;
    __asm__ volatile(
        "syscall\n\t"
        "test %%rax, %%rax\n\t"
        "jnz 1f\n\t"
        "xor %%ebp, %%ebp\n\t"
        "mov %%r9, %%rdi\n\t"
        "call *%%r8\n\t"
        "mov %%eax, %%edi\n\t"
        "mov %[exit], %%eax\n\t"
        "syscall\n\t"
        "1:"
        : "=a"(result)
        : "a"((long)__NR_clone3), "D"(args), "S"(sizeof *args), "r"(r8), "r"(r9), [exit] "i"(__NR_exit_group)
        : "rcx", "r11", "memory");
#elif defined(__aarch64__)
    register long x8 __asm__("x8") = __NR_clone3;
    register long x0 __asm__("x0") = (long)args;
    register long x1 __asm__("x1") = sizeof *args;
    register int (*x3)(void *) __asm__("x3") = function;
    register void *x4 __asm__("x4") = argument;
    __asm__ volatile(
        "svc #0\n\t"
        "cbnz x0, 1f\n\t"
        "mov x29, #0\n\t"
        "mov x0, x4\n\t"
        "blr x3\n\t"
        "mov x8, %[exit]\n\t"
        "svc #0\n\t"
        "1:"
        : "+r"(x0)
        : "r"(x8), "r"(x1), "r"(x3), "r"(x4), [exit] "i"(__NR_exit_group)
        : "x30", "memory");
    result = x0;
#else
#error "Hull runs on x86_64 and aarch64"
#endif
    return result;
}

long hull_clone_exec(struct clone_args *args, const struct hull_exec *exec, char *const *arguments) {
    wait_for_earlier_child();
    int refused = keep_arguments(arguments);
    if (refused) return refused;
    child_exec = *exec;
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    long result;
    if (args->flags & CLONE_VM) {
        args->stack = (uintptr_t)child_stack;
        args->stack_size = CHILD_STACK_BYTES;
        args->flags |= CLONE_CHILD_CLEARTID;
        args->child_tid = (uintptr_t)&borrowed;
        __atomic_store_n(&borrowed, 1, __ATOMIC_RELEASE);
        result = clone3_on_stack(args, exec_in_child, &child_exec);
        if (result < 0) __atomic_store_n(&borrowed, 0, __ATOMIC_RELEASE);
    } else {
        result = syscall(__NR_clone3, args, sizeof *args);
        if (result == 0) _exit(exec_in_child(&child_exec));
        if (result == -1) result = -errno;
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    return result;
}

long hull_clone_fork(struct clone_args *args) {
    long result = syscall(__NR_clone3, args, sizeof *args);
    return result == -1 ? -errno : result;
}
