#include "report.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char document[4 << 20];
static size_t used;
static int needs_comma;

static void put(const char *bytes, size_t length) {
    if (used + length > sizeof document) _exit(99);
    memcpy(document + used, bytes, length);
    used += length;
}

static void put_quoted(const char *bytes, size_t length) {
    put("\"", 1);
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        char escaped[8];
        if (byte == '"' || byte == '\\') {
            put("\\", 1);
            put(bytes + i, 1);
        } else if (byte < 0x20 || byte >= 0x7f) {
            put(escaped, (size_t)snprintf(escaped, sizeof escaped, "\\u%04x", byte));
        } else {
            put(bytes + i, 1);
        }
    }
    put("\"", 1);
}

static void begin_value(const char *key) {
    if (needs_comma) put(",", 1);
    needs_comma = 1;
    if (key) {
        put_quoted(key, strlen(key));
        put(":", 1);
    }
}

void open_object(const char *key) { begin_value(key); put("{", 1); needs_comma = 0; }
void close_object(void) { put("}", 1); needs_comma = 1; }
void open_array(const char *key) { begin_value(key); put("[", 1); needs_comma = 0; }
void close_array(void) { put("]", 1); needs_comma = 1; }
void string_value(const char *key, const char *value) { bytes_value(key, value, strlen(value)); }
void bytes_value(const char *key, const char *bytes, size_t length) { begin_value(key); put_quoted(bytes, length); }

void number_value(const char *key, long value) {
    char text[24];
    begin_value(key);
    put(text, (size_t)snprintf(text, sizeof text, "%ld", value));
}

int flush_report(int descriptor) {
    put("\n", 1);
    for (size_t sent = 0; sent < used;) {
        ssize_t count = write(descriptor, document + sent, used - sent);
        if (count <= 0) return -1;
        sent += (size_t)count;
    }
    return 0;
}

const char *file_text(const char *path, size_t *length) {
    static char text[1 << 20];
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return NULL;
    size_t total = 0;
    ssize_t count;
    while (total < sizeof text - 1 && (count = read(descriptor, text + total, sizeof text - 1 - total)) > 0) total += (size_t)count;
    close(descriptor);
    text[total] = 0;
    if (length) *length = total;
    return text;
}
