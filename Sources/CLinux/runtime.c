// Two objects of Swift's static runtime that a program of ours is better off without. Each is linked only for the sake of the symbols below; defining
// them here leaves it out, and with it what it does at each start, before any line of ours: about 0.14 ms of 2.
//
// Only in release builds, which are static. A newer runtime that wants more of these objects fails to link, with "duplicate symbol". They can go when
// the compiler has flags that say the same.
#ifndef DEBUG

#include <stdbool.h>
#include <stdint.h>

// Explaining crashes (Backtrace.cpp): it looks in ten places beside the program for a helper `swift-backtrace`, which Hull does not bring, and obeys
// SWIFT_BACKTRACE of the caller's environment, which may name any program to be run in its place, with our privileges.

bool _swift_backtrace_isThunkFunction(const char *name);

bool _swift_backtrace_isThunkFunction(const char *name) {
    (void)name;
    return false;
}

// Settings of which all are off. The runtime's own structure is smaller.
const uint64_t _swift_backtraceSettings[64] = {0};

// The arguments (CommandLine.cpp): it finds them by reading /proc/self/maps. The C library tells them to whoever asks.

char **_swift_stdlib_getUnsafeArgvArgc(int *count);
void _swift_stdlib_overrideUnsafeArgvArgc(char **arguments, int count);

static char **program_arguments;
static int program_argument_count;

__attribute__((constructor)) static void keep_arguments(int count, char **arguments) {
    program_argument_count = count;
    program_arguments = arguments;
}

char **_swift_stdlib_getUnsafeArgvArgc(int *count) {
    *count = program_argument_count;
    return program_arguments;
}

void _swift_stdlib_overrideUnsafeArgvArgc(char **arguments, int count) {
    program_arguments = arguments;
    program_argument_count = count;
}

#endif
