#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <linux/sockios.h>
#include <malloc.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int32_t result(int value) { return value < 0 ? -errno : value; }

// --- Processes

int32_t linux_pidfd_open(pid_t pid) { return result((int)syscall(SYS_pidfd_open, pid, 0)); }

int32_t linux_child_outcome(pid_t pid, int32_t reap, int32_t *code, int32_t *sig) {
  siginfo_t info;
  int answer;
  memset(&info, 0, sizeof info);
  do {
    answer = waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | (reap ? 0 : WNOWAIT));
  } while (answer < 0 && errno == EINTR);
  if (answer < 0) return -errno;
  if (info.si_pid == 0) return 0;
  *code = info.si_code == CLD_EXITED ? info.si_status : 0;
  *sig = info.si_code == CLD_EXITED ? 0 : info.si_status;
  return 1;
}

void linux_keep_memory(int32_t bytes) {
  mallopt(M_TRIM_THRESHOLD, bytes);
  mallopt(M_TOP_PAD, 1 << 20);
  // Otherwise setting any of these ends the adaptation of this one, and every buffer above 128 KiB is mapped anew.
  mallopt(M_MMAP_THRESHOLD, 4 << 20);
}

// It belongs to the memory: also the keeper below cannot be looked into.
void linux_hide_memory(void) { prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

int32_t linux_memory_is_hidden(void) { return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0; }

// Only what is mapped from a file and never written: the pages are read again when they are needed.
static int forget_segments(struct dl_phdr_info *object, size_t size, void *context) {
  (void)size;
  uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  for (int i = 0; i < object->dlpi_phnum; i++) {
    const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
    if (segment->p_type != PT_LOAD || (segment->p_flags & PF_W)) continue;
    uintptr_t start = (object->dlpi_addr + segment->p_vaddr) & ~(page - 1);
    uintptr_t end = object->dlpi_addr + segment->p_vaddr + segment->p_memsz;
    madvise((void *)start, end - start, MADV_DONTNEED);
  }
  return *(int *)context;
}

void linux_forget_program_pages(void) {
  int go_on = 0;
  dl_iterate_phdr(forget_segments, &go_on);
}

// --- A killed process whose sockets close at once

void linux_own_descriptors(void) { unshare(CLONE_FILES); }

void linux_own_no_descriptors(void) {
  if (unshare(CLONE_FILES) == 0) syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, 0);
}

#if defined(__x86_64__) || defined(__aarch64__)

// Without errno, which lies in memory that the caller shares with another thread.
static long bare_syscall(long number, long a, long b, long c, long d) {
#if defined(__x86_64__)
  long answer;
  register long fourth __asm__("r10") = d;
  __asm__ volatile("syscall"
                   : "=a"(answer)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(fourth)
                   : "rcx", "r11", "memory");
  return answer;
#else
  register long which __asm__("x8") = number;
  register long first __asm__("x0") = a;
  register long second __asm__("x1") = b;
  register long third __asm__("x2") = c;
  register long fourth __asm__("x3") = d;
  __asm__ volatile("svc 0" : "+r"(first) : "r"(which), "r"(second), "r"(third), "r"(fourth) : "memory");
  return first;
#endif
}

enum { KEEPER_STACK_BYTES = 16 << 10 };

// Longer than it takes to hand over what the killed process was at.
static const struct timespec keeper_rest = {0, 50 * 1000 * 1000};

static int keep_memory(void *context) {
  long parent = (long)context;
  bare_syscall(SYS_close_range, 0, ~0U, 0, 0);
  bare_syscall(SYS_chdir, (long)"/", 0, 0, 0);
  bare_syscall(SYS_prctl, PR_SET_NAME, (long)"memory-keeper", 0, 0);
  // What it frees in the end is nobody's hurry.
  struct sched_param idle = {0};
  bare_syscall(SYS_sched_setscheduler, 0, SCHED_IDLE, (long)&idle, 0);
  struct pollfd end = {(int)bare_syscall(SYS_pidfd_open, parent, 0, 0, 0), POLLIN, 0};
  // A parent that is gone already may have left its number to somebody else.
  if (end.fd >= 0 && bare_syscall(SYS_getppid, 0, 0, 0, 0) == parent) {
    while (bare_syscall(SYS_ppoll, (long)&end, 1, 0, 0) == -EINTR) {
    }
  }
  bare_syscall(SYS_nanosleep, (long)&keeper_rest, 0, 0, 0);
  bare_syscall(SYS_exit_group, 0, 0, 0, 0);
  return 0;
}

void linux_start_memory_keeper(void) {
  void *stack =
      mmap(NULL, KEEPER_STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  if (stack == MAP_FAILED) return;
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int answer = clone(keep_memory, (char *)stack + KEEPER_STACK_BYTES, CLONE_VM, (void *)(long)getpid());
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (answer < 0) munmap(stack, KEEPER_STACK_BYTES);
}

#else

void linux_start_memory_keeper(void) {}

#endif

void linux_ignore_write_signals(void) {
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);
}

void linux_default_sigchld(void) {
  struct sigaction current;
  if (sigaction(SIGCHLD, NULL, &current) == 0 && current.sa_handler == SIG_IGN) signal(SIGCHLD, SIG_DFL);
}

void linux_name_thread(const char *name) { prctl(PR_SET_NAME, name); }

// --- Sockets

int32_t linux_socket(void) { return result(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)); }

int32_t linux_unread_by_peer(int32_t fd) {
  int bytes = 0;
  return ioctl(fd, SIOCOUTQ, &bytes) < 0 ? -errno : bytes;
}

static socklen_t address(struct sockaddr_un *to, const char *path) {
  size_t length = strlen(path);
  if (length >= sizeof to->sun_path) return 0;
  memset(to, 0, sizeof *to);
  to->sun_family = AF_UNIX;
  memcpy(to->sun_path, path, length);
  return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + 1);
}

int32_t linux_bind(int32_t fd, const char *path) {
  struct sockaddr_un to;
  socklen_t length = address(&to, path);
  if (length == 0) return -ENAMETOOLONG;
  return result(bind(fd, (struct sockaddr *)&to, length));
}

int32_t linux_connect(int32_t fd, const char *path) {
  struct sockaddr_un to;
  socklen_t length = address(&to, path);
  if (length == 0) return -ENAMETOOLONG;
  int answer;
  do {
    answer = connect(fd, (struct sockaddr *)&to, length);
  } while (answer < 0 && errno == EINTR);
  return result(answer);
}

int32_t linux_accept(int32_t fd) {
  int answer;
  do {
    answer = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  } while (answer < 0 && errno == EINTR);
  return result(answer);
}

int32_t linux_peer(int32_t fd, uint32_t *uid, uint32_t *gid, int32_t *pid) {
  struct ucred who;
  socklen_t length = sizeof who;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &length) < 0) return -errno;
  *uid = who.uid;
  *gid = who.gid;
  *pid = who.pid;
  return 0;
}

// --- Descriptors

int32_t linux_pipe(int32_t ends[2]) { return result(pipe2(ends, O_CLOEXEC)); }

int32_t linux_set_nonblocking(int32_t fd) {
  int flags = fcntl(fd, F_GETFL);
  if (flags < 0) return -errno;
  return result(fcntl(fd, F_SETFL, flags | O_NONBLOCK));
}

int32_t linux_move_above_stdio(int32_t fd) {
  if (fd > 2) return fd;
  int32_t moved = result(fcntl(fd, F_DUPFD_CLOEXEC, 3));
  close(fd);
  return moved;
}

// --- Clocks

static int64_t now_ns(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int64_t linux_boottime_ns(void) { return now_ns(CLOCK_BOOTTIME); }
int64_t linux_wallclock_ns(void) { return now_ns(CLOCK_REALTIME); }

int32_t linux_timerfd(void) { return result(timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK)); }

int32_t linux_timerfd_set(int32_t fd, int64_t deadline_ns) {
  struct itimerspec when;
  memset(&when, 0, sizeof when);
  when.it_value.tv_sec = deadline_ns / 1000000000;
  when.it_value.tv_nsec = deadline_ns % 1000000000;
  return result(timerfd_settime(fd, TFD_TIMER_ABSTIME, &when, NULL));
}
