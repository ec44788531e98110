#ifndef GENBROKER_CSQLITE_SHIM_H
#define GENBROKER_CSQLITE_SHIM_H

#include <sqlite3.h>

/* Swift cannot import variadic functions; these are the ones that we call. */

static inline int gb_sqlite3_config_log(void (*log)(void *, int, const char *), void *context) {
  return sqlite3_config(SQLITE_CONFIG_LOG, log, context);
}

/* Both have to come before the first use of the library: https://sqlite.org/c3ref/c_config_covering_index_scan.html */
static inline int gb_sqlite3_config_memory_status(int counts) {
  return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, counts);
}

static inline int gb_sqlite3_config_statement_journal_spill(int bytes) {
  return sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, bytes);
}

static inline int gb_sqlite3_db_config(sqlite3 *db, int option, int value, int *current) {
  return sqlite3_db_config(db, option, value, current);
}

/* SQLITE_TRANSIENT is a cast macro, which Swift cannot import. */
static inline int gb_sqlite3_bind_text(sqlite3_stmt *stmt, int index, const char *bytes, sqlite3_uint64 count) {
  return sqlite3_bind_text64(stmt, index, bytes, count, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static inline int gb_sqlite3_bind_blob(sqlite3_stmt *stmt, int index, const void *bytes, sqlite3_uint64 count) {
  return sqlite3_bind_blob64(stmt, index, bytes, count, SQLITE_TRANSIENT);
}

/* Syncs the write-ahead log through SQLite's own VFS (so that a test VFS sees it): data only, as FULL does. */
static inline int gb_sqlite3_sync_wal(sqlite3 *db) {
  sqlite3_file *file = 0;
  int rc = sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file);
  if (rc != SQLITE_OK) return rc;
  if (file == 0 || file->pMethods == 0) return SQLITE_OK; /* no WAL yet: nothing was written */
  return file->pMethods->xSync(file, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY);
}

/* What the system has last answered a call on the write-ahead log that failed, as errno(3); 0 when that is not known. */
static inline int gb_sqlite3_wal_errno(sqlite3 *db) {
  sqlite3_file *file = 0;
  int last = 0;
  if (sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file) != SQLITE_OK) return 0;
  if (file == 0 || file->pMethods == 0) return 0;
  return file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &last) == SQLITE_OK ? last : 0;
}

#endif
