// PostgreSQL: a table of jobs, SKIP LOCKED. The end of a job, its result and the next job are one statement and one commit.
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../bench.h"

struct session {
  PGconn *connection;
  /// The worker was told that there is no job; it asks again when it is notified.
  bool waits;
  bool has_job;
  /// The job in hand.
  char job[24];
};

static PGconn *connect_to(const char *address) {
  char options[256];
  // address: unix:DIRECTORY
  snprintf(options, sizeof options, "host=%s dbname=postgres user=bench", address + 5);
  PGconn *connection = PQconnectdb(options);
  if (PQstatus(connection) != CONNECTION_OK) fail("postgresql: %s", PQerrorMessage(connection));
  return connection;
}

static void execute(PGconn *connection, const char *sql) {
  PGresult *result = PQexec(connection, sql);
  ExecStatusType status = PQresultStatus(result);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) fail("postgresql: %s", PQerrorMessage(connection));
  PQclear(result);
}

static void prepare(const char *address) {
  PGconn *connection = connect_to(address);
  execute(
      connection,
      "CREATE TABLE job (id bigserial PRIMARY KEY, state smallint NOT NULL DEFAULT 0, payload text NOT NULL);"
      "CREATE INDEX job_ready ON job (id) WHERE state = 0;"
      "CREATE TABLE result (id bigserial PRIMARY KEY, job bigint NOT NULL, body text NOT NULL);");
  PQfinish(connection);
}

#define NEXT_JOB                                                                                                      \
  "UPDATE job SET state = 1 WHERE id = (SELECT id FROM job WHERE state = 0 ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) " \
  "RETURNING id, payload"

static void prepare_statement(PGconn *connection, const char *name, const char *sql) {
  PGresult *result = PQprepare(connection, name, sql, 0, NULL);
  if (PQresultStatus(result) != PGRES_COMMAND_OK) fail("postgresql: %s", PQerrorMessage(connection));
  PQclear(result);
}

static struct session *open_session(struct client *client) {
  struct session *session = calloc(1, sizeof *session);
  session->connection = connect_to(client->address);
  client->state = session;
  client->stream_count = 1;
  client->streams[0] = (struct stream){.fd = PQsocket(session->connection)};
  return session;
}

static void open_worker(struct client *worker) {
  PGconn *connection = open_session(worker)->connection;
  execute(connection, "LISTEN jobs");
  prepare_statement(connection, "next", NEXT_JOB);
  prepare_statement(
      connection, "finish",
      "WITH done AS (UPDATE job SET state = 2 WHERE id = $1), "
      "kept AS (INSERT INTO result (job, body) VALUES ($1, $2)) " NEXT_JOB);
  PQsetnonblocking(connection, 1);
}

static void send_query(PGconn *connection, const char *name, int count, const char *const *values) {
  if (PQsendQueryPrepared(connection, name, count, values, NULL, NULL, 0) == 0) {
    fail("postgresql: %s", PQerrorMessage(connection));
  }
  while (PQflush(connection) == 1) continue;
}

static void ask(struct client *worker) {
  struct session *session = worker->state;
  if (session->has_job) {
    const char *values[] = {session->job, result_text(strtoull(session->job, NULL, 10))};
    send_query(session->connection, "finish", 2, values);
  } else {
    send_query(session->connection, "next", 0, NULL);
  }
}

/// SKIP LOCKED skips no row of which another version is being made at the moment: two workers can wait for each other.
/// The server ends one of the two statements, and it is made again.
static bool is_deadlock(const PGresult *result) {
  const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  return state != NULL && strcmp(state, "40P01") == 0;
}

static void take_result(struct client *worker, PGresult *result) {
  struct session *session = worker->state;
  if (is_deadlock(result)) return;
  if (PQresultStatus(result) != PGRES_TUPLES_OK) fail("postgresql: %s", PQerrorMessage(session->connection));
  if (session->has_job) worker->progress.finished++;
  session->has_job = PQntuples(result) > 0;
  session->waits = !session->has_job;
  if (!session->has_job) return;
  snprintf(session->job, sizeof session->job, "%s", PQgetvalue(result, 0, 0));
  worker->progress.received++;
}

static void work(struct client *worker, struct stream *stream) {
  (void)stream;
  struct session *session = worker->state;
  PGconn *connection = session->connection;
  if (PQconsumeInput(connection) == 0) fail("postgresql: %s", PQerrorMessage(connection));
  while (!PQisBusy(connection)) {
    PGresult *result = PQgetResult(connection);
    if (result == NULL) break;
    take_result(worker, result);
    // The NULL behind it has to be fetched before another query may be sent.
    PGresult *end = PQgetResult(connection);
    if (end != NULL) fail("postgresql: more than one result");
    if (session->has_job || is_deadlock(result)) ask(worker);
    PQclear(result);
    if (session->waits) break;
  }
  for (PGnotify *notice; (notice = PQnotifies(connection)) != NULL; PQfreemem(notice)) {
    if (!session->waits) continue;
    session->waits = false;
    ask(worker);
  }
}

static void open_submitter(struct client *submitter) {
  PGconn *connection = open_session(submitter)->connection;
  prepare_statement(
      connection, "submit", "WITH kept AS (INSERT INTO job (payload) VALUES ($1)) SELECT pg_notify('jobs', '')");
  prepare_statement(connection, "insert", "INSERT INTO job (payload) VALUES ($1)");
  PQsetnonblocking(connection, 1);
  if (PQenterPipelineMode(connection) == 0) fail("postgresql: no pipeline mode");
}

static void submit(struct client *submitter) {
  struct session *session = submitter->state;
  const char *values[] = {payload};
  if (PQsendQueryPrepared(session->connection, announces ? "submit" : "insert", 1, values, NULL, NULL, 0) == 0 ||
      PQpipelineSync(session->connection) == 0) {
    fail("postgresql: %s", PQerrorMessage(session->connection));
  }
  while (PQflush(session->connection) == 1) continue;
}

static void submitted(struct client *submitter, struct stream *stream) {
  (void)stream;
  struct session *session = submitter->state;
  PGconn *connection = session->connection;
  if (PQconsumeInput(connection) == 0) fail("postgresql: %s", PQerrorMessage(connection));
  int ends = 0;
  while (!PQisBusy(connection)) {
    PGresult *result = PQgetResult(connection);
    if (result == NULL) {
      // One NULL ends the results of a query; two of them mean that nothing is there yet.
      if (++ends == 2) break;
      continue;
    }
    ends = 0;
    ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_PIPELINE_SYNC) submitter->acknowledged++;
    if (status == PGRES_FATAL_ERROR) fail("postgresql: %s", PQerrorMessage(connection));
    PQclear(result);
  }
}

static void preload(struct client *submitter, long count) {
  PGconn *connection = connect_to(submitter->address);
  char sql[256 + payload_bytes];
  snprintf(
      sql, sizeof sql, "INSERT INTO job (payload) SELECT '%s' FROM generate_series(1, %ld); ANALYZE job", payload, count);
  execute(connection, sql);
  PQfinish(connection);
}

const struct system postgresql_system = {
    .name = "postgresql",
    .prepare = prepare,
    .open_worker = open_worker,
    .ask = ask,
    .work = work,
    .open_submitter = open_submitter,
    .submit = submit,
    .submitted = submitted,
    .preload = preload,
};
