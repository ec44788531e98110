#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct failure {
  int32_t step;
  int32_t error;
};

// Between vfork and exec the child borrows the parent's memory and stack while the parent's thread waits: only system
// calls may happen here, nothing that allocates, locks, or leaves this function. The error goes through a pipe rather
// than through memory, so that it also arrives where vfork is a fork (under the sanitizers).
__attribute__((noreturn)) static void fail(int report, int32_t step) {
  struct failure what = {step, errno};
  ssize_t ignored = write(report, &what, sizeof what);
  (void)ignored;
  _exit(127);
}

static int limit(int which, int64_t value) {
  if (value < 0) return 0;
  struct rlimit limits = {(rlim_t)value, (rlim_t)value};
  return setrlimit(which, &limits);
}

static void default_signals(void) {
  // The kernel's own structure, all zero: SIG_DFL. Not by the C library, which would leave out the signals it uses
  // itself, and those can be inherited as ignored too. SIGKILL and SIGSTOP refuse, which does not matter.
  unsigned long action[8] = {0};
  for (int number = 1; number <= 64; number++) syscall(SYS_rt_sigaction, number, action, NULL, 8);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

// Copies all three out of the way first: a source may itself be 0, 1 or 2.
static int place_stdio(const int32_t stdio[3]) {
  int above[3];
  for (int i = 0; i < 3; i++) {
    above[i] = fcntl(stdio[i], F_DUPFD_CLOEXEC, 3);
    if (above[i] < 0) return -1;
  }
  for (int i = 0; i < 3; i++) {
    if (dup2(above[i], i) < 0) return -1;
  }
  return 0;
}

__attribute__((noreturn)) static void child(const struct linux_spawn_request *request, pid_t parent, int report) {
  // The report pipe must not sit where a standard stream goes.
  if (report < 3) {
    report = fcntl(report, F_DUPFD_CLOEXEC, 3);
    if (report < 0) _exit(127);
  }
  if (setsid() < 0) fail(report, LINUX_SPAWN_PREPARE);
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) fail(report, LINUX_SPAWN_PREPARE);
  // The parent may have died before the line above: then nobody will send the signal.
  if (getppid() != parent) _exit(127);
  if (place_stdio(request->stdio) < 0) fail(report, LINUX_SPAWN_PREPARE);
  if (close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) < 0) fail(report, LINUX_SPAWN_PREPARE);
  if (request->directory && chdir(request->directory) < 0) fail(report, LINUX_SPAWN_DIRECTORY);
  if (limit(RLIMIT_CORE, request->core_bytes) < 0 || limit(RLIMIT_CPU, request->cpu_seconds) < 0 ||
      limit(RLIMIT_NOFILE, request->open_files) < 0 || limit(RLIMIT_AS, request->address_space_bytes) < 0)
    fail(report, LINUX_SPAWN_LIMIT);
  default_signals();
  execve(request->executable, request->argv, request->envp);
  fail(report, LINUX_SPAWN_EXEC);
}

int32_t linux_spawn(const struct linux_spawn_request *request, int32_t *step) {
  *step = LINUX_SPAWN_FORK;
  int report[2];
  if (pipe2(report, O_CLOEXEC) < 0) return -errno;
  pid_t parent = getpid();

  // A signal handler running in the child would run on the parent's memory.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pid_t pid = vfork();
  if (pid == 0) child(request, parent, report[1]);
  int fork_error = errno;
  pthread_sigmask(SIG_SETMASK, &before, NULL);

  close(report[1]);
  struct failure what = {LINUX_SPAWN_FORK, fork_error};
  ssize_t got = 0;
  if (pid > 0) {
    do {
      got = read(report[0], &what, sizeof what);
    } while (got < 0 && errno == EINTR);
  }
  close(report[0]);
  if (pid > 0 && got != (ssize_t)sizeof what) return pid;
  // The child has written its report and is ending; it must not stay behind as a zombie.
  while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR) continue;
  *step = what.step;
  return -what.error;
}
