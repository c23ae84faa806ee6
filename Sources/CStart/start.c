// The way from the kernel to main of a static program, in place of glibc's (csu/libc-start.c), which asks the processor a hundred questions first:
// what it can, how its caches are made. In a virtual machine each `cpuid` leaves the guest, 0.2 ms in all for each program, and a container's start
// runs two of ours. Nothing that they do is quicker for the answers: unasked, glibc uses the routines that every x86-64 can run.
//
// Defining __libc_start_main leaves glibc's object out, as runtime.c does with two of Swift's. It does what that one did, in the same order, so it is
// written for one version of glibc, that of Debian 12; with any other, in debug builds, which are not static, and on other processors there is nothing
// here and glibc starts the program itself. docs/decisions/0012 has the figures.
#include <features.h>

#if !defined(DEBUG) && defined(__x86_64__) && defined(__GLIBC__) && __GLIBC__ == 2 && __GLIBC_MINOR__ == 36

#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

typedef void initializer(int, char **, char **);

// glibc's own, in other objects of libc.a. Hidden: reached without a table that is itself not relocated yet.
#pragma GCC visibility push(hidden)
extern char **__environ;
extern void *__libc_stack_end;
extern int __libc_enable_secure;
extern void *_dl_random;
extern size_t _dl_minsigstacksize;
extern void _dl_aux_init(ElfW(auxv_t) *);
extern void __tunables_init(char **);
extern void _dl_relocate_static_pie(void);
extern void __libc_setup_tls(void);
extern void __libc_early_init(bool);
extern void __libc_init_first(int, char **, char **);
extern void __libc_check_standard_fds(void);
extern int __cxa_atexit(void (*)(void *), void *, void *);
extern void _init(void);
extern void _fini(void);

// The linker's.
extern const ElfW(Rela) __rela_iplt_start[], __rela_iplt_end[];
extern initializer *__preinit_array_start[], *__preinit_array_end[], *__init_array_start[], *__init_array_end[];
extern void (*__fini_array_start[])(void), (*__fini_array_end[])(void);

// What glibc would have computed from the sizes of the caches for its copying routines, which want these names: what it assumes of a processor that
// does not tell.
long __x86_data_cache_size = 32 << 10;
long __x86_data_cache_size_half = 16 << 10;
long __x86_shared_cache_size = 1 << 20;
long __x86_shared_cache_size_half = 512 << 10;
long __x86_shared_non_temporal_threshold = 768 << 10;
long __x86_rep_movsb_threshold = 2048;
long __x86_rep_movsb_stop_threshold = 768 << 10;
long __x86_rep_stosb_threshold = 2048;
int __x86_string_control = 0;
#pragma GCC visibility pop

int __libc_start_main(int (*)(int, char **, char **), int, char **, void (*)(void), void (*)(void), void (*)(void), void *);

// Functions that the C library has in several versions: each is asked which one to use.
static inline void resolve_functions(void) {
    for (const ElfW(Rela) *entry = __rela_iplt_start; entry < __rela_iplt_end; entry++) {
        if (ELF64_R_TYPE(entry->r_info) != R_X86_64_IRELATIVE) __builtin_trap();
        *(ElfW(Addr) *)entry->r_offset = ((ElfW(Addr)(*)(void))entry->r_addend)();
    }
}

// The stack protector's canary, whose first byte is 0 so that no string carries it, and what pointers in jump buffers are mangled with: the kernel's
// random bytes, at the places of the thread's block that the ABI and glibc give them.
static inline void set_guards(void) {
    const uintptr_t *random = _dl_random;
    uintptr_t canary = random[0] & ~(uintptr_t)0xff, pointer_guard = random[1];
    __asm__ volatile("mov %0, %%fs:0x28\n\tmov %1, %%fs:0x30" : : "r"(canary), "r"(pointer_guard) : "memory");
}

static void run_initializers(initializer **start, initializer **end, int count, char **arguments) {
    for (initializer **each = start; each < end; each++) (*each)(count, arguments, __environ);
}

static void run_finalizers(void *unused) {
    (void)unused;
    for (void (**each)(void) = __fini_array_end; each > __fini_array_start;) (*--each)();
    _fini();
}

// Order: no function that has versions, memcpy and its kind, before they are resolved; no thread-local variable before its block is there.
__attribute__((no_stack_protector)) int __libc_start_main(
    int (*main)(int, char **, char **), int count, char **arguments, void (*init)(void), void (*fini)(void), void (*loader_fini)(void),
    void *stack_end) {
    (void)init, (void)fini, (void)loader_fini;
    __environ = arguments + count + 1;
    __libc_stack_end = stack_end;
    char **end = __environ;
    while (*end) end++;
    _dl_aux_init((ElfW(auxv_t) *)(end + 1));
    __tunables_init(__environ);
    // A kernel before 5.14 does not say how large the frame of a signal is: larger than any without AMX.
    if (_dl_minsigstacksize == 0) _dl_minsigstacksize = 8192;
    _dl_relocate_static_pie();
    resolve_functions();
    __libc_setup_tls();
    set_guards();
    __libc_early_init(true);
    __libc_init_first(count, arguments, __environ);
    __cxa_atexit(run_finalizers, NULL, NULL);
    if (__libc_enable_secure) __libc_check_standard_fds();
    run_initializers(__preinit_array_start, __preinit_array_end, count, arguments);
    _init();
    run_initializers(__init_array_start, __init_array_end, count, arguments);
    exit(main(count, arguments, __environ));
}

#endif
