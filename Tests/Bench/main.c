// bench SYSTEM ADDRESS MEASUREMENT …: measures one thing of one system that is running, and prints one line.
//
//   bench SYSTEM ADDRESS prepare
//   bench SYSTEM ADDRESS preload COUNT
//   bench SYSTEM ADDRESS cycles COUNT WORKERS      cycles a second: job, result, end, all acknowledged
//   bench SYSTEM ADDRESS submits COUNT CONNECTIONS DEPTH    submissions a second, so many unanswered on each connection
//   bench SYSTEM ADDRESS dispatch ROUNDS           from a submission to the job at a worker that waits: p50 p99 max, µs
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>

#include "bench.h"

char payload[payload_bytes + 1];
bool announces;

const char *result_text(uint64_t number) {
  static char text[result_bytes + 1];
  if (text[0] == 0) memset(text, 'r', result_bytes);
  char digits[17];
  snprintf(digits, sizeof digits, "%016llx", (unsigned long long)number);
  memcpy(text, digits, 16);
  return text;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static const struct system *find_system(const char *name) {
  const struct system *systems[] = {
      &genbroker_system, &beanstalkd_system, &redis_list_system, &redis_stream_system, &nats_system, &gearmand_system,
#ifdef HAVE_POSTGRESQL
      &postgresql_system,
#endif
  };
  for (size_t i = 0; i < sizeof systems / sizeof *systems; i++) {
    if (strcmp(systems[i]->name, name) == 0) return systems[i];
  }
  fail("no system '%s'", name);
}

// MARK: The loop

/// A stream of a client, as epoll knows it.
struct source {
  struct client *client;
  struct stream *stream;
  bool is_worker;
};

static int poller = -1;

static void add(struct client *client, bool is_worker) {
  if (poller < 0) poller = epoll_create1(EPOLL_CLOEXEC);
  for (int i = 0; i < client->stream_count; i++) {
    struct source *source = malloc(sizeof *source);
    *source = (struct source){client, &client->streams[i], is_worker};
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = source};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, client->streams[i].fd, &event) < 0) fail("epoll_ctl");
  }
}

/// Waits for something to come in, and works on it.
static void turn(void) {
  struct epoll_event events[64];
  int count = epoll_wait(poller, events, 64, 30000);
  if (count == 0) fail("nothing came within 30 s");
  for (int i = 0; i < count; i++) {
    struct source *source = events[i].data.ptr;
    const struct system *system = source->client->system;
    if (source->is_worker) {
      system->work(source->client, source->stream);
    } else {
      system->submitted(source->client, source->stream);
    }
  }
}

static struct client *open_clients(const struct system *system, const char *address, int count, bool are_workers) {
  void (*open)(struct client *) = are_workers ? system->open_worker : system->open_submitter;
  struct client *clients = calloc((size_t)count, sizeof *clients);
  for (int i = 0; i < count; i++) {
    clients[i] = (struct client){.system = system, .address = address, .index = i};
    open(&clients[i]);
    add(&clients[i], are_workers);
  }
  return clients;
}

// MARK: Measurements

static void submit_all(struct client *submitters, int connections, long depth, long count) {
  long sent = 0, acknowledged = 0;
  long *open_calls = calloc((size_t)connections, sizeof *open_calls);
  long *seen = calloc((size_t)connections, sizeof *seen);
  while (acknowledged < count) {
    for (int i = 0; i < connections; i++) {
      long before = sent;
      for (; open_calls[i] < depth && sent < count; open_calls[i]++, sent++) submitters[i].system->submit(&submitters[i]);
      if (sent != before) stream_flush(&submitters[i].streams[0]);
    }
    turn();
    for (int i = 0; i < connections; i++) {
      long answered = submitters[i].acknowledged - seen[i];
      seen[i] += answered;
      open_calls[i] -= answered;
      acknowledged += answered;
    }
  }
  free(open_calls);
  free(seen);
}

static void measure_preload(const struct system *system, const char *address, long count) {
  struct client *submitter = open_clients(system, address, 1, false);
  double begin = now();
  if (system->preload != NULL) {
    system->preload(submitter, count);
  } else {
    submit_all(submitter, 1, 64, count);
  }
  printf("%.0f\n", (double)count / (now() - begin));
}

static void measure_submits(const struct system *system, const char *address, long count, int connections, long depth) {
  struct client *submitters = open_clients(system, address, connections, false);
  double begin = now();
  submit_all(submitters, connections, depth, count);
  printf("%.0f\n", (double)count / (now() - begin));
}

/// The workers stop with a job in hand: what was asked for together with the last end.
static void measure_cycles(const struct system *system, const char *address, long count, int workers) {
  struct client *clients = open_clients(system, address, workers, true);
  double begin = now();
  for (int i = 0; i < workers; i++) system->ask(&clients[i]);
  for (long finished = 0; finished < count;) {
    turn();
    finished = 0;
    for (int i = 0; i < workers; i++) finished += clients[i].progress.finished;
  }
  printf("%.0f\n", (double)count / (now() - begin));
}

static int by_size(const void *left, const void *right) {
  double difference = *(const double *)left - *(const double *)right;
  return (difference > 0) - (difference < 0);
}

static void measure_dispatch(const struct system *system, const char *address, int rounds) {
  announces = true;
  struct client *worker = open_clients(system, address, 1, true);
  struct client *submitter = open_clients(system, address, 1, false);
  double *times = calloc((size_t)rounds, sizeof *times);
  system->ask(worker);
  for (int i = 0; i < rounds; i++) {
    // Nobody is busy when the round begins: the worker has ended the job before and waits.
    struct timespec pause = {.tv_nsec = 2000000};
    nanosleep(&pause, NULL);
    long before = worker->progress.received;
    double begin = now();
    system->submit(submitter);
    stream_flush(&submitter->streams[0]);
    while (worker->progress.received == before) turn();
    times[i] = now() - begin;
    while (worker->progress.finished <= before || submitter->acknowledged <= i) turn();
  }
  qsort(times, (size_t)rounds, sizeof *times, by_size);
  printf(
      "%.0f %.0f %.0f\n", times[rounds / 2] * 1e6, times[rounds * 99 / 100] * 1e6, times[rounds - 1] * 1e6);
}

int main(int argc, char **argv) {
  if (argc < 4) fail("SYSTEM ADDRESS prepare|preload|cycles|submits|dispatch …");
  const struct system *system = find_system(argv[1]);
  const char *address = argv[2], *what = argv[3];
  long count = argc > 4 ? atol(argv[4]) : 0;
  int clients = argc > 5 ? atoi(argv[5]) : 1;
  long depth = argc > 6 ? atol(argv[6]) : 1;
  memset(payload, 'p', payload_bytes);
  if (strcmp(what, "prepare") == 0) {
    if (system->prepare != NULL) system->prepare(address);
  } else if (strcmp(what, "preload") == 0) {
    measure_preload(system, address, count);
  } else if (strcmp(what, "cycles") == 0) {
    measure_cycles(system, address, count, clients);
  } else if (strcmp(what, "submits") == 0) {
    measure_submits(system, address, count, clients, depth);
  } else if (strcmp(what, "dispatch") == 0) {
    measure_dispatch(system, address, (int)count);
  } else {
    fail("no measurement '%s'", what);
  }
  return 0;
}
