// The one JSON document that the probe prints. Everything is collected in memory and written once, so that collecting
// changes neither the descriptors nor the terminal that are reported.
#ifndef PROBE_REPORT_H
#define PROBE_REPORT_H

#include <stddef.h>

void open_object(const char *key);  // key is NULL inside arrays and at the top
void close_object(void);
void open_array(const char *key);
void close_array(void);
void string_value(const char *key, const char *value);
void bytes_value(const char *key, const char *bytes, size_t length);
void number_value(const char *key, long value);

/// Writes the document and a newline to `descriptor`. Returns 0, or -1 where not all could be written.
int flush_report(int descriptor);

/// A whole file, NUL-terminated, in a buffer that lives until the next call; NULL where it cannot be read. `length` may be NULL.
const char *file_text(const char *path, size_t *length);

// What is reported, one file each.
void report_process(void);      // identity, status, limits, environment, program, scheduling
void report_descriptors(void);  // must come first: later steps open files
void report_places(void);       // namespaces, mounts, cgroups, network, devices
void run_commands(int count, char **commands);

#endif
