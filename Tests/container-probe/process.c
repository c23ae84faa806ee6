#define _GNU_SOURCE
#include <errno.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <termios.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "report.h"

/// `Name:\tvalue` lines, as in /proc/self/status.
static void report_status(void) {
    open_object("status");
    const char *text = file_text("/proc/self/status", NULL);
    for (char *line = strtok((char *)(text ? text : ""), "\n"); line; line = strtok(NULL, "\n")) {
        char *colon = strchr(line, ':');
        if (!colon) continue;
        *colon = 0;
        string_value(line, colon + 1 + strspn(colon + 1, "\t "));
    }
    close_object();
}

/// The table's columns have fixed widths: a name of 25 characters, then the soft limit, the hard limit and a unit.
static void report_limits(void) {
    open_object("limits");
    const char *text = file_text("/proc/self/limits", NULL);
    char *line = strtok((char *)(text ? text : ""), "\n");
    while (line && (line = strtok(NULL, "\n"))) {
        char name[26] = {0}, soft[32] = "", hard[32] = "", both[72];
        memcpy(name, line, strnlen(line, 25));
        for (size_t end = strlen(name); end > 0 && name[end - 1] == ' ';) name[--end] = 0;
        if (strlen(line) > 25) sscanf(line + 25, "%31s %31s", soft, hard);
        snprintf(both, sizeof both, "%s %s", soft, hard);
        string_value(name, both);
    }
    close_object();
}

static void report_strings(const char *key, const char *path) {
    size_t length = 0;
    const char *text = file_text(path, &length);
    open_array(key);
    for (size_t at = 0; text && at < length; at += strlen(text + at) + 1) string_value(NULL, text + at);
    close_array();
}

static void report_file(const char *key, const char *path) {
    const char *text = file_text(path, NULL);
    string_value(key, text ? text : strerror(errno));
}

static void report_scheduling(void) {
    cpu_set_t set;
    open_object("scheduling");
    number_value("policy", sched_getscheduler(0));
    number_value("nice", getpriority(PRIO_PROCESS, 0));
    number_value("ioprio", syscall(SYS_ioprio_get, 1, 0));
    number_value("processors", sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : -1);
    close_object();
}

static void report_attributes(void) {
    int signal = -1, reaper = -1;
    prctl(PR_GET_PDEATHSIG, &signal);
    prctl(PR_GET_CHILD_SUBREAPER, &reaper);
    open_object("attributes");
    number_value("securebits", prctl(PR_GET_SECUREBITS));
    number_value("keepCapabilities", prctl(PR_GET_KEEPCAPS));
    number_value("dumpable", prctl(PR_GET_DUMPABLE));
    number_value("parentDeathSignal", signal);
    number_value("subreaper", reaper);
    number_value("timerSlack", prctl(PR_GET_TIMERSLACK));
    number_value("leadsSession", getsid(0) == getpid());
    number_value("leadsGroup", getpgid(0) == getpid());
    report_file("oomScoreAdjust", "/proc/self/oom_score_adj");
    report_file("personality", "/proc/self/personality");
    report_file("coredumpFilter", "/proc/self/coredump_filter");
    report_file("uidMap", "/proc/self/uid_map");
    report_file("gidMap", "/proc/self/gid_map");
    report_file("setgroups", "/proc/self/setgroups");
    report_file("timeOffsets", "/proc/self/timens_offsets");
    char keyring[256] = "";
    long length = syscall(SYS_keyctl, KEYCTL_DESCRIBE, KEY_SPEC_SESSION_KEYRING, keyring, sizeof keyring - 1, 0);
    string_value("sessionKeyring", length < 0 ? strerror(errno) : keyring);
    close_object();
}

static void report_terminal(void) {
    struct winsize size = {0};
    struct termios modes;
    open_object("terminal");
    int descriptor = 0;
    while (descriptor < 3 && !isatty(descriptor)) descriptor++;
    number_value("first", descriptor < 3 ? descriptor : -1);
    if (descriptor < 3) {
        number_value("foreground", tcgetpgrp(descriptor) == getpgrp());
        ioctl(descriptor, TIOCGWINSZ, &size);
        number_value("rows", size.ws_row);
        number_value("columns", size.ws_col);
        tcgetattr(descriptor, &modes);
        number_value("input", modes.c_iflag);
        number_value("output", modes.c_oflag);
        number_value("local", modes.c_lflag);
        struct stat status;
        if (fstat(descriptor, &status) == 0) {
            number_value("uid", status.st_uid);
            number_value("gid", status.st_gid);
            number_value("mode", status.st_mode & 07777);
        }
    }
    close_object();
}

void report_process(void) {
    struct utsname names;
    mode_t mask = umask(0);
    umask(mask);
    number_value("pid", getpid());
    number_value("ppid", getppid());
    number_value("umask", mask);
    uname(&names);
    string_value("hostname", names.nodename);
    string_value("domainname", names.domainname);
    string_value("machine", names.machine);
    char directory[4096];
    string_value("cwd", getcwd(directory, sizeof directory) ? directory : strerror(errno));
    report_strings("arguments", "/proc/self/cmdline");
    report_strings("environment", "/proc/self/environ");
    report_status();
    report_limits();
    report_scheduling();
    report_attributes();
    report_terminal();
}
