#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report.h"

/// Every open descriptor but the one that lists them: its target, its status flags and whether it closes on exec.
void report_descriptors(void) {
    DIR *directory = opendir("/proc/self/fd");
    open_object("descriptors");
    struct dirent *entry;
    while (directory && (entry = readdir(directory))) {
        int descriptor = atoi(entry->d_name);
        if (entry->d_name[0] == '.' || descriptor == dirfd(directory)) continue;
        char target[4096] = "", path[64];
        snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
        ssize_t length = readlink(path, target, sizeof target - 1);
        open_object(entry->d_name);
        bytes_value("target", target, length < 0 ? 0 : (size_t)length);
        number_value("flags", fcntl(descriptor, F_GETFL));
        number_value("closesOnExec", fcntl(descriptor, F_GETFD));
        close_object();
    }
    close_object();
    if (directory) closedir(directory);
}
