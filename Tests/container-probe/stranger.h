// Pids for scripts that need a certain one.
#ifndef PROBE_STRANGER_H
#define PROBE_STRANGER_H

/// Runs a program as process `pid` of this PID namespace, waits for it and returns its exit code; 126 where the pid cannot be had.
int run_with_pid(const char *pid, char **arguments);

#endif
