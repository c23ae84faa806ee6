// What a container's program sees, as one JSON document: the instrument of the differential tests. It shares no code with Hull.
//
//   container-probe [COMMAND…]     commands of commands.c, and
//     out=P      write the document to P instead of standard output
//     sleep      wait for a signal after the document is written
//     terminal PROGRAM ARGUMENT…   run a program on a terminal     receive SOCKET   be a console socket: see terminals.h
//     pid N PROGRAM ARGUMENT…      run a program as process N: see stranger.h
//     exit=N     end with this code        signal=N   end by this signal      die=N   make system call N
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "report.h"
#include "stranger.h"
#include "terminals.h"

static const char *argument_of(int count, char **arguments, const char *name) {
    size_t length = strlen(name);
    for (int i = 1; i < count; i++)
        if (strncmp(arguments[i], name, length) == 0) return arguments[i] + length;
    return NULL;
}

int main(int count, char **arguments) {
    if (count > 2 && strcmp(arguments[1], "terminal") == 0) return run_on_terminal(arguments + 2);
    if (count > 2 && strcmp(arguments[1], "receive") == 0) return receive_terminal(arguments[2]);
    if (count > 3 && strcmp(arguments[1], "pid") == 0) return run_with_pid(arguments[2], arguments + 3);
    open_object(NULL);
    report_descriptors();
    report_process();
    report_places();
    run_commands(count - 1, arguments + 1);
    close_object();

    const char *path = argument_of(count, arguments, "out=");
    int output = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666) : STDOUT_FILENO;
    if (flush_report(output) != 0) return 98;

    const char *number;
    if (argument_of(count, arguments, "sleep")) pause();
    if ((number = argument_of(count, arguments, "die="))) syscall(atol(number), 0, 0, 0);
    if ((number = argument_of(count, arguments, "signal="))) {
        signal(atoi(number), SIG_DFL);
        kill(getpid(), atoi(number));
    }
    number = argument_of(count, arguments, "exit=");
    return number ? atoi(number) : 0;
}
