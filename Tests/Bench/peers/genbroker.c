// genbroker: varlink over a Unix socket. A worker holds one lease; the broker sends the next one with the end of the last.
#include <nettle/sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../bench.h"

struct worker_state {
  char session[64];
  /// Answers that are still to come on the data connection.
  long open_calls;
};

static bool has_message(const struct stream *stream) {
  return stream->in_len > 0 && memchr(stream->in, 0, stream->in_len) != NULL;
}

/// The next whole message, or NULL. It stays valid until the stream is filled or taken from.
static char *next_message(struct stream *stream, size_t *offset) {
  char *begin = stream->in + *offset;
  char *end = memchr(begin, 0, stream->in_len - *offset);
  if (end == NULL) return NULL;
  if (strncmp(begin, "{\"error\"", 8) == 0) fail("genbroker: %s", begin);
  *offset = (size_t)(end - stream->in) + 1;
  return begin;
}

static void send_nul(struct stream *stream) { stream_put(stream, "", 1); }

static void open_worker(struct client *worker) {
  struct worker_state *state = calloc(1, sizeof *state);
  worker->state = state;
  worker->stream_count = 2;
  struct stream *data = &worker->streams[0], *control = &worker->streams[1];
  stream_open(data, worker->address);
  stream_print(
      data,
      "{\"method\":\"org.genbroker.Worker.Hello\",\"parameters\":{\"kind\":\"bench\",\"name\":\"bench-%d\",\"pid\":%d,"
      "\"slots\":1}}",
      worker->index, getpid());
  send_nul(data);
  stream_flush(data);
  stream_fill_until(data, has_message);
  size_t offset = 0;
  char *message = next_message(data, &offset);
  char *session = strstr(message, "\"session\":\"");
  if (session == NULL || sscanf(session, "\"session\":\"%63[^\"]", state->session) != 1) fail("no session: %s", message);
  stream_take(data, offset);
  stream_open(control, worker->address);
}

static void ask(struct client *worker) {
  struct worker_state *state = worker->state;
  struct stream *control = &worker->streams[1];
  stream_print(
      control, "{\"method\":\"org.genbroker.Worker.Attend\",\"parameters\":{\"session\":\"%s\"},\"more\":true}",
      state->session);
  send_nul(control);
  stream_flush(control);
}

static void encode_base64(char *to, const char *from, size_t count) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const unsigned char *bytes = (const unsigned char *)from;
  size_t i = 0;
  for (; i + 2 < count; i += 3) {
    uint32_t group = (uint32_t)bytes[i] << 16 | (uint32_t)bytes[i + 1] << 8 | bytes[i + 2];
    *to++ = digits[group >> 18];
    *to++ = digits[group >> 12 & 63];
    *to++ = digits[group >> 6 & 63];
    *to++ = digits[group & 63];
  }
  if (count - i == 1) {
    *to++ = digits[bytes[i] >> 2];
    *to++ = digits[(bytes[i] & 3) << 4];
    *to++ = '=';
    *to++ = '=';
  } else if (count - i == 2) {
    *to++ = digits[bytes[i] >> 2];
    *to++ = digits[(bytes[i] & 3) << 4 | bytes[i + 1] >> 4];
    *to++ = digits[(bytes[i + 1] & 15) << 2];
    *to++ = '=';
  }
  *to = 0;
}

static void sha256_hex(char hex[65], const void *bytes, size_t count) {
  struct sha256_ctx context;
  uint8_t digest[SHA256_DIGEST_SIZE];
  sha256_init(&context);
  sha256_update(&context, count, bytes);
  sha256_digest(&context, sizeof digest, digest);
  for (size_t i = 0; i < sizeof digest; i++) {
    hex[2 * i] = "0123456789abcdef"[digest[i] >> 4];
    hex[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
  }
  hex[64] = 0;
}

static void finish(struct client *worker, long long lease) {
  struct worker_state *state = worker->state;
  struct stream *data = &worker->streams[0];
  const char *result = result_text((uint64_t)lease);
  char base64[result_bytes * 4 / 3 + 8], file[65], all[65], line[128];
  encode_base64(base64, result, result_bytes);
  sha256_hex(file, result, result_bytes);
  int length = snprintf(line, sizeof line, "r/%lld%c%s\n", lease, 0, file);
  sha256_hex(all, line, (size_t)length);
  stream_print(
      data,
      "{\"method\":\"org.genbroker.Worker.PutResult\",\"parameters\":{\"session\":\"%s\",\"lease\":%lld,\"path\":\"r/%lld\","
      "\"media_type\":\"text/plain\",\"data\":\"%s\"}}",
      state->session, lease, lease, base64);
  send_nul(data);
  stream_print(
      data,
      "{\"method\":\"org.genbroker.Worker.Complete\",\"parameters\":{\"session\":\"%s\",\"lease\":%lld,\"results\":1,"
      "\"digest\":\"%s\"}}",
      state->session, lease, all);
  send_nul(data);
  stream_flush(data);
  state->open_calls += 2;
}

static void work(struct client *worker, struct stream *stream) {
  struct worker_state *state = worker->state;
  stream_fill(stream);
  size_t offset = 0;
  for (char *message; (message = next_message(stream, &offset)) != NULL;) {
    if (stream == &worker->streams[0]) {
      // Two answers for each job: that of the result, then that of its end.
      state->open_calls--;
      if (state->open_calls % 2 == 0) worker->progress.finished++;
      continue;
    }
    char *lease = strstr(message, "\"lease\":{\"lease\":");
    if (lease == NULL) continue;
    worker->progress.received++;
    finish(worker, strtoll(lease + strlen("\"lease\":{\"lease\":"), NULL, 10));
  }
  stream_take(stream, offset);
}

static void open_submitter(struct client *submitter) {
  submitter->stream_count = 1;
  stream_open(&submitter->streams[0], submitter->address);
}

static void submit(struct client *submitter) {
  struct stream *stream = &submitter->streams[0];
  stream_print(
      stream,
      "{\"method\":\"org.genbroker.Jobs.Submit\",\"parameters\":{\"kind\":\"bench\",\"tasks\":[{\"key\":\"t\",\"payload\":"
      "{\"p\":\"%s\"}}]}}",
      payload);
  send_nul(stream);
}

static void submitted(struct client *submitter, struct stream *stream) {
  stream_fill(stream);
  size_t offset = 0;
  while (next_message(stream, &offset) != NULL) submitter->acknowledged++;
  stream_take(stream, offset);
}

enum { tasks_per_call = 500 };

/// Sends what was put together and waits for the answer, whose first number is returned.
static long long call(struct stream *stream) {
  send_nul(stream);
  stream_flush(stream);
  stream_fill_until(stream, has_message);
  size_t offset = 0;
  char *message = next_message(stream, &offset);
  char *number = strpbrk(message, "0123456789");
  long long value = number == NULL ? 0 : strtoll(number, NULL, 10);
  stream_take(stream, offset);
  return value;
}

/// One job of many tasks, sent in parts.
static void preload(struct client *submitter, long count) {
  struct stream *stream = &submitter->streams[0];
  stream_print(
      stream, "{\"method\":\"org.genbroker.Jobs.Submit\",\"parameters\":{\"kind\":\"bench\",\"open\":true}}");
  long long job = call(stream);
  for (long first = 0; first < count; first += tasks_per_call) {
    stream_print(stream, "{\"method\":\"org.genbroker.Jobs.AddTasks\",\"parameters\":{\"job\":%lld,\"tasks\":[", job);
    for (long i = first; i < first + tasks_per_call && i < count; i++) {
      stream_print(stream, "%s{\"key\":\"t%ld\",\"payload\":{\"p\":\"%s\"}}", i == first ? "" : ",", i, payload);
    }
    stream_print(stream, "]}}");
    call(stream);
  }
  stream_print(stream, "{\"method\":\"org.genbroker.Jobs.Seal\",\"parameters\":{\"job\":%lld}}", job);
  call(stream);
}

const struct system genbroker_system = {
    .name = "genbroker",
    .open_worker = open_worker,
    .ask = ask,
    .work = work,
    .open_submitter = open_submitter,
    .submit = submit,
    .submitted = submitted,
    .preload = preload,
};
