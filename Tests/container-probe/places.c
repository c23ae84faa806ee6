#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "report.h"

static void report_lines(const char *key, const char *path) {
    open_array(key);
    const char *text = file_text(path, NULL);
    for (char *line = strtok((char *)(text ? text : ""), "\n"); line; line = strtok(NULL, "\n")) string_value(NULL, line);
    close_array();
}

static void report_namespaces(void) {
    static const char *const kinds[] = {"cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"};
    open_object("namespaces");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        char path[64], target[128] = "";
        snprintf(path, sizeof path, "/proc/self/ns/%s", kinds[i]);
        ssize_t length = readlink(path, target, sizeof target - 1);
        if (length > 0) bytes_value(kinds[i], target, (size_t)length);
    }
    close_object();
}

static void report_node(const char *key, const char *path) {
    struct stat status;
    char text[4400];
    if (lstat(path, &status) != 0) {
        string_value(key, strerror(errno));
        return;
    }
    int length = snprintf(text, sizeof text, "%o %u:%u", status.st_mode, status.st_uid, status.st_gid);
    if (S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode))
        length += snprintf(text + length, sizeof text - (size_t)length, " %u,%u", major(status.st_rdev), minor(status.st_rdev));
    if (S_ISLNK(status.st_mode)) {
        char target[4096] = "";
        if (readlink(path, target, sizeof target - 1) > 0) snprintf(text + length, sizeof text - (size_t)length, " -> %s", target);
    }
    string_value(key, text);
}

static void report_tree(const char *path, int depth) {
    DIR *directory = opendir(path);
    struct dirent *entry;
    while (directory && (entry = readdir(directory))) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        char child[4096];
        snprintf(child, sizeof child, "%s/%s", path, entry->d_name);
        report_node(child, child);
        if (entry->d_type == DT_DIR && depth > 0) report_tree(child, depth - 1);
    }
    if (directory) closedir(directory);
}

static void report_network(void) {
    struct if_nameindex *interfaces = if_nameindex();
    int handle = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    open_object("network");
    for (struct if_nameindex *at = interfaces; at && at->if_index; at++) {
        struct ifreq request = {0};
        snprintf(request.ifr_name, sizeof request.ifr_name, "%s", at->if_name);
        number_value(at->if_name, handle >= 0 && ioctl(handle, SIOCGIFFLAGS, &request) == 0 ? request.ifr_flags & IFF_UP : -1);
    }
    close_object();
    if (handle >= 0) close(handle);
    if (interfaces) if_freenameindex(interfaces);
}

void report_places(void) {
    report_namespaces();
    report_lines("mounts", "/proc/self/mountinfo");
    report_lines("cgroups", "/proc/self/cgroup");
    report_network();
    open_object("devices");
    report_node("/dev", "/dev");
    report_tree("/dev", 1);
    close_object();
}
