// gearmand: background jobs in its SQLite queue. It keeps no results; a job's end is not acknowledged, so it counts when
// the answer to the request for the next one comes.
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../bench.h"

enum {
  can_do = 1, pre_sleep = 4, noop = 6, job_created = 8, grab_job = 9, no_job = 10, job_assign = 11, work_complete = 13,
  submit_job_background = 18, error_packet = 19, header_bytes = 12
};

static void header(struct stream *stream, uint32_t type, size_t size) {
  uint32_t words[2] = {htonl(type), htonl((uint32_t)size)};
  stream_put(stream, "\0REQ", 4);
  stream_put(stream, words, sizeof words);
}

/// The next packet's body, or NULL.
static const char *next_packet(struct stream *stream, size_t *offset, uint32_t *type) {
  if (stream->in_len - *offset < header_bytes) return NULL;
  uint32_t words[2];
  memcpy(words, stream->in + *offset + 4, sizeof words);
  size_t size = ntohl(words[1]);
  if (stream->in_len - *offset < header_bytes + size) return NULL;
  const char *body = stream->in + *offset + header_bytes;
  *type = ntohl(words[0]);
  if (*type == error_packet) fail("gearmand: %.*s", (int)size, body);
  *offset += header_bytes + size;
  return body;
}

static void open_worker(struct client *worker) {
  worker->stream_count = 1;
  stream_open(&worker->streams[0], worker->address);
  header(&worker->streams[0], can_do, 5);
  stream_put(&worker->streams[0], "bench", 5);
}

static void ask(struct client *worker) {
  header(&worker->streams[0], grab_job, 0);
  stream_flush(&worker->streams[0]);
}

static void finish(struct stream *stream, const char *handle, uint64_t number) {
  size_t length = strlen(handle) + 1;
  header(stream, work_complete, length + result_bytes);
  stream_put(stream, handle, length);
  stream_put(stream, result_text(number), result_bytes);
  header(stream, grab_job, 0);
}

static void work(struct client *worker, struct stream *stream) {
  stream_fill(stream);
  size_t offset = 0;
  uint32_t type;
  for (const char *body; (body = next_packet(stream, &offset, &type)) != NULL;) {
    if (type == noop) header(stream, grab_job, 0);
    if (type == no_job || type == job_assign) worker->progress.finished = worker->progress.received;
    if (type == no_job) header(stream, pre_sleep, 0);
    if (type == job_assign) finish(stream, body, (uint64_t)worker->progress.received++);
    stream_flush(stream);
  }
  stream_take(stream, offset);
}

static void open_submitter(struct client *submitter) {
  submitter->stream_count = 1;
  stream_open(&submitter->streams[0], submitter->address);
}

static void submit(struct client *submitter) {
  // Jobs without a key of their own are one and the same to a durable queue.
  static unsigned long long count = 0;
  char key[32];
  int length = snprintf(key, sizeof key, "%llu", count++) + 1;
  struct stream *stream = &submitter->streams[0];
  header(stream, submit_job_background, 6 + (size_t)length + payload_bytes);
  stream_put(stream, "bench", 6);
  stream_put(stream, key, (size_t)length);
  stream_put(stream, payload, payload_bytes);
}

static void submitted(struct client *submitter, struct stream *stream) {
  stream_fill(stream);
  size_t offset = 0;
  uint32_t type;
  while (next_packet(stream, &offset, &type) != NULL) {
    if (type == job_created) submitter->acknowledged++;
  }
  stream_take(stream, offset);
}

const struct system gearmand_system = {
    .name = "gearmand",
    .open_worker = open_worker,
    .ask = ask,
    .work = work,
    .open_submitter = open_submitter,
    .submit = submit,
    .submitted = submitted,
};
