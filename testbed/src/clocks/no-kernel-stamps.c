/*
 * Preloaded into a chronyd that runs on a false clock: refuses the kernel's packet stamps. They show true time, and chronyd
 * takes them for its own if the two are within a second of each other, so a clock that is half a second off would be
 * measured as right.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <sys/socket.h>

int setsockopt(int fd, int level, int name, const void *value, socklen_t length) {
  static int (*real)(int, int, int, const void *, socklen_t);
  if (!real) real = dlsym(RTLD_NEXT, "setsockopt");
  /* SO_TIMESTAMP, SO_TIMESTAMPNS and SO_TIMESTAMPING, with times of either width. */
  if (level == SOL_SOCKET && (name == 29 || name == 35 || name == 37 || (name >= 63 && name <= 65))) {
    errno = ENOPROTOOPT;
    return -1;
  }
  return real(fd, level, name, value, length);
}
