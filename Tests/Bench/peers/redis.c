// Redis: a list with a second list of what each worker holds, and a stream with a group of readers.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../bench.h"

/// The end of one reply (RESP2), or NULL when it is not all there.
static const char *reply_end(const char *at, const char *end) {
  const char *line = at;
  while (line + 1 < end && !(line[0] == '\r' && line[1] == '\n')) line++;
  if (line + 1 >= end) return NULL;
  const char *next = line + 2;
  long count = strtol(at + 1, NULL, 10);
  switch (*at) {
    case '-': fail("redis: %.*s", (int)(line - at), at);
    case '$': return count < 0 ? next : (next + count + 2 <= end ? next + count + 2 : NULL);
    case '*':
      for (long i = 0; i < count && next != NULL; i++) next = next < end ? reply_end(next, end) : NULL;
      return next;
    default: return next;
  }
}

/// The next whole reply, or NULL.
static const char *next_reply(struct stream *stream, size_t *offset) {
  const char *begin = stream->in + *offset, *end = stream->in + stream->in_len;
  const char *after = begin < end ? reply_end(begin, end) : NULL;
  if (after == NULL) return NULL;
  *offset = (size_t)(after - stream->in);
  return begin;
}

static bool has_reply(const struct stream *stream) {
  return stream->in_len > 0 && reply_end(stream->in, stream->in + stream->in_len) != NULL;
}

static void bulk(struct stream *stream, const char *bytes, size_t count) {
  stream_print(stream, "$%zu\r\n", count);
  stream_put(stream, bytes, count);
  stream_put(stream, "\r\n", 2);
}

static void open_one(struct client *client) {
  client->stream_count = 1;
  stream_open(&client->streams[0], client->address);
}

static void count_replies(struct client *submitter, struct stream *stream) {
  stream_fill(stream);
  size_t offset = 0;
  while (next_reply(stream, &offset) != NULL) submitter->acknowledged++;
  stream_take(stream, offset);
}

// MARK: List

static void list_ask_more(struct client *worker) {
  stream_print(&worker->streams[0], "BLMOVE jobs held:%d RIGHT LEFT 0\r\n", worker->index);
}

static void list_ask(struct client *worker) {
  list_ask_more(worker);
  stream_flush(&worker->streams[0]);
}

static void list_work(struct client *worker, struct stream *stream) {
  stream_fill(stream);
  size_t offset = 0;
  for (const char *reply; (reply = next_reply(stream, &offset)) != NULL;) {
    if (*reply == '*') worker->progress.finished++;  // of EXEC
    if (*reply != '$') continue;
    uint64_t number = (uint64_t)worker->progress.received++ << 8 | (uint64_t)worker->index;
    stream_print(stream, "MULTI\r\n*3\r\n$5\r\nLPUSH\r\n$7\r\nresults\r\n");
    bulk(stream, result_text(number), result_bytes);
    stream_print(stream, "LPOP held:%d\r\nEXEC\r\n", worker->index);
    list_ask_more(worker);
    stream_flush(stream);
  }
  stream_take(stream, offset);
}

static void list_submit(struct client *submitter) {
  struct stream *stream = &submitter->streams[0];
  stream_print(stream, "*3\r\n$5\r\nLPUSH\r\n$4\r\njobs\r\n");
  bulk(stream, payload, payload_bytes);
}

const struct system redis_list_system = {
    .name = "redis-list",
    .open_worker = open_one,
    .ask = list_ask,
    .work = list_work,
    .open_submitter = open_one,
    .submit = list_submit,
    .submitted = count_replies,
};

// MARK: Stream

static void stream_prepare(const char *address) {
  struct stream stream;
  stream_open(&stream, address);
  stream_print(&stream, "XGROUP CREATE stream group 0 MKSTREAM\r\n");
  stream_flush(&stream);
  stream_fill_until(&stream, has_reply);
}

static void stream_ask_more(struct client *worker) {
  stream_print(
      &worker->streams[0], "XREADGROUP GROUP group w%d COUNT 1 BLOCK 0 STREAMS stream >\r\n", worker->index);
}

static void stream_ask(struct client *worker) {
  stream_ask_more(worker);
  stream_flush(&worker->streams[0]);
}

/// The number of the entry: the third string of `[[stream, [[number, fields]]]]` begins behind the seventh line.
static void entry_number(const char *reply, char number[40]) {
  for (int i = 0; i < 7; i++) reply = strstr(reply, "\r\n") + 2;
  if (sscanf(reply, "%39[0-9-]", number) != 1) fail("redis: no entry: %.60s", reply);
}

static void stream_work(struct client *worker, struct stream *stream) {
  stream_fill(stream);
  size_t offset = 0;
  for (const char *reply; (reply = next_reply(stream, &offset)) != NULL;) {
    if (strncmp(reply, "*3\r\n", 4) == 0) worker->progress.finished++;  // of EXEC
    if (strncmp(reply, "*1\r\n", 4) != 0) continue;
    char number[40];
    entry_number(reply, number);
    uint64_t count = (uint64_t)worker->progress.received++ << 8 | (uint64_t)worker->index;
    stream_print(stream, "MULTI\r\n*5\r\n$4\r\nXADD\r\n$7\r\nresults\r\n$1\r\n*\r\n$1\r\nr\r\n");
    bulk(stream, result_text(count), result_bytes);
    stream_print(stream, "XACK stream group %s\r\nXDEL stream %s\r\nEXEC\r\n", number, number);
    stream_ask_more(worker);
    stream_flush(stream);
  }
  stream_take(stream, offset);
}

static void stream_submit(struct client *submitter) {
  struct stream *stream = &submitter->streams[0];
  stream_print(stream, "*5\r\n$4\r\nXADD\r\n$6\r\nstream\r\n$1\r\n*\r\n$1\r\np\r\n");
  bulk(stream, payload, payload_bytes);
}

const struct system redis_stream_system = {
    .name = "redis-stream",
    .prepare = stream_prepare,
    .open_worker = open_one,
    .ask = stream_ask,
    .work = stream_work,
    .open_submitter = open_one,
    .submit = stream_submit,
    .submitted = count_replies,
};
