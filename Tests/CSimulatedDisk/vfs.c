/* The simulated disk as a VFS of SQLite: https://sqlite.org/vfs.html, https://sqlite.org/c3ref/io_methods.html */

#include "disk.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

typedef struct simdisk_vfs {
  sqlite3_vfs base;
  simdisk *disk;
} simdisk_vfs;

/* One connection's file. */
typedef struct {
  sqlite3_file base;
  simdisk_file *file;
  simdisk *disk;
  int lock;
  bool is_log, deletes_at_close, uses_index;
  /* The slots of the log's index that this connection has locked. */
  bool shared[SQLITE_SHM_NLOCK], exclusive[SQLITE_SHM_NLOCK];
  char directory[256];
  char path[256];
} vfs_file;

static simdisk *disk_of(sqlite3_vfs *vfs) { return ((simdisk_vfs *)vfs)->disk; }
static vfs_file *file_of(sqlite3_file *file) { return (vfs_file *)file; }
static inode *inode_of(sqlite3_file *file) { return file_of(file)->file->inode; }

/* ---- Contents ---- */

static int x_read(sqlite3_file *file, void *bytes, int count, sqlite3_int64 offset) {
  int64_t got = simdisk_read(file_of(file)->file, bytes, count, offset);
  if (got < 0) return SQLITE_IOERR_READ;
  if (got == count) return SQLITE_OK;
  memset((char *)bytes + got, 0, (size_t)(count - got));
  return SQLITE_IOERR_SHORT_READ;
}

static int x_write(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset) {
  int64_t done = simdisk_write(file_of(file)->file, bytes, count, offset);
  if (done == -ENOSPC || (done >= 0 && done < count)) return SQLITE_FULL;
  return done < 0 ? SQLITE_IOERR_WRITE : SQLITE_OK;
}

static int x_truncate(sqlite3_file *file, sqlite3_int64 size) {
  return simdisk_truncate(file_of(file)->file, size) < 0 ? SQLITE_IOERR_TRUNCATE : SQLITE_OK;
}

static int x_sync(sqlite3_file *file, int flags) {
  (void)flags;
  vfs_file *own = file_of(file);
  if (simdisk_sync(own->file) < 0) return SQLITE_IOERR_FSYNC;
  /* SQLite's own VFS syncs the directory of a new journal or log with its first sync (os_unix.c, UNIXFILE_DIRSYNC). */
  if (own->is_log && simdisk_sync_directory(own->disk, own->directory) < 0) return SQLITE_IOERR_DIR_FSYNC;
  own->is_log = false;
  return SQLITE_OK;
}

static int x_file_size(sqlite3_file *file, sqlite3_int64 *size) {
  *size = simdisk_size(file_of(file)->file);
  return SQLITE_OK;
}

static int x_file_control(sqlite3_file *file, int operation, void *argument) {
  (void)file;
  (void)operation;
  (void)argument;
  return SQLITE_NOTFOUND;
}

static int x_sector_size(sqlite3_file *file) {
  (void)file;
  return 4096;
}

/* The same as SQLite's own VFS says of a disk on Linux. */
static int x_characteristics(sqlite3_file *file) {
  (void)file;
  return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

/* ---- Locks of the database (https://sqlite.org/lockingv3.html) ---- */

static int x_unlock(sqlite3_file *file, int lock) {
  vfs_file *own = file_of(file);
  locks *locks = &inode_of(file)->locks;
  if (own->lock <= lock) return SQLITE_OK;
  if (own->lock == SQLITE_LOCK_EXCLUSIVE) locks->exclusive = false;
  if (own->lock >= SQLITE_LOCK_PENDING) locks->pending = false;
  if (own->lock >= SQLITE_LOCK_RESERVED) locks->reserved = false;
  if (lock == SQLITE_LOCK_NONE) locks->shared--;
  own->lock = lock;
  return SQLITE_OK;
}

static int x_lock(sqlite3_file *file, int lock) {
  vfs_file *own = file_of(file);
  locks *locks = &inode_of(file)->locks;
  if (own->lock >= lock) return SQLITE_OK;
  if (own->lock == SQLITE_LOCK_NONE) {
    if (locks->pending || locks->exclusive) return SQLITE_BUSY;
    locks->shared++;
    own->lock = SQLITE_LOCK_SHARED;
  }
  if (lock >= SQLITE_LOCK_RESERVED && own->lock < SQLITE_LOCK_RESERVED) {
    if (locks->reserved) return SQLITE_BUSY;
    locks->reserved = true;
    own->lock = SQLITE_LOCK_RESERVED;
  }
  if (lock == SQLITE_LOCK_EXCLUSIVE) {
    locks->pending = true;
    own->lock = SQLITE_LOCK_PENDING;
    if (locks->shared > 1) return SQLITE_BUSY;
    locks->exclusive = true;
    own->lock = SQLITE_LOCK_EXCLUSIVE;
  }
  return SQLITE_OK;
}

static int x_check_reserved(sqlite3_file *file, int *is_reserved) {
  *is_reserved = inode_of(file)->locks.reserved;
  return SQLITE_OK;
}

/* ---- The index of the log (https://sqlite.org/walformat.html) ---- */

static int x_shm_map(sqlite3_file *file, int region, int bytes, int may_extend, void volatile **memory) {
  wal_index *index = &inode_of(file)->index;
  if (!file_of(file)->uses_index) {
    file_of(file)->uses_index = true;
    index->users++;
  }
  *memory = NULL;
  if (region >= index->count) {
    if (!may_extend) return SQLITE_OK;
    index->regions = realloc(index->regions, sizeof(void *) * (size_t)(region + 1));
    if (index->regions == NULL) return SQLITE_IOERR_NOMEM;
    for (; index->count <= region; index->count++) {
      index->regions[index->count] = calloc(1, (size_t)bytes);
      if (index->regions[index->count] == NULL) return SQLITE_IOERR_NOMEM;
    }
  }
  *memory = index->regions[region];
  return SQLITE_OK;
}

static void shm_unlock(vfs_file *own, wal_index *index, int slot) {
  if (own->shared[slot]) index->shared[slot]--;
  if (own->exclusive[slot]) index->exclusive[slot] = false;
  own->shared[slot] = own->exclusive[slot] = false;
}

static int x_shm_lock(sqlite3_file *file, int first, int count, int flags) {
  vfs_file *own = file_of(file);
  wal_index *index = &inode_of(file)->index;
  for (int slot = first; slot < first + count; slot++) {
    if (flags & SQLITE_SHM_UNLOCK) {
      shm_unlock(own, index, slot);
      continue;
    }
    int others = index->shared[slot] - (own->shared[slot] ? 1 : 0);
    bool is_taken = index->exclusive[slot] && !own->exclusive[slot];
    if (is_taken || ((flags & SQLITE_SHM_EXCLUSIVE) && others > 0)) {
      for (int taken = first; taken < slot; taken++) shm_unlock(own, index, taken);
      return SQLITE_BUSY;
    }
    shm_unlock(own, index, slot);
    if (flags & SQLITE_SHM_EXCLUSIVE) index->exclusive[slot] = own->exclusive[slot] = true;
    else { index->shared[slot]++; own->shared[slot] = true; }
  }
  return SQLITE_OK;
}

static void x_shm_barrier(sqlite3_file *file) { (void)file; }

static int x_shm_unmap(sqlite3_file *file, int deletes) {
  vfs_file *own = file_of(file);
  wal_index *index = &inode_of(file)->index;
  if (!own->uses_index) return SQLITE_OK;
  for (int slot = 0; slot < SQLITE_SHM_NLOCK; slot++) shm_unlock(own, index, slot);
  own->uses_index = false;
  index->users--;
  if (deletes && index->users == 0) {
    for (int i = 0; i < index->count; i++) free(index->regions[i]);
    free(index->regions);
    memset(index, 0, sizeof(*index));
  }
  return SQLITE_OK;
}

static int x_close(sqlite3_file *file) {
  vfs_file *own = file_of(file);
  x_shm_unmap(file, 0);
  x_unlock(file, SQLITE_LOCK_NONE);
  if (own->deletes_at_close && own->path[0]) simdisk_remove(own->disk, own->path);
  simdisk_close(own->file);
  return SQLITE_OK;
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = x_close,
    .xRead = x_read,
    .xWrite = x_write,
    .xTruncate = x_truncate,
    .xSync = x_sync,
    .xFileSize = x_file_size,
    .xLock = x_lock,
    .xUnlock = x_unlock,
    .xCheckReservedLock = x_check_reserved,
    .xFileControl = x_file_control,
    .xSectorSize = x_sector_size,
    .xDeviceCharacteristics = x_characteristics,
    .xShmMap = x_shm_map,
    .xShmLock = x_shm_lock,
    .xShmBarrier = x_shm_barrier,
    .xShmUnmap = x_shm_unmap,
};

/* ---- The VFS ---- */

static int x_open(sqlite3_vfs *vfs, sqlite3_filename path, sqlite3_file *file, int flags, int *out_flags) {
  simdisk *disk = disk_of(vfs);
  vfs_file *own = file_of(file);
  memset(own, 0, sizeof(*own));
  int answer;
  if (path == NULL) {
    answer = simdisk_open_nameless(disk, &own->file);
  } else {
    if (strlen(path) >= sizeof(own->path)) return SQLITE_CANTOPEN;
    int64_t size;
    bool creates = (flags & SQLITE_OPEN_CREATE) && simdisk_status(disk, path, &size) == 0;
    answer = simdisk_open(disk, path, creates, &own->file);
    own->is_log = creates && (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL));
    strcpy(own->path, path);
    simdisk_parent(path, own->directory, sizeof(own->directory));
  }
  if (answer == -ENOSPC) return SQLITE_FULL;
  if (answer < 0) return SQLITE_CANTOPEN;
  own->disk = disk;
  own->deletes_at_close = flags & SQLITE_OPEN_DELETEONCLOSE;
  own->base.pMethods = &methods;
  if (out_flags) *out_flags = flags;
  return SQLITE_OK;
}

static int x_delete(sqlite3_vfs *vfs, const char *path, int syncs_directory) {
  simdisk *disk = disk_of(vfs);
  int answer = simdisk_remove(disk, path);
  if (answer == -ENOENT) return SQLITE_IOERR_DELETE_NOENT;
  if (answer < 0) return SQLITE_IOERR_DELETE;
  char directory[256];
  simdisk_parent(path, directory, sizeof(directory));
  if (syncs_directory && simdisk_sync_directory(disk, directory) < 0) return SQLITE_IOERR_DIR_FSYNC;
  return SQLITE_OK;
}

static int x_access(sqlite3_vfs *vfs, const char *path, int flags, int *answer) {
  int64_t size = 0;
  int kind = simdisk_status(disk_of(vfs), path, &size);
  /* As os_unix.c: an empty file does not exist. */
  *answer = flags == SQLITE_ACCESS_EXISTS ? kind == 1 && size > 0 : kind == 1;
  return SQLITE_OK;
}

static int x_full_path(sqlite3_vfs *vfs, const char *path, int capacity, char *full) {
  (void)vfs;
  if ((int)strlen(path) >= capacity) return SQLITE_CANTOPEN;
  strcpy(full, path);
  return SQLITE_OK;
}

static int x_randomness(sqlite3_vfs *vfs, int count, char *bytes) {
  for (int i = 0; i < count; i++) bytes[i] = (char)simdisk_random(disk_of(vfs));
  return count;
}

static int x_sleep(sqlite3_vfs *vfs, int microseconds) {
  disk_of(vfs)->elapsed_ms += (microseconds + 999) / 1000;
  return microseconds;
}

static int x_now_ms(sqlite3_vfs *vfs, sqlite3_int64 *now) {
  *now = 210866760000000LL + disk_of(vfs)->utc_ms; /* Julian day of 1970-01-01, in ms */
  return SQLITE_OK;
}

static int x_now(sqlite3_vfs *vfs, double *now) {
  sqlite3_int64 ms;
  x_now_ms(vfs, &ms);
  *now = (double)ms / 86400000.0;
  return SQLITE_OK;
}

static int x_last_error(sqlite3_vfs *vfs, int count, char *text) {
  (void)vfs;
  if (count > 0) text[0] = 0;
  return 0;
}

int simdisk_register(simdisk *disk, const char *name) {
  simdisk_vfs *vfs = calloc(1, sizeof(simdisk_vfs));
  if (vfs == NULL) return SQLITE_NOMEM;
  vfs->disk = disk;
  vfs->base = (sqlite3_vfs){
      .iVersion = 2,
      .szOsFile = sizeof(vfs_file),
      .mxPathname = 255,
      .zName = strdup(name),
      .xOpen = x_open,
      .xDelete = x_delete,
      .xAccess = x_access,
      .xFullPathname = x_full_path,
      .xRandomness = x_randomness,
      .xSleep = x_sleep,
      .xCurrentTime = x_now,
      .xGetLastError = x_last_error,
      .xCurrentTimeInt64 = x_now_ms,
  };
  disk->vfs = vfs;
  return sqlite3_vfs_register(&vfs->base, 0);
}

void simdisk_unregister(simdisk *disk) {
  if (disk->vfs == NULL) return;
  sqlite3_vfs_unregister(&disk->vfs->base);
  free((char *)disk->vfs->base.zName);
  free(disk->vfs);
  disk->vfs = NULL;
}
