// The caller's side of terminals, for scripts: both copy what the terminal shows to standard output.
#ifndef PROBE_TERMINALS_H
#define PROBE_TERMINALS_H

/// Runs a program on a new terminal of 33 rows and 77 columns; returns its exit code.
int run_on_terminal(char **arguments);

/// Listens at `path` as a console socket for one terminal. Returns 0, or the step that failed.
int receive_terminal(const char *path);

#endif
