// A socket with its buffers.
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "bench.h"

void fail(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fputs("bench: ", stderr);
  vfprintf(stderr, format, arguments);
  fputs("\n", stderr);
  va_end(arguments);
  exit(1);
}

static int connect_unix(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) fail("the path of a socket is too long: %s", path);
  strcpy(address.sun_path, path);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0) fail("%s: %s", path, strerror(errno));
  return fd;
}

static int connect_port(const char *port) {
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0) fail("port %s: %s", port, strerror(errno));
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
  return fd;
}

void stream_open(struct stream *stream, const char *address) {
  *stream = (struct stream){0};
  stream->fd = strncmp(address, "unix:", 5) == 0 ? connect_unix(address + 5) : connect_port(address);
  fcntl(stream->fd, F_SETFL, O_NONBLOCK);
}

static void reserve(char **bytes, size_t *max, size_t wanted) {
  if (wanted <= *max) return;
  *max = wanted * 2;
  *bytes = realloc(*bytes, *max);
  if (*bytes == NULL) fail("no memory");
}

void stream_put(struct stream *stream, const void *bytes, size_t count) {
  reserve(&stream->out, &stream->out_max, stream->out_len + count);
  memcpy(stream->out + stream->out_len, bytes, count);
  stream->out_len += count;
}

void stream_print(struct stream *stream, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  reserve(&stream->out, &stream->out_max, stream->out_len + 16384);
  int count = vsnprintf(stream->out + stream->out_len, 16384, format, arguments);
  va_end(arguments);
  if (count < 0 || count >= 16384) fail("a message is too long");
  stream->out_len += (size_t)count;
}

static void wait_for(int fd, short what) {
  struct pollfd entry = {.fd = fd, .events = what};
  if (poll(&entry, 1, 30000) == 0) fail("no answer within 30 s");
}

void stream_flush(struct stream *stream) {
  size_t sent = 0;
  while (sent < stream->out_len) {
    ssize_t count = send(stream->fd, stream->out + sent, stream->out_len - sent, MSG_NOSIGNAL);
    if (count < 0 && errno != EAGAIN) fail("send: %s", strerror(errno));
    if (count < 0) wait_for(stream->fd, POLLOUT);
    if (count > 0) sent += (size_t)count;
  }
  stream->out_len = 0;
}

void stream_fill(struct stream *stream) {
  // One byte more, so that a parser may end it with a NUL.
  reserve(&stream->in, &stream->in_max, stream->in_len + (64 << 10) + 1);
  ssize_t count = recv(stream->fd, stream->in + stream->in_len, stream->in_max - stream->in_len - 1, 0);
  if (count == 0) fail("the connection was closed: %.*s", (int)stream->in_len, stream->in);
  if (count < 0 && errno != EAGAIN) fail("recv: %s", strerror(errno));
  if (count > 0) stream->in_len += (size_t)count;
  stream->in[stream->in_len] = 0;
}

void stream_fill_until(struct stream *stream, bool (*enough)(const struct stream *)) {
  while (!enough(stream)) {
    wait_for(stream->fd, POLLIN);
    stream_fill(stream);
  }
}

void stream_take(struct stream *stream, size_t count) {
  memmove(stream->in, stream->in + count, stream->in_len - count);
  stream->in_len -= count;
}
