// Linux calls that Swift cannot make itself: variadic ones, those behind _GNU_SOURCE, and the child's side of a
// vfork. Every function returns a value >= 0, or -errno.

#ifndef GENBROKER_CLINUX_H
#define GENBROKER_CLINUX_H

#include <stdint.h>
#include <sys/types.h>

#pragma clang assume_nonnull begin

// The steps of linux_spawn, so that a failure can be told in words.
enum linux_spawn_step {
  LINUX_SPAWN_FORK = 0,
  LINUX_SPAWN_PREPARE = 1,
  LINUX_SPAWN_DIRECTORY = 2,
  LINUX_SPAWN_LIMIT = 3,
  LINUX_SPAWN_EXEC = 4,
};

struct linux_spawn_request {
  const char *executable;
  char *_Nullable const *_Nonnull argv;
  char *_Nullable const *_Nonnull envp;
  const char *_Nullable directory;
  int32_t stdio[3];
  // Limits; a negative value leaves the inherited one.
  int64_t address_space_bytes;
  int64_t cpu_seconds;
  int64_t open_files;
  int64_t core_bytes;
};

// Starts a child as leader of a new session and process group, with only descriptors 0, 1 and 2, default signals, and
// SIGKILL as soon as the calling thread ends. Returns the pid; on failure -errno, and *step says where.
int32_t linux_spawn(const struct linux_spawn_request *request, int32_t *step);

int32_t linux_pidfd_open(pid_t pid);

// 1 and the outcome when the child has ended (signal is 0 for an exit), 0 while it runs. Without `reap` it stays a
// zombie, so that its pid, and with it its group's id, cannot be given to another process.
int32_t linux_child_outcome(pid_t pid, int32_t reap, int32_t *code, int32_t *signal);

int32_t linux_socket(void);
int32_t linux_bind(int32_t fd, const char *path);
int32_t linux_connect(int32_t fd, const char *path);
int32_t linux_accept(int32_t fd);
int32_t linux_peer(int32_t fd, uint32_t *uid, uint32_t *gid, int32_t *pid);

// ends[0] reads, ends[1] writes; both close-on-exec and blocking.
int32_t linux_pipe(int32_t ends[_Nonnull 2]);
int32_t linux_set_nonblocking(int32_t fd);
// A duplicate above 2, close-on-exec; closes the original, also when it fails.
int32_t linux_move_above_stdio(int32_t fd);

// What the kernel holds for the peer of a Unix socket, its own overhead included; 0 when the peer has read everything.
int32_t linux_unread_by_peer(int32_t fd);

// Timers on CLOCK_BOOTTIME, which goes on while the machine is suspended.
int32_t linux_timerfd(void);
// Absolute time in nanoseconds; 0 disarms. Forgets expirations not yet seen.
int32_t linux_timerfd_set(int32_t fd, int64_t deadline_ns);
int64_t linux_boottime_ns(void);
int64_t linux_wallclock_ns(void);

// Names the calling thread; the kernel keeps 15 bytes.
void linux_name_thread(const char *name);

// Has the allocator keep what is freed, up to `bytes`, instead of giving it back to the kernel after each use.
void linux_keep_memory(int32_t bytes);

// Drops this process's mappings of the pages of its programs and libraries that are never written. They stay in the page
// cache of the kernel and are mapped again at their next use.
void linux_forget_program_pages(void);

// Gives the calling thread descriptors of its own: copies of all that are open. What it opens later is in no other
// thread's table but in those of the threads that it starts.
void linux_own_descriptors(void);
// The same, without any above standard error.
void linux_own_no_descriptors(void);

// Has no other process of the same user look into this one's memory, and no core be written of it.
void linux_hide_memory(void);
int32_t linux_memory_is_hidden(void);

// Starts a sleeping process that shares this process's memory, and nothing else of it. When this process is killed, the
// kernel closes its sockets at once instead of freeing its memory first; the other process frees it a moment later.
void linux_start_memory_keeper(void);

// A write to nobody, or beyond the limit of a file, is an error of that write and no signal.
void linux_ignore_write_signals(void);
// SIGCHLD inherited as ignored would make the kernel reap children before their outcome is read.
void linux_default_sigchld(void);

#pragma clang assume_nonnull end

#endif
