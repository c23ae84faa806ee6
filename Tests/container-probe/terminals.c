#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "terminals.h"

/// Copies a terminal's output to ours until its other side is closed.
static void copy_output(int master) {
    char bytes[4096];
    for (;;) {
        ssize_t count = read(master, bytes, sizeof bytes);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0 || write(STDOUT_FILENO, bytes, (size_t)count) != count) return;
    }
}

int run_on_terminal(char **arguments) {
    int master;
    struct winsize size = {.ws_row = 33, .ws_col = 77};
    pid_t child = forkpty(&master, NULL, NULL, &size);
    if (child == 0) {
        execvp(arguments[0], arguments);
        _exit(127);
    }
    copy_output(master);
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int receive_terminal(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 1) != 0) return 1;
    struct pollfd waiting = {.fd = listener, .events = POLLIN};
    if (poll(&waiting, 1, 60000) != 1) return 2;
    int connection = accept(listener, NULL, NULL);

    char name[4096] = "", control[CMSG_SPACE(sizeof(int) * 4)];
    struct iovec text = {.iov_base = name, .iov_len = sizeof name - 1};
    struct msghdr message = {.msg_iov = &text, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    if (recvmsg(connection, &message, MSG_CMSG_CLOEXEC) <= 0) return 3;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (!header || header->cmsg_type != SCM_RIGHTS) return 4;
    int master;
    memcpy(&master, CMSG_DATA(header), sizeof master);
    printf("received %zu descriptor, %s\n", (header->cmsg_len - CMSG_LEN(0)) / sizeof master, name[0] ? "named" : "nameless");
    fflush(stdout);
    copy_output(master);
    return 0;
}
