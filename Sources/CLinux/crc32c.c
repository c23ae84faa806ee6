// CRC-32C (Castagnoli), as iSCSI and ext4 use it: RFC 3720, appendix B.4. Swift has no name for the processor's instruction for it, which is
// twenty times as fast as a table.
#include "CLinux.h"

#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>

__attribute__((target("sse4.2"))) static uint32_t by_instruction(uint32_t crc, const uint8_t *at, size_t count) {
    uint64_t wide = crc;
    for (; count >= 8; at += 8, count -= 8) {
        uint64_t word;
        memcpy(&word, at, 8);
        wide = __builtin_ia32_crc32di(wide, word);
    }
    crc = (uint32_t)wide;
    for (; count > 0; at++, count--) crc = __builtin_ia32_crc32qi(crc, *at);
    return crc;
}

// Asked once: cpuid leaves a virtual machine, 2 µs each time, and glibc does not know (CStart). Threads that ask at the same time get the same answer.
static int has_instruction(void) {
    static int answer = -1;
    int known = __atomic_load_n(&answer, __ATOMIC_RELAXED);
    if (known >= 0) return known;
    unsigned int eax, ebx, ecx, edx;
    // Leaf 1 is older than the 64-bit processor.
    __cpuid(1, eax, ebx, ecx, edx);
    known = (ecx & bit_SSE4_2) != 0;
    __atomic_store_n(&answer, known, __ATOMIC_RELAXED);
    return known;
}
#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)
#include <arm_acle.h>

static uint32_t by_instruction(uint32_t crc, const uint8_t *at, size_t count) {
    for (; count >= 8; at += 8, count -= 8) {
        uint64_t word;
        memcpy(&word, at, 8);
        crc = __crc32cd(crc, word);
    }
    for (; count > 0; at++, count--) crc = __crc32cb(crc, *at);
    return crc;
}

static int has_instruction(void) { return 1; }
#else
static uint32_t by_instruction(uint32_t crc, const uint8_t *at, size_t count) {
    (void)at;
    (void)count;
    return crc;
}

static int has_instruction(void) { return 0; }
#endif

uint32_t hull_crc32c_portable(uint32_t crc, const void *bytes, size_t count) {
    const uint8_t *at = bytes;
    crc = ~crc;
    for (size_t i = 0; i < count; i++) {
        crc ^= at[i];
        for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (0x82f63b78u & (0u - (crc & 1u)));
    }
    return ~crc;
}

uint32_t hull_crc32c(uint32_t crc, const void *bytes, size_t count) {
    return has_instruction() ? ~by_instruction(~crc, bytes, count) : hull_crc32c_portable(crc, bytes, count);
}
