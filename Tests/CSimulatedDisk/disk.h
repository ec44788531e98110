#ifndef GENBROKER_SIMDISK_DISK_H
#define GENBROKER_SIMDISK_DISK_H

#include "CSimulatedDisk.h"
#include <sqlite3.h>

struct simdisk_vfs;

/* A write or truncation that is not on the platter. */
typedef struct change {
  struct change *next;
  int64_t offset, count;
  bool is_truncation;
  uint8_t bytes[];
} change;

typedef struct {
  uint8_t *bytes;
  int64_t size, capacity;
} content;

/* Locks of one database, shared by its connections (https://sqlite.org/lockingv3.html). */
typedef struct {
  int shared;
  bool reserved, pending, exclusive;
} locks;

/* The index of a write-ahead log: shared memory, gone with the program. */
typedef struct {
  void **regions;
  int count, region_bytes, users;
  int shared[SQLITE_SHM_NLOCK];
  bool exclusive[SQLITE_SHM_NLOCK];
} wal_index;

/* What a file is, by whatever names it has. */
typedef struct inode {
  struct inode *next;
  int names, opened;
  /* How many of its syncs have failed. */
  uint64_t failures;
  content now, platter;
  change *first, *last;
  locks locks;
  wal_index index;
} inode;

/* A name; `inode` is NULL for a directory. */
typedef struct name {
  struct name *next;
  char *path;
  inode *inode;
} name;

/* A change of names that is not on the platter: the name is given to the inode, or taken away. */
typedef struct name_change {
  struct name_change *next;
  char *taken, *given;
  inode *inode;
} name_change;

struct simdisk {
  inode *inodes;
  name *now, *platter;
  name_change *first, *last;
  uint64_t random;
  uint64_t calls, fault_from, fault_until;
  simdisk_fault fault;
  bool is_off;
  int64_t sync_ms, elapsed_ms, utc_ms;
  simdisk_counts counts;
  char listed[512];
  struct simdisk_vfs *vfs;
  void (*hook)(void *context);
  void *hook_context;
};

struct simdisk_file {
  simdisk *disk;
  inode *inode;
  /* The failed syncs of the inode that whoever has opened this knows of. */
  uint64_t failures_known;
};

uint64_t simdisk_random(simdisk *disk);
int simdisk_open_nameless(simdisk *disk, simdisk_file **file);
/* The part of a path before its last slash, in `buffer`. */
void simdisk_parent(const char *path, char *buffer, int capacity);
void simdisk_unregister(simdisk *disk);
#endif
