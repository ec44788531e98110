// beanstalkd: jobs in the tube `jobs`, results in the tube `results`. Every answer is a line; that of a reservation is
// followed by the job.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../bench.h"

static const char *line_end(const struct stream *stream, size_t offset) {
  for (size_t i = offset; i + 1 < stream->in_len; i++) {
    if (stream->in[i] == '\r' && stream->in[i + 1] == '\n') return stream->in + i;
  }
  return NULL;
}

static bool has_line(const struct stream *stream) { return line_end(stream, 0) != NULL; }

static void command(struct stream *stream, const char *text) {
  stream_print(stream, "%s\r\n", text);
  stream_flush(stream);
  stream_fill_until(stream, has_line);
  stream_take(stream, (size_t)(line_end(stream, 0) - stream->in) + 2);
}

static void put(struct stream *stream, const char *text, size_t count) {
  // Priority, delay, time to run.
  stream_print(stream, "put 1024 0 120 %zu\r\n", count);
  stream_put(stream, text, count);
  stream_put(stream, "\r\n", 2);
}

static void open_worker(struct client *worker) {
  worker->stream_count = 1;
  stream_open(&worker->streams[0], worker->address);
  command(&worker->streams[0], "watch jobs");
  command(&worker->streams[0], "ignore default");
  command(&worker->streams[0], "use results");
}

static void ask(struct client *worker) {
  stream_print(&worker->streams[0], "reserve\r\n");
  stream_flush(&worker->streams[0]);
}

static void work(struct client *worker, struct stream *stream) {
  stream_fill(stream);
  size_t offset = 0;
  for (const char *end; (end = line_end(stream, offset)) != NULL;) {
    const char *line = stream->in + offset;
    unsigned long long id;
    size_t size;
    size_t after = (size_t)(end - stream->in) + 2;
    if (sscanf(line, "RESERVED %llu %zu", &id, &size) == 2) {
      if (stream->in_len < after + size + 2) break;
      after += size + 2;
      worker->progress.received++;
      put(stream, result_text(id), result_bytes);
      stream_print(stream, "delete %llu\r\nreserve\r\n", id);
      stream_flush(stream);
    } else if (strncmp(line, "DELETED", 7) == 0) {
      worker->progress.finished++;
    } else if (strncmp(line, "INSERTED", 8) != 0) {
      fail("beanstalkd: %.*s", (int)(end - line), line);
    }
    offset = after;
  }
  stream_take(stream, offset);
}

static void open_submitter(struct client *submitter) {
  submitter->stream_count = 1;
  stream_open(&submitter->streams[0], submitter->address);
  command(&submitter->streams[0], "use jobs");
}

static void submit(struct client *submitter) { put(&submitter->streams[0], payload, payload_bytes); }

static void submitted(struct client *submitter, struct stream *stream) {
  stream_fill(stream);
  size_t offset = 0;
  for (const char *end; (end = line_end(stream, offset)) != NULL; offset = (size_t)(end - stream->in) + 2) {
    if (strncmp(stream->in + offset, "INSERTED", 8) != 0) fail("beanstalkd: %s", stream->in + offset);
    submitter->acknowledged++;
  }
  stream_take(stream, offset);
}

const struct system beanstalkd_system = {
    .name = "beanstalkd",
    .open_worker = open_worker,
    .ask = ask,
    .work = work,
    .open_submitter = open_submitter,
    .submit = submit,
    .submitted = submitted,
};
