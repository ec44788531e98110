// NATS JetStream: a stream of jobs with one pull consumer for all workers, a stream of results. It does not sync what it
// acknowledges.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../bench.h"

/// What the subscriptions of a worker are numbered.
enum { sid_job = 1, sid_result = 2, sid_end = 3 };

struct message {
  int sid;
  char reply_to[128];
  const char *body;
  size_t size;
};

/// The next message for one of our subscriptions. Answers pings on the way.
static bool next_message(struct stream *stream, size_t *offset, struct message *message) {
  while (true) {
    char *line = stream->in + *offset;
    char *end = memmem(line, stream->in_len - *offset, "\r\n", 2);
    if (end == NULL) return false;
    size_t after = (size_t)(end - stream->in) + 2;
    if (strncmp(line, "MSG ", 4) == 0 || strncmp(line, "HMSG ", 5) == 0) {
      char subject[128], words[3][128];
      *end = 0;
      int count = sscanf(line, "%*s %127s %127s %127s %127s", subject, words[0], words[1], words[2]);
      *end = '\r';
      if (*line == 'H') fail("nats: %.*s", 200, line);
      message->sid = atoi(words[0]);
      message->size = (size_t)atol(words[count - 2]);
      strcpy(message->reply_to, count == 4 ? words[1] : "");
      if (stream->in_len < after + message->size + 2) return false;
      message->body = stream->in + after;
      *offset = after + message->size + 2;
      return true;
    }
    if (strncmp(line, "PING", 4) == 0) {
      stream_print(stream, "PONG\r\n");
      stream_flush(stream);
    } else if (strncmp(line, "-ERR", 4) == 0) {
      fail("nats: %.*s", (int)(end - line), line);
    }
    *offset = after;
  }
}

static void publish(struct stream *stream, const char *subject, const char *reply_to, const char *body, size_t size) {
  stream_print(stream, "PUB %s %s %zu\r\n", subject, reply_to, size);
  stream_put(stream, body, size);
  stream_put(stream, "\r\n", 2);
}

static bool has_line(const struct stream *stream) {
  return stream->in_len > 0 && memmem(stream->in, stream->in_len, "\r\n", 2) != NULL;
}

static void open_stream(struct stream *stream, const char *address) {
  stream_open(stream, address);
  stream_fill_until(stream, has_line);
  stream_print(stream, "CONNECT {\"verbose\":false,\"lang\":\"c\",\"version\":\"1\"}\r\n");
}

/// Calls the administration and waits for its answer.
static void administrate(struct stream *stream, const char *subject, const char *body) {
  publish(stream, subject, "admin", body, strlen(body));
  stream_flush(stream);
  struct message message;
  size_t offset = 0;
  while (!next_message(stream, &offset, &message)) {
    stream_take(stream, offset);
    offset = 0;
    size_t before = stream->in_len;
    stream_fill_until(stream, has_line);
    if (stream->in_len == before) stream_fill(stream);
  }
  if (memmem(message.body, message.size, "\"error\"", 7) != NULL) fail("nats: %.*s", (int)message.size, message.body);
  stream_take(stream, offset);
}

static void prepare(const char *address) {
  struct stream stream;
  open_stream(&stream, address);
  stream_print(&stream, "SUB admin 1\r\n");
  administrate(
      &stream, "$JS.API.STREAM.CREATE.JOBS",
      "{\"name\":\"JOBS\",\"subjects\":[\"jobs\"],\"retention\":\"workqueue\",\"storage\":\"file\",\"num_replicas\":1}");
  administrate(
      &stream, "$JS.API.STREAM.CREATE.RESULTS",
      "{\"name\":\"RESULTS\",\"subjects\":[\"results\"],\"storage\":\"file\",\"num_replicas\":1}");
  administrate(
      &stream, "$JS.API.CONSUMER.DURABLE.CREATE.JOBS.workers",
      "{\"stream_name\":\"JOBS\",\"config\":{\"durable_name\":\"workers\",\"ack_policy\":\"explicit\","
      "\"max_ack_pending\":1000}}");
}

static void open_worker(struct client *worker) {
  worker->stream_count = 1;
  struct stream *stream = &worker->streams[0];
  open_stream(stream, worker->address);
  for (int sid = sid_job; sid <= sid_end; sid++) stream_print(stream, "SUB w.%d.%d %d\r\n", worker->index, sid, sid);
  stream_flush(stream);
}

static void ask_more(struct client *worker) {
  char inbox[40];
  snprintf(inbox, sizeof inbox, "w.%d.%d", worker->index, sid_job);
  publish(&worker->streams[0], "$JS.API.CONSUMER.MSG.NEXT.JOBS.workers", inbox, "{\"batch\":1}", 11);
}

static void ask(struct client *worker) {
  ask_more(worker);
  stream_flush(&worker->streams[0]);
}

static void work(struct client *worker, struct stream *stream) {
  stream_fill(stream);
  size_t offset = 0;
  for (struct message message; next_message(stream, &offset, &message);) {
    if (message.sid == sid_end) worker->progress.finished++;
    if (message.sid != sid_job) continue;
    uint64_t number = (uint64_t)worker->progress.received++ << 8 | (uint64_t)worker->index;
    char inbox[40];
    snprintf(inbox, sizeof inbox, "w.%d.%d", worker->index, sid_result);
    publish(stream, "results", inbox, result_text(number), result_bytes);
    snprintf(inbox, sizeof inbox, "w.%d.%d", worker->index, sid_end);
    publish(stream, message.reply_to, inbox, "+ACK", 4);
    ask_more(worker);
    stream_flush(stream);
  }
  stream_take(stream, offset);
}

static void open_submitter(struct client *submitter) {
  submitter->stream_count = 1;
  open_stream(&submitter->streams[0], submitter->address);
  stream_print(&submitter->streams[0], "SUB s.%d 1\r\n", submitter->index);
}

static void submit(struct client *submitter) {
  char inbox[40];
  snprintf(inbox, sizeof inbox, "s.%d", submitter->index);
  publish(&submitter->streams[0], "jobs", inbox, payload, payload_bytes);
}

static void submitted(struct client *submitter, struct stream *stream) {
  stream_fill(stream);
  size_t offset = 0;
  for (struct message message; next_message(stream, &offset, &message);) submitter->acknowledged++;
  stream_take(stream, offset);
}

const struct system nats_system = {
    .name = "nats",
    .prepare = prepare,
    .open_worker = open_worker,
    .ask = ask,
    .work = work,
    .open_submitter = open_submitter,
    .submit = submit,
    .submitted = submitted,
};
