// Preloaded into conmon and crun by Tools/bench-pods: podman 4.3 gives each container of `kube play` a limit of 1,048,576 files and processes, whatever
// containers.conf says, and crun fails where its own are lower and it must not raise them. Then what there is has to do.
#define _GNU_SOURCE
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

int setrlimit(__rlimit_resource_t which, const struct rlimit *wanted) {
    struct rlimit present, limit = *wanted;
    if (syscall(SYS_prlimit64, 0, which, NULL, &present) != 0) return -1;
    if (limit.rlim_max > present.rlim_max) limit.rlim_max = present.rlim_max;
    if (limit.rlim_cur > limit.rlim_max) limit.rlim_cur = limit.rlim_max;
    return syscall(SYS_prlimit64, 0, which, &limit, NULL);
}

int setrlimit64(__rlimit_resource_t which, const struct rlimit64 *wanted) { return setrlimit(which, (const struct rlimit *)wanted); }
