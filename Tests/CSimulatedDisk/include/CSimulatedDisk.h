#ifndef GENBROKER_CSIMULATEDDISK_H
#define GENBROKER_CSIMULATEDDISK_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A disk in memory that forgets what was not synced, as a real one may when its power fails.
 *
 * Files have two contents: what a program reads, and what is on the platter. A write changes the first and waits; a
 * sync carries what waits to the second. The same holds for the names in a directory. When the power fails every write
 * that waits is kept, lost, or torn at sectors of 512 bytes, by the disk's own random numbers, and likewise every change
 * of a name, one independently of the other: a disk promises no order between two syncs.
 *
 * Used by one thread. Paths are compared as they are; the disk has no notion of links or of a current directory.
 */
typedef struct simdisk simdisk;

/* What goes wrong with the calls of a disk. */
typedef enum {
  SIMDISK_NO_FAULT = 0,
  /* The power fails: from this call on every call fails, until simdisk_power_on. */
  SIMDISK_POWER_FAILS,
  /* Writes fail with EIO. */
  SIMDISK_WRITES_FAIL,
  /* Syncs fail with EIO; what waited is then kept or lost, and is never written by a later sync. The next sync through
   * each other open file of it fails, too, and writes what has come since. */
  SIMDISK_SYNCS_FAIL,
  /* Files cannot grow: ENOSPC. */
  SIMDISK_IS_FULL,
  /* Half of what is to be written is, then ENOSPC. */
  SIMDISK_WRITES_SHORT,
  SIMDISK_FAULT_KINDS
} simdisk_fault;

typedef struct {
  uint64_t calls, writes, syncs, directory_syncs;
  /* Writes that power failures have kept, lost and torn; changes of names that they have lost. */
  uint64_t kept, lost, torn, names_lost;
  /* Calls that failed, by the fault they failed of. */
  uint64_t failed[SIMDISK_FAULT_KINDS];
} simdisk_counts;

simdisk *simdisk_new(uint64_t seed);
/* A copy of what is on the platter of another one that nobody has open. */
simdisk *simdisk_copy(const simdisk *disk, uint64_t seed);
void simdisk_free(simdisk *disk);

/* Plans one fault: it begins with the call number `after` from now (0 is the next), and lasts for `calls` calls. */
void simdisk_plan(simdisk *disk, simdisk_fault fault, uint64_t after, uint64_t calls);
/* The power fails now. */
void simdisk_power_off(simdisk *disk);
/* Calls `hook` before every call of the disk that changes or syncs something, NULL for none: what other threads do
   meanwhile. */
void simdisk_set_hook(simdisk *disk, void (*hook)(void *context), void *context);
/* Whether the power has failed. */
bool simdisk_is_off(const simdisk *disk);
/* The power is back: everything that waited is kept, lost or torn. */
void simdisk_power_on(simdisk *disk);
/* Files that the program has open. */
int simdisk_open_files(const simdisk *disk);
/* The program that used the disk is gone, the machine is not: nothing that waits is lost. Undoes simdisk_power_off. */
void simdisk_program_died(simdisk *disk);
/* Every sync takes so many milliseconds of simulated time. */
void simdisk_set_sync_ms(simdisk *disk, int64_t ms);
/* Simulated time that the calls have taken since it was last asked, in milliseconds. */
int64_t simdisk_take_elapsed_ms(simdisk *disk);
/* The time that SQLite is told, ms since 1970. */
void simdisk_set_utc_ms(simdisk *disk, int64_t ms);
simdisk_counts simdisk_get_counts(const simdisk *disk);

/* Makes the disk a VFS of SQLite of this name (https://sqlite.org/vfs.html). Returns an SQLite code. */
int simdisk_register(simdisk *disk, const char *name);

/* Calls on files. They return a negative errno for a failure. */

/* 0: nothing there, 1: a file, 2: a directory. */
int simdisk_status(simdisk *disk, const char *path, int64_t *size);
int simdisk_make_directory(simdisk *disk, const char *path);
int simdisk_sync_directory(simdisk *disk, const char *path);
int simdisk_rename(simdisk *disk, const char *path, const char *target);
int simdisk_remove(simdisk *disk, const char *path);
/* The name behind `after` in the directory, in the order of bytes; NULL behind the last. Valid until the next call. */
const char *simdisk_next_name(simdisk *disk, const char *directory, const char *after);

typedef struct simdisk_file simdisk_file;

/* Fails when the file is there (create) or is not (otherwise). */
int simdisk_open(simdisk *disk, const char *path, bool create, simdisk_file **file);
void simdisk_close(simdisk_file *file);
int64_t simdisk_size(simdisk_file *file);
int64_t simdisk_read(simdisk_file *file, void *bytes, int64_t count, int64_t offset);
/* How many bytes were written, which is less than `count` only when the disk is full. */
int64_t simdisk_write(simdisk_file *file, const void *bytes, int64_t count, int64_t offset);
int simdisk_truncate(simdisk_file *file, int64_t size);
int simdisk_sync(simdisk_file *file);

#endif
