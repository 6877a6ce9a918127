/// Preloaded into ksweep: makes its file system fail as a test asks.
///
/// FAULT_UNDER  folder whose files are meant; what lies elsewhere works
/// FAULT_CALL   open (to write), write, fsync or rename: the call that fails
/// FAULT_AT     the first such call that fails, counted from 1; 0: none
/// FAULT_ERROR  errno of the failure
/// FAULT_STAYS  if set, all later calls fail too
/// FAULT_COUNT  file to which every process adds the number of such calls at its end
/// FAULT_FLOCK  errno of every flock
/// FAULT_DEADLY file of a text: whoever writes that text into the file of a rank's training (crashes/active-*) adds a line here and dies
///              as of SIGKILL.  If there is no such file, the first text written becomes it.
/// FAULT_LBFGS  what every call of libLBFGS returns instead of doing its work
/// FAULT_CLOCK  seconds by which the clock of the day jumps, forth and back, at every tenth question
/// FAULT_HASTE  file: while it is not empty, the monotonic clock runs 20 times as fast

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int n_calls;

static int number(const char* name) {
  const char* text = getenv(name);
  return text ? atoi(text) : 0;
}

static int is_meant(const char* path) {
  const char* folder = getenv("FAULT_UNDER");
  return folder && strncmp(path, folder, strlen(folder)) == 0;
}

static int fails_path(const char* call, const char* path) {
  const char* wanted = getenv("FAULT_CALL");
  if (!wanted || strcmp(wanted, call) != 0 || !is_meant(path)) return 0;
  ++n_calls;
  const int at = number("FAULT_AT");
  if (at == 0 || !(getenv("FAULT_STAYS") ? n_calls >= at : n_calls == at)) return 0;
  errno = number("FAULT_ERROR");
  return 1;
}

/// path: of PATH_MAX
static int path_of(int file, char* path) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  const ssize_t length = readlink(link, path, PATH_MAX - 1);
  if (length < 0) return 0;
  path[length] = '\0';
  return 1;
}

static int fails(const char* call, int file) {
  char path[PATH_MAX];
  return path_of(file, path) && fails_path(call, path);
}

static void __attribute__((destructor)) tell(void) {
  const char* path = getenv("FAULT_COUNT");
  if (!path) return;
  FILE* file = fopen(path, "a");
  if (!file) return;
  fprintf(file, "%d\n", n_calls);
  fclose(file);
}

int open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const int mode = va_arg(rest, int);
  va_end(rest);
  if ((flags & O_CREAT) && fails_path("open", path)) return -1;
  return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

static void die_of_training(int file, const void* bytes, size_t count) {
  char path[PATH_MAX], deadly[64] = "", own[64] = "";
  if (!getenv("FAULT_DEADLY") || !path_of(file, path) || !strstr(path, "/crashes/active-") ||
      count >= sizeof own)
    return;
  memcpy(own, bytes, count);
  FILE* texts = fopen(getenv("FAULT_DEADLY"), "a+");
  if (!texts) return;
  if ((!fgets(deadly, sizeof deadly, texts) || strcmp(deadly, own) == 0) && fputs(own, texts) >= 0 &&
      fclose(texts) == 0)
    kill(getpid(), SIGKILL);
}

ssize_t write(int file, const void* bytes, size_t count) {
  if (fails("write", file)) return -1;
  const ssize_t n_written = syscall(SYS_write, file, bytes, count);
  die_of_training(file, bytes, count);
  return n_written;
}

int fsync(int file) { return fails("fsync", file) ? -1 : (int)syscall(SYS_fsync, file); }

int rename(const char* from, const char* to) {
  return fails_path("rename", to) ? -1 : (int)syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to);
}

int flock(int file, int how) {
  if (getenv("FAULT_FLOCK")) {
    errno = number("FAULT_FLOCK");
    return -1;
  }
  return (int)syscall(SYS_flock, file, how);
}

typedef int Minimise(int n, double* x, double* least, void* evaluate, void* progress, void* instance,
                     void* parameters);

int lbfgs(int n, double* x, double* least, void* evaluate, void* progress, void* instance, void* parameters) {
  if (getenv("FAULT_LBFGS")) return number("FAULT_LBFGS");
  Minimise* real;
  *(void**)&real = dlsym(RTLD_NEXT, "lbfgs");
  return real(n, x, least, evaluate, progress, instance, parameters);
}

/// Puts the clock forward by what it has gained so far.
static void hasten(struct timespec* now) {
  static long long last_ns, gained_ns;
  const long long real_ns = now->tv_sec * 1000000000LL + now->tv_nsec;
  struct stat file;
  if (last_ns > 0 && stat(getenv("FAULT_HASTE"), &file) == 0 && file.st_size > 0)
    gained_ns += 19 * (real_ns - last_ns);
  last_ns = real_ns;
  now->tv_sec = (real_ns + gained_ns) / 1000000000;
  now->tv_nsec = (real_ns + gained_ns) % 1000000000;
}

int clock_gettime(clockid_t clock, struct timespec* now) {
  static int n_questions;
  const int result = (int)syscall(SYS_clock_gettime, clock, now);
  if (clock == CLOCK_REALTIME && getenv("FAULT_CLOCK"))
    now->tv_sec += ++n_questions / 10 % 2 ? number("FAULT_CLOCK") : -number("FAULT_CLOCK");
  if (clock == CLOCK_MONOTONIC && getenv("FAULT_HASTE")) hasten(now);
  return result;
}
