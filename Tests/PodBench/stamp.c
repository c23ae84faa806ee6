// Says when it began, then waits to be asked to end: the container that Tools/bench-pods starts.
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

int main(void) {
    // First of all: what is measured is the way from the call of `run` to here. The clock is the machine's, whatever namespaces there are.
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    char line[64];
    int length = snprintf(line, sizeof line, "%lld\n", now.tv_sec * 1000000000LL + now.tv_nsec);
    if (write(STDOUT_FILENO, line, length) != length) return 1;
    // The first process of a PID namespace has no default action: the signal is waited for.
    sigset_t signals;
    int signal;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    return sigwait(&signals, &signal);
}
