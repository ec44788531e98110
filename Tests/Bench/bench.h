// What a system under measurement has to be able to do, and what all of them share.
//
// One process, one thread and one epoll serve all workers and submitters: the same effort for every system, so that the
// difference between two of them is the systems'.
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { payload_bytes = 1024, result_bytes = 1024 };

/// A connected socket with what came in and is not yet understood, and what is not yet sent.
struct stream {
  int fd;
  char *in;
  size_t in_len, in_max;
  char *out;
  size_t out_len, out_max;
};

/// Connects to `unix:PATH` or `HOST:PORT`; ends the program when that fails.
void stream_open(struct stream *stream, const char *address);
/// Adds bytes to what will be sent.
void stream_put(struct stream *stream, const void *bytes, size_t count);
/// The same as text.
void stream_print(struct stream *stream, const char *format, ...) __attribute__((format(printf, 2, 3)));
/// Sends all of it.
void stream_flush(struct stream *stream);
/// Reads once what is there. Ends the program when the other side has closed.
void stream_fill(struct stream *stream);
/// Reads until `enough` says so: the set-up of a connection, where nobody measures.
void stream_fill_until(struct stream *stream, bool (*enough)(const struct stream *));
/// Forgets the first bytes of what came in.
void stream_take(struct stream *stream, size_t count);

/// Ends the program with a message.
_Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/// The payload of a job and the bytes of a result. They are text without anything to escape. The first 16 characters of a
/// result are its number, so that no two are the same and none can be stored once for many.
extern char payload[payload_bytes + 1];
const char *result_text(uint64_t number);

/// Whether a submission has to wake workers that wait; a system that has to be told does it only then.
extern bool announces;

/// What one worker has seen. A cycle is over when everything about it was acknowledged.
struct progress {
  /// Jobs received.
  long received;
  /// Jobs whose result and end were acknowledged.
  long finished;
};

struct system;

/// A worker or a submitter of a system.
struct client {
  const struct system *system;
  const char *address;
  int index;
  struct stream streams[2];
  int stream_count;
  struct progress progress;
  /// Submissions acknowledged.
  long acknowledged;
  void *state;
};

struct system {
  const char *name;
  /// Makes what has to be there before anything else (a table, a stream of messages); may be absent.
  void (*prepare)(const char *address);
  /// Opens the connections of a worker, `streams[..<stream_count]`.
  void (*open_worker)(struct client *worker);
  /// Asks for the first job. Every later one is asked for together with the end of the one before.
  void (*ask)(struct client *worker);
  /// Something came in at a stream: for a job, send its result and its end, and ask for the next one, all in one go;
  /// for acknowledgements, count.
  void (*work)(struct client *worker, struct stream *stream);
  void (*open_submitter)(struct client *submitter);
  /// Adds the submission of one job to what will be sent.
  void (*submit)(struct client *submitter);
  /// Something came in: count what was acknowledged.
  void (*submitted)(struct client *submitter, struct stream *stream);
  /// Queues many jobs in the fastest way there is; absent when that is `submit`.
  void (*preload)(struct client *submitter, long count);
};

extern const struct system genbroker_system, beanstalkd_system, redis_list_system, redis_stream_system, nats_system,
    gearmand_system;
#ifdef HAVE_POSTGRESQL
extern const struct system postgresql_system;
#endif

#endif
