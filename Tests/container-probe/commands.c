#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "report.h"

/// `path=P`: what P is, how much of it reads, whether it opens for writing, how its mount is flagged.
static void inspect_path(const char *path) {
    struct stat status;
    struct statvfs system;
    char byte[4096];
    if (lstat(path, &status) != 0) {
        string_value("error", strerror(errno));
        return;
    }
    char mode[64];
    snprintf(mode, sizeof mode, "%o %u:%u", status.st_mode, status.st_uid, status.st_gid);
    string_value("mode", mode);
    number_value("device", S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode) ? (long)status.st_rdev : 0);
    if (statvfs(path, &system) == 0) number_value("mountFlags", (long)system.f_flag);
    int descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    string_value("opens", descriptor < 0 ? strerror(errno) : "yes");
    if (descriptor >= 0 && S_ISREG(status.st_mode)) number_value("hasContent", read(descriptor, byte, sizeof byte) > 0);
    if (descriptor >= 0) close(descriptor);
    descriptor = S_ISDIR(status.st_mode) ? -1 : open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    string_value("opensForWriting", descriptor >= 0 ? "yes" : S_ISDIR(status.st_mode) ? "directory" : strerror(errno));
    if (descriptor >= 0) close(descriptor);
}

/// `mknod=P,c,MAJOR,MINOR`: makes a node, opens it both ways, removes it: what the device rules of the cgroup allow.
static void make_node(char *argument) {
    char kind = 'c', path[256] = "";
    unsigned numbers[2] = {0, 0};
    sscanf(argument, "%255[^,],%c,%u,%u", path, &kind, &numbers[0], &numbers[1]);
    int made = mknod(path, (kind == 'b' ? S_IFBLK : S_IFCHR) | 0600, makedev(numbers[0], numbers[1]));
    string_value("mknod", made == 0 ? "yes" : strerror(errno));
    static const char *const names[] = {"reads", "writes"};
    for (int mode = O_RDONLY; made == 0 && mode <= O_WRONLY; mode++) {
        int descriptor = open(path, mode | O_NONBLOCK | O_CLOEXEC);
        string_value(names[mode], descriptor >= 0 ? "yes" : strerror(errno));
        if (descriptor >= 0) close(descriptor);
    }
    if (made == 0) unlink(path);
}

/// `syscall=NUMBER[,A,B,C]` in a child: its result, or the signal that ended the child.
static void try_system_call(const char *argument) {
    long numbers[4] = {0, 0, 0, 0};
    sscanf(argument, "%ld,%ld,%ld,%ld", &numbers[0], &numbers[1], &numbers[2], &numbers[3]);
    pid_t child = fork();
    if (child == 0) {
        long result = syscall(numbers[0], numbers[1], numbers[2], numbers[3], 0, 0, 0);
        _exit(result < 0 ? errno : 0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    number_value("errno", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
    number_value("signal", WIFSIGNALED(status) ? WTERMSIG(status) : 0);
}

/// `write=P,TEXT`: whether the text can be written to an existing file.
static void write_text(char *argument) {
    char *comma = strchr(argument, ',');
    if (!comma) return;
    *comma = 0;
    int descriptor = open(argument, O_WRONLY | O_CLOEXEC);
    ssize_t count = descriptor < 0 ? -1 : write(descriptor, comma + 1, strlen(comma + 1));
    string_value("wrote", count >= 0 ? "yes" : strerror(errno));
    if (descriptor >= 0) close(descriptor);
}

/// `lock=P`: takes a lock that lasts as long as this process, unless another one holds it.
static void take_lock(const char *path) {
    int descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    int taken = descriptor >= 0 && flock(descriptor, LOCK_EX | LOCK_NB) == 0;
    string_value("lock", taken ? "taken" : errno == EWOULDBLOCK ? "held" : strerror(errno));
}

static void run_one(const char *name, char *argument) {
    if (strcmp(name, "path") == 0) inspect_path(argument);
    else if (strcmp(name, "mknod") == 0) make_node(argument);
    else if (strcmp(name, "syscall") == 0) try_system_call(argument);
    else if (strcmp(name, "write") == 0) write_text(argument);
    else if (strcmp(name, "lock") == 0) take_lock(argument);
    else if (strcmp(name, "mkdir") == 0) string_value("mkdir", mkdir(argument, 0755) == 0 ? "yes" : strerror(errno));
    else if (strcmp(name, "touch") == 0) {
        int descriptor = open(argument, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
        string_value("touch", descriptor >= 0 ? "yes" : strerror(errno));
        if (descriptor >= 0) close(descriptor);
    } else if (strcmp(name, "read") == 0) {
        const char *text = file_text(argument, NULL);
        string_value("text", text ? text : strerror(errno));
    } else if (strcmp(name, "uptime") == 0) {
        struct timespec now;
        clock_gettime(CLOCK_BOOTTIME, &now);
        number_value("days", now.tv_sec / 86400);
    }
}

void run_commands(int count, char **commands) {
    open_object("commands");
    for (int i = 0; i < count; i++) {
        char *equals = strchr(commands[i], '=');
        if (!equals) continue;
        char copy[4096];
        snprintf(copy, sizeof copy, "%s", commands[i]);
        copy[equals - commands[i]] = 0;
        open_object(commands[i]);
        run_one(copy, copy + (equals - commands[i]) + 1);
        close_object();
    }
    close_object();
}
