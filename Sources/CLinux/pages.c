// The program's own segments: only the C library's dl_iterate_phdr tells where they are without a look into /proc.
#define _GNU_SOURCE
#include "CLinux.h"
#include <errno.h>
#include <link.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

// Bits of an entry of /proc/PID/pagemap, proc_pid_pagemap(5).
#define IS_PRESENT (1ull << 63)
#define IS_OF_FILE (1ull << 61)

// Of a segment that can be written: the pages that were not, for these alone are still the file's.
static void release_unwritten(int pagemap, uintptr_t first, uintptr_t end, uintptr_t page) {
    uint64_t entries[256];
    while (first < end) {
        size_t count = (end - first) / page;
        if (count > sizeof entries / sizeof *entries) count = sizeof entries / sizeof *entries;
        ssize_t bytes = pread(pagemap, entries, count * sizeof *entries, (off_t)(first / page * sizeof *entries));
        if (bytes != (ssize_t)(count * sizeof *entries)) return;
        for (size_t at = 0; at < count;) {
            size_t next = at;
            while (next < count && (entries[next] & IS_OF_FILE) && (entries[next] & IS_PRESENT)) next++;
            if (next > at) madvise((void *)(first + at * page), (next - at) * page, MADV_DONTNEED);
            at = next + 1;
        }
        first += count * page;
    }
}

static int release(struct dl_phdr_info *object, size_t size, void *descriptor) {
    (void)size;
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    int pagemap = *(const int *)descriptor;
    for (size_t index = 0; index < object->dlpi_phnum; index++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[index];
        if (segment->p_type != PT_LOAD) continue;
        uintptr_t first = (object->dlpi_addr + segment->p_vaddr + page - 1) & ~(page - 1);
        uintptr_t end = (object->dlpi_addr + segment->p_vaddr + segment->p_memsz) & ~(page - 1);
        if (end <= first) continue;
        if (!(segment->p_flags & PF_W)) madvise((void *)first, end - first, MADV_DONTNEED);
        else if (pagemap >= 0) release_unwritten(pagemap, first, end, page);
    }
    return 1; // The first is the program itself.
}

long hull_poll_at_rest(struct pollfd *entries, unsigned long count, const struct timespec *timeout, int pagemap) {
    dl_iterate_phdr(release, &pagemap);
    long result = syscall(__NR_ppoll, entries, count, timeout, NULL, 8ul);
    return result == -1 ? -errno : result;
}
