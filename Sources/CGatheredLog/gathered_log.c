#include "CGatheredLog.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

// What of the format is needed here (https://sqlite.org/fileformat2.html#the_write_ahead_log): the head of a frame has 24
// bytes; the second four of them are 0, but for the frame that ends a transaction.
enum { frame_head_bytes = 24, commit_offset = 4, commit_bytes = 4, largest_page_bytes = 65536 };

// A transaction that is larger is written in parts.
enum { gathered_bytes_max = 1 << 20 };

// SQLite itself never writes more than a page and a head at a time, and its VFS for Unix takes less than 128 KiB
// (os_unix.c, seekAndWriteFd).
enum { write_bytes_max = 64 << 10 };

typedef struct {
  sqlite3_vfs vfs;
  char *base_name;
} gathered_vfs;

/// A log. The file of the base follows behind it in memory.
typedef struct {
  sqlite3_file file;
  /// What is not written yet, and where it belongs.
  char *bytes;
  int count, capacity;
  sqlite3_int64 offset;
  /// Where the last write has ended; -1 when that is not known.
  sqlite3_int64 next;
  /// The head of a frame has come, and its page has not; and whether that frame ends its transaction.
  bool awaits_page, ends_transaction;
} gathered_log;

static gathered_log *log_of(sqlite3_file *file) { return (gathered_log *)file; }
static sqlite3_file *base_of(sqlite3_file *file) { return (sqlite3_file *)(log_of(file) + 1); }

// ---- Writing ----

static int flush(sqlite3_file *file) {
  gathered_log *log = log_of(file);
  int count = log->count, code = SQLITE_OK;
  for (int done = 0; done < count && code == SQLITE_OK; done += write_bytes_max) {
    int piece = count - done < write_bytes_max ? count - done : write_bytes_max;
    code = base_of(file)->pMethods->xWrite(base_of(file), log->bytes + done, piece, log->offset + done);
  }
  // Also after an error: SQLite gives the transaction up, and the next one is written over it.
  log->count = 0;
  return code;
}

static bool gather(gathered_log *log, const void *bytes, int count, sqlite3_int64 offset) {
  if (log->count + count > log->capacity) {
    int capacity = (log->count + count) * 2;
    char *larger = realloc(log->bytes, (size_t)capacity);
    if (larger == NULL) return false;
    log->bytes = larger;
    log->capacity = capacity;
  }
  if (log->count == 0) log->offset = offset;
  memcpy(log->bytes + log->count, bytes, (size_t)count);
  log->count += count;
  return true;
}

/// Whether the bytes are the head of a frame, or the page that belongs to the head before. `log` remembers which.
///
/// A head that does not follow on what was written last stands alone: SQLite writes those of a transaction once more when
/// one of its pages has changed since it was written.
static bool is_part_of_frame(gathered_log *log, const void *bytes, int count, sqlite3_int64 offset) {
  static const char none[commit_bytes];
  bool awaited_page = log->awaits_page;
  log->awaits_page = false;
  if (offset != log->next) return false;
  if (awaited_page) return count > frame_head_bytes && count <= largest_page_bytes;
  if (count != frame_head_bytes) return false;
  log->awaits_page = true;
  log->ends_transaction = memcmp((const char *)bytes + commit_offset, none, commit_bytes) != 0;
  return true;
}

static int x_write(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset) {
  gathered_log *log = log_of(file);
  bool is_part = is_part_of_frame(log, bytes, count, offset);
  int code = is_part && log->count <= gathered_bytes_max ? SQLITE_OK : flush(file);
  if (code == SQLITE_OK && (!is_part || !gather(log, bytes, count, offset))) {
    // The head of the log, and what is written again where it stands. Without memory, everything.
    is_part = log->awaits_page = false;
    code = flush(file);
    if (code == SQLITE_OK) code = base_of(file)->pMethods->xWrite(base_of(file), bytes, count, offset);
  }
  log->next = code == SQLITE_OK ? offset + count : -1;
  if (code != SQLITE_OK) return code;
  return is_part && log->ends_transaction && !log->awaits_page ? flush(file) : SQLITE_OK;
}

// ---- Everything else sees what was written ----

static int x_read(sqlite3_file *file, void *bytes, int count, sqlite3_int64 offset) {
  int code = flush(file);
  return code != SQLITE_OK ? code : base_of(file)->pMethods->xRead(base_of(file), bytes, count, offset);
}

static int x_truncate(sqlite3_file *file, sqlite3_int64 size) {
  int code = flush(file);
  return code != SQLITE_OK ? code : base_of(file)->pMethods->xTruncate(base_of(file), size);
}

static int x_sync(sqlite3_file *file, int flags) {
  int code = flush(file);
  return code != SQLITE_OK ? code : base_of(file)->pMethods->xSync(base_of(file), flags);
}

static int x_file_size(sqlite3_file *file, sqlite3_int64 *size) {
  int code = flush(file);
  return code != SQLITE_OK ? code : base_of(file)->pMethods->xFileSize(base_of(file), size);
}

static int x_close(sqlite3_file *file) {
  // What is not written is of a transaction that has not ended: one that has is written with its last frame.
  free(log_of(file)->bytes);
  return base_of(file)->pMethods->xClose(base_of(file));
}

static int x_lock(sqlite3_file *file, int level) { return base_of(file)->pMethods->xLock(base_of(file), level); }

static int x_unlock(sqlite3_file *file, int level) { return base_of(file)->pMethods->xUnlock(base_of(file), level); }

static int x_check_reserved_lock(sqlite3_file *file, int *is_reserved) {
  return base_of(file)->pMethods->xCheckReservedLock(base_of(file), is_reserved);
}

static int x_file_control(sqlite3_file *file, int operation, void *argument) {
  return base_of(file)->pMethods->xFileControl(base_of(file), operation, argument);
}

static int x_sector_size(sqlite3_file *file) { return base_of(file)->pMethods->xSectorSize(base_of(file)); }

static int x_device_characteristics(sqlite3_file *file) {
  return base_of(file)->pMethods->xDeviceCharacteristics(base_of(file));
}

static const sqlite3_io_methods log_methods = {
    // A log has no index of its own and is not mapped: version 1.
    .iVersion = 1,
    .xClose = x_close,
    .xRead = x_read,
    .xWrite = x_write,
    .xTruncate = x_truncate,
    .xSync = x_sync,
    .xFileSize = x_file_size,
    .xLock = x_lock,
    .xUnlock = x_unlock,
    .xCheckReservedLock = x_check_reserved_lock,
    .xFileControl = x_file_control,
    .xSectorSize = x_sector_size,
    .xDeviceCharacteristics = x_device_characteristics,
};

// ---- Transactions that are taken back ----

static void on_rollback(void *connection) {
  sqlite3_file *file = NULL;
  int code = sqlite3_file_control(connection, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file);
  if (code != SQLITE_OK || file == NULL || file->pMethods != &log_methods) return;
  gathered_log *log = log_of(file);
  log->count = 0;
  log->next = -1;
  log->awaits_page = false;
}

void gathered_log_forget_on_rollback(void *connection) {
  sqlite3_rollback_hook(connection, on_rollback, connection);
}

// ---- The VFS ----

static sqlite3_vfs *base_vfs(sqlite3_vfs *vfs) { return sqlite3_vfs_find(((gathered_vfs *)vfs)->base_name); }

static int x_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags) {
  sqlite3_vfs *base = base_vfs(vfs);
  if ((flags & SQLITE_OPEN_WAL) == 0) return base->xOpen(base, name, file, flags, out_flags);
  *log_of(file) = (gathered_log){.next = -1};
  int code = base->xOpen(base, name, base_of(file), flags, out_flags);
  // Without methods SQLite does not close it, and the base has opened nothing.
  if (base_of(file)->pMethods != NULL) file->pMethods = &log_methods;
  return code;
}

static int x_delete(sqlite3_vfs *vfs, const char *name, int sync_directory) {
  return base_vfs(vfs)->xDelete(base_vfs(vfs), name, sync_directory);
}

static int x_access(sqlite3_vfs *vfs, const char *name, int flags, int *result) {
  return base_vfs(vfs)->xAccess(base_vfs(vfs), name, flags, result);
}

static int x_full_path(sqlite3_vfs *vfs, const char *name, int count, char *path) {
  return base_vfs(vfs)->xFullPathname(base_vfs(vfs), name, count, path);
}

static int x_randomness(sqlite3_vfs *vfs, int count, char *bytes) {
  return base_vfs(vfs)->xRandomness(base_vfs(vfs), count, bytes);
}

static int x_sleep(sqlite3_vfs *vfs, int microseconds) { return base_vfs(vfs)->xSleep(base_vfs(vfs), microseconds); }

static int x_current_time(sqlite3_vfs *vfs, double *days) {
  return base_vfs(vfs)->xCurrentTime(base_vfs(vfs), days);
}

static int x_last_error(sqlite3_vfs *vfs, int count, char *text) {
  return base_vfs(vfs)->xGetLastError == NULL ? 0 : base_vfs(vfs)->xGetLastError(base_vfs(vfs), count, text);
}

static void release(gathered_vfs *made) {
  if (made == NULL) return;
  free((char *)made->vfs.zName);
  free(made->base_name);
  free(made);
}

static gathered_vfs *make(const sqlite3_vfs *base, const char *name) {
  gathered_vfs *made = calloc(1, sizeof *made);
  if (made == NULL) return NULL;
  made->base_name = strdup(base->zName);
  made->vfs = (sqlite3_vfs){
      // No later clock than the first, no libraries, no system calls to be exchanged: version 1.
      .iVersion = 1,
      .szOsFile = (int)sizeof(gathered_log) + base->szOsFile,
      .mxPathname = base->mxPathname,
      .zName = strdup(name),
      .xOpen = x_open,
      .xDelete = x_delete,
      .xAccess = x_access,
      .xFullPathname = x_full_path,
      .xRandomness = x_randomness,
      .xSleep = x_sleep,
      .xCurrentTime = x_current_time,
      .xGetLastError = x_last_error,
  };
  if (made->base_name != NULL && made->vfs.zName != NULL) return made;
  release(made);
  return NULL;
}

enum { name_bytes_max = 128 };

static void name_over(const char *base, char name[name_bytes_max]) {
  sqlite3_snprintf(name_bytes_max, name, "gathered-log-over-%s", base);
}

const char *gathered_log_vfs(const char *base_name) {
  sqlite3_vfs *base = sqlite3_vfs_find(base_name);
  if (base == NULL) return NULL;
  char name[name_bytes_max];
  name_over(base->zName, name);
  sqlite3_vfs *known = sqlite3_vfs_find(name);
  if (known != NULL) return known->zName;
  gathered_vfs *made = make(base, name);
  if (made == NULL) return NULL;
  if (sqlite3_vfs_register(&made->vfs, 0) == SQLITE_OK) return made->vfs.zName;
  release(made);
  return NULL;
}

void gathered_log_forget(const char *base_name) {
  char name[name_bytes_max];
  name_over(base_name, name);
  sqlite3_vfs *known = sqlite3_vfs_find(name);
  if (known == NULL) return;
  sqlite3_vfs_unregister(known);
  release((gathered_vfs *)known);
}
