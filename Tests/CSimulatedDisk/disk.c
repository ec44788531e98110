#include "disk.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { SECTOR_BYTES = 512 };

static void *need(void *memory) {
  if (memory == NULL) abort();
  return memory;
}

/* SplitMix64, https://prng.di.unimi.it/splitmix64.c (public domain) */
uint64_t simdisk_random(simdisk *disk) {
  uint64_t z = (disk->random += 0x9E3779B97F4A7C15u);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

/* ---- Faults ---- */

/* What goes wrong with this call, if anything. */
static simdisk_fault next_fault(simdisk *disk) {
  if (disk->hook && !disk->is_off) disk->hook(disk->hook_context);
  uint64_t call = disk->calls++;
  disk->counts.calls++;
  if (disk->is_off) return SIMDISK_POWER_FAILS;
  if (disk->fault == SIMDISK_NO_FAULT || call < disk->fault_from || call >= disk->fault_until) return SIMDISK_NO_FAULT;
  if (disk->fault == SIMDISK_POWER_FAILS) disk->is_off = true;
  return disk->fault;
}

static int failed(simdisk *disk, simdisk_fault fault, int error) {
  disk->counts.failed[fault]++;
  return -error;
}

void simdisk_plan(simdisk *disk, simdisk_fault fault, uint64_t after, uint64_t calls) {
  disk->fault = fault;
  disk->fault_from = disk->calls + after;
  disk->fault_until = calls > UINT64_MAX - disk->fault_from ? UINT64_MAX : disk->fault_from + calls;
}

void simdisk_set_hook(simdisk *disk, void (*hook)(void *context), void *context) {
  disk->hook = hook;
  disk->hook_context = context;
}

void simdisk_power_off(simdisk *disk) { disk->is_off = true; }
bool simdisk_is_off(const simdisk *disk) { return disk->is_off; }
void simdisk_set_sync_ms(simdisk *disk, int64_t ms) { disk->sync_ms = ms; }
void simdisk_set_utc_ms(simdisk *disk, int64_t ms) { disk->utc_ms = ms; }
simdisk_counts simdisk_get_counts(const simdisk *disk) { return disk->counts; }

int64_t simdisk_take_elapsed_ms(simdisk *disk) {
  int64_t ms = disk->elapsed_ms;
  disk->elapsed_ms = 0;
  return ms;
}

/* ---- Contents ---- */

static void resize(content *content, int64_t size) {
  if (size > content->capacity) {
    int64_t capacity = content->capacity * 2 > size ? content->capacity * 2 : size;
    content->bytes = need(realloc(content->bytes, (size_t)capacity));
    content->capacity = capacity;
  }
  if (size > content->size) memset(content->bytes + content->size, 0, (size_t)(size - content->size));
  content->size = size;
}

static void put(content *content, const uint8_t *bytes, int64_t count, int64_t offset) {
  if (offset + count > content->size) resize(content, offset + count);
  memcpy(content->bytes + offset, bytes, (size_t)count);
}

static void copy_content(content *to, const content *from) {
  to->size = 0;
  resize(to, from->size);
  if (from->size > 0) memcpy(to->bytes, from->bytes, (size_t)from->size);
}

static change *take_first(inode *inode) {
  change *first = inode->first;
  inode->first = first->next;
  if (inode->first == NULL) inode->last = NULL;
  return first;
}

static void apply(inode *inode, const change *change) {
  if (change->is_truncation) resize(&inode->platter, change->offset);
  else put(&inode->platter, change->bytes, change->count, change->offset);
}

static void wait_for_sync(inode *inode, int64_t offset, const void *bytes, int64_t count, bool is_truncation) {
  change *added = need(malloc(sizeof(change) + (size_t)count));
  added->next = NULL;
  added->offset = offset;
  added->count = count;
  added->is_truncation = is_truncation;
  if (count > 0) memcpy(added->bytes, bytes, (size_t)count);
  if (inode->last) inode->last->next = added; else inode->first = added;
  inode->last = added;
}

static void carry_to_platter(inode *inode) {
  while (inode->first) {
    change *change = take_first(inode);
    apply(inode, change);
    free(change);
  }
}

/* Some sectors of a write arrive, others do not. */
static void tear(simdisk *disk, inode *inode, const change *change) {
  for (int64_t from = 0; from < change->count;) {
    int64_t until = from + SECTOR_BYTES - (change->offset + from) % SECTOR_BYTES;
    if (until > change->count) until = change->count;
    if (simdisk_random(disk) & 1) put(&inode->platter, change->bytes + from, until - from, change->offset + from);
    from = until;
  }
}

/* What waits is kept, lost or torn. */
static void settle_by_chance(simdisk *disk, inode *inode) {
  /* Now and then everything is kept, or everything lost: the ends of what can happen. */
  uint64_t way = simdisk_random(disk) % 4;
  while (inode->first) {
    change *change = take_first(inode);
    uint64_t fate = way == 0 ? 0 : way == 1 ? 1 : simdisk_random(disk) % 3;
    if (fate == 0) { apply(inode, change); disk->counts.kept++; }
    else if (fate == 1 || change->is_truncation) disk->counts.lost++;
    else { tear(disk, inode, change); disk->counts.torn++; }
    free(change);
  }
}

/* ---- Names ---- */

static name **find(name **list, const char *path) {
  while (*list && strcmp((*list)->path, path) != 0) list = &(*list)->next;
  return list;
}

static void give(name **list, const char *path, inode *inode) {
  name **place = find(list, path);
  if (*place == NULL) {
    *place = need(calloc(1, sizeof(name)));
    (*place)->path = need(strdup(path));
  } else if ((*place)->inode) {
    (*place)->inode->names--;
  }
  (*place)->inode = inode;
  if (inode) inode->names++;
}

static void take(name **list, const char *path) {
  name **place = find(list, path);
  name *taken = *place;
  if (taken == NULL) return;
  if (taken->inode) taken->inode->names--;
  *place = taken->next;
  free(taken->path);
  free(taken);
}

static void free_inode(inode *inode) {
  while (inode->first) free(take_first(inode));
  for (int i = 0; i < inode->index.count; i++) free(inode->index.regions[i]);
  free(inode->index.regions);
  free(inode->now.bytes);
  free(inode->platter.bytes);
  free(inode);
}

static void sweep(simdisk *disk) {
  for (inode **place = &disk->inodes; *place;) {
    inode *inode = *place;
    if (inode->names == 0 && inode->opened == 0) {
      *place = inode->next;
      free_inode(inode);
    } else {
      place = &inode->next;
    }
  }
}

static void apply_names(simdisk *disk, name_change *change) {
  if (change->taken) take(&disk->platter, change->taken);
  if (change->given) give(&disk->platter, change->given, change->inode);
}

static void free_name_change(name_change *change) {
  if (change->inode) change->inode->names--;
  free(change->taken);
  free(change->given);
  free(change);
}

/* Changes the names that a program sees; on the platter it happens with the sync of the directory. */
static void change_names(simdisk *disk, const char *taken, const char *given, inode *inode) {
  if (taken) take(&disk->now, taken);
  if (given) give(&disk->now, given, inode);
  name_change *added = need(calloc(1, sizeof(name_change)));
  added->taken = taken ? need(strdup(taken)) : NULL;
  added->given = given ? need(strdup(given)) : NULL;
  added->inode = inode;
  if (inode) inode->names++;
  if (disk->last) disk->last->next = added; else disk->first = added;
  disk->last = added;
}

void simdisk_parent(const char *path, char *buffer, int capacity) {
  const char *slash = strrchr(path, '/');
  int count = slash ? (int)(slash - path) : 0;
  if (count >= capacity) count = capacity - 1;
  memcpy(buffer, path, (size_t)count);
  buffer[count] = 0;
}

static bool is_in(const char *path, const char *directory) {
  size_t count = strcmp(directory, "/") == 0 ? 0 : strlen(directory);
  return path && strncmp(path, directory, count) == 0 && path[count] == '/' && strchr(path + count + 1, '/') == NULL;
}

/* Decides what becomes of the changes of names for which `is_settled` says so, in their order. */
static void settle_names(simdisk *disk, const char *directory, bool by_chance) {
  name_change **place = &disk->first;
  disk->last = NULL;
  while (*place) {
    name_change *change = *place;
    if (directory && !is_in(change->taken, directory) && !is_in(change->given, directory)) {
      disk->last = change;
      place = &change->next;
      continue;
    }
    if (by_chance && simdisk_random(disk) & 1) disk->counts.names_lost++;
    else apply_names(disk, change);
    *place = change->next;
    free_name_change(change);
  }
}

/* ---- The disk ---- */

simdisk *simdisk_new(uint64_t seed) {
  simdisk *disk = need(calloc(1, sizeof(simdisk)));
  disk->random = seed;
  return disk;
}

simdisk *simdisk_copy(const simdisk *from, uint64_t seed) {
  simdisk *disk = simdisk_new(seed);
  for (const name *name = from->platter; name; name = name->next) {
    inode *copy = NULL;
    if (name->inode) {
      copy = need(calloc(1, sizeof(inode)));
      copy->next = disk->inodes;
      disk->inodes = copy;
      copy_content(&copy->platter, &name->inode->platter);
      copy_content(&copy->now, &name->inode->platter);
    }
    give(&disk->platter, name->path, copy);
    give(&disk->now, name->path, copy);
  }
  return disk;
}

void simdisk_free(simdisk *disk) {
  simdisk_unregister(disk);
  while (disk->first) {
    name_change *change = disk->first;
    disk->first = change->next;
    free_name_change(change);
  }
  while (disk->now) take(&disk->now, disk->now->path);
  while (disk->platter) take(&disk->platter, disk->platter->path);
  while (disk->inodes) {
    inode *inode = disk->inodes;
    disk->inodes = inode->next;
    free_inode(inode);
  }
  free(disk);
}

/* What it had in shared memory and its locks are gone. */
static void forget_program(simdisk *disk) {
  for (inode *inode = disk->inodes; inode; inode = inode->next) {
    for (int i = 0; i < inode->index.count; i++) free(inode->index.regions[i]);
    free(inode->index.regions);
    memset(&inode->index, 0, sizeof(inode->index));
    memset(&inode->locks, 0, sizeof(inode->locks));
  }
}

void simdisk_power_on(simdisk *disk) {
  for (inode *inode = disk->inodes; inode; inode = inode->next) settle_by_chance(disk, inode);
  settle_names(disk, NULL, true);
  while (disk->now) take(&disk->now, disk->now->path);
  for (name *name = disk->platter; name; name = name->next) give(&disk->now, name->path, name->inode);
  for (inode *inode = disk->inodes; inode; inode = inode->next) copy_content(&inode->now, &inode->platter);
  simdisk_program_died(disk);
}

int simdisk_open_files(const simdisk *disk) {
  int count = 0;
  for (const inode *inode = disk->inodes; inode; inode = inode->next) count += inode->opened;
  return count;
}

void simdisk_program_died(simdisk *disk) {
  forget_program(disk);
  sweep(disk);
  disk->is_off = false;
  disk->fault = SIMDISK_NO_FAULT;
}

/* ---- Calls ---- */

int simdisk_status(simdisk *disk, const char *path, int64_t *size) {
  name *found = *find(&disk->now, path);
  *size = found && found->inode ? found->inode->now.size : 0;
  return found == NULL ? 0 : found->inode ? 1 : 2;
}

int simdisk_make_directory(simdisk *disk, const char *path) {
  simdisk_fault fault = next_fault(disk);
  if (fault == SIMDISK_POWER_FAILS || fault == SIMDISK_WRITES_FAIL) return failed(disk, fault, EIO);
  if (fault == SIMDISK_IS_FULL) return failed(disk, fault, ENOSPC);
  if (*find(&disk->now, path)) return -EEXIST;
  change_names(disk, NULL, path, NULL);
  return 0;
}

int simdisk_sync_directory(simdisk *disk, const char *path) {
  simdisk_fault fault = next_fault(disk);
  if (fault == SIMDISK_POWER_FAILS || fault == SIMDISK_SYNCS_FAIL) return failed(disk, fault, EIO);
  disk->counts.directory_syncs++;
  disk->elapsed_ms += disk->sync_ms;
  settle_names(disk, path, false);
  return 0;
}

int simdisk_rename(simdisk *disk, const char *path, const char *target) {
  simdisk_fault fault = next_fault(disk);
  if (fault == SIMDISK_POWER_FAILS || fault == SIMDISK_WRITES_FAIL) return failed(disk, fault, EIO);
  name *found = *find(&disk->now, path);
  if (found == NULL) return -ENOENT;
  change_names(disk, path, target, found->inode);
  sweep(disk);
  return 0;
}

int simdisk_remove(simdisk *disk, const char *path) {
  simdisk_fault fault = next_fault(disk);
  if (fault == SIMDISK_POWER_FAILS || fault == SIMDISK_WRITES_FAIL) return failed(disk, fault, EIO);
  if (*find(&disk->now, path) == NULL) return -ENOENT;
  change_names(disk, path, NULL, NULL);
  sweep(disk);
  return 0;
}

const char *simdisk_next_name(simdisk *disk, const char *directory, const char *after) {
  const char *best = NULL;
  size_t skipped = strlen(directory) + 1;
  for (name *name = disk->now; name; name = name->next) {
    if (!is_in(name->path, directory)) continue;
    const char *found = name->path + skipped;
    if (strcmp(found, after) > 0 && (best == NULL || strcmp(found, best) < 0)) best = found;
  }
  if (best == NULL || strlen(best) >= sizeof(disk->listed)) return NULL;
  return strcpy(disk->listed, best);
}

static simdisk_file *opened(simdisk *disk, inode *inode) {
  simdisk_file *file = need(malloc(sizeof(simdisk_file)));
  *file = (simdisk_file){.disk = disk, .inode = inode, .failures_known = inode->failures};
  inode->opened++;
  return file;
}

static inode *new_inode(simdisk *disk) {
  inode *inode = need(calloc(1, sizeof(*inode)));
  inode->next = disk->inodes;
  disk->inodes = inode;
  return inode;
}

int simdisk_open(simdisk *disk, const char *path, bool create, simdisk_file **file) {
  *file = NULL;
  simdisk_fault fault = next_fault(disk);
  if (fault == SIMDISK_POWER_FAILS) return failed(disk, fault, EIO);
  name *found = *find(&disk->now, path);
  if (found && (create || found->inode == NULL)) return create ? -EEXIST : -EISDIR;
  if (found == NULL) {
    if (!create) return -ENOENT;
    if (fault == SIMDISK_WRITES_FAIL) return failed(disk, fault, EIO);
    if (fault == SIMDISK_IS_FULL) return failed(disk, fault, ENOSPC);
    inode *inode = new_inode(disk);
    change_names(disk, NULL, path, inode);
    *file = opened(disk, inode);
    return 0;
  }
  *file = opened(disk, found->inode);
  return 0;
}

int simdisk_open_nameless(simdisk *disk, simdisk_file **file) {
  *file = opened(disk, new_inode(disk));
  return 0;
}

void simdisk_close(simdisk_file *file) {
  file->inode->opened--;
  sweep(file->disk);
  free(file);
}

int64_t simdisk_size(simdisk_file *file) { return file->inode->now.size; }

int64_t simdisk_read(simdisk_file *file, void *bytes, int64_t count, int64_t offset) {
  /* Reading fails with the power only: a program that cannot read what it has written is another subject. */
  if (file->disk->is_off) return failed(file->disk, SIMDISK_POWER_FAILS, EIO);
  int64_t left = file->inode->now.size - offset;
  if (left <= 0) return 0;
  if (left < count) count = left;
  memcpy(bytes, file->inode->now.bytes + offset, (size_t)count);
  return count;
}

int64_t simdisk_write(simdisk_file *file, const void *bytes, int64_t count, int64_t offset) {
  simdisk *disk = file->disk;
  simdisk_fault fault = next_fault(disk);
  if (fault == SIMDISK_POWER_FAILS || fault == SIMDISK_WRITES_FAIL) return failed(disk, fault, EIO);
  bool grows = offset + count > file->inode->now.size;
  if (fault == SIMDISK_IS_FULL && grows) return failed(disk, fault, ENOSPC);
  if (fault == SIMDISK_WRITES_SHORT && grows) {
    disk->counts.failed[fault]++;
    count /= 2;
  }
  disk->counts.writes++;
  put(&file->inode->now, bytes, count, offset);
  wait_for_sync(file->inode, offset, bytes, count, false);
  return count;
}

int simdisk_truncate(simdisk_file *file, int64_t size) {
  simdisk_fault fault = next_fault(file->disk);
  if (fault == SIMDISK_POWER_FAILS || fault == SIMDISK_WRITES_FAIL) return failed(file->disk, fault, EIO);
  resize(&file->inode->now, size);
  wait_for_sync(file->inode, size, NULL, 0, true);
  return 0;
}

int simdisk_sync(simdisk_file *file) {
  simdisk *disk = file->disk;
  simdisk_fault fault = next_fault(disk);
  if (fault == SIMDISK_POWER_FAILS) return failed(disk, fault, EIO);
  disk->elapsed_ms += disk->sync_ms;
  if (fault == SIMDISK_SYNCS_FAIL) {
    /* Linux marks the pages clean: no later sync writes them (https://lwn.net/Articles/752063/). */
    settle_by_chance(disk, file->inode);
    file->failures_known = ++file->inode->failures;
    return failed(disk, fault, EIO);
  }
  disk->counts.syncs++;
  carry_to_platter(file->inode);
  /* Everybody who had the file open hears of the failure once (https://docs.kernel.org/core-api/errseq.html). */
  if (file->failures_known == file->inode->failures) return 0;
  file->failures_known = file->inode->failures;
  return failed(disk, SIMDISK_SYNCS_FAIL, EIO);
}
