#ifndef GENBROKER_CSTATFS_SHIM_H
#define GENBROKER_CSTATFS_SHIM_H

#include <sys/vfs.h>

/* The type of the file system of a path (statfs(2)), or -1. Swift's Glibc module leaves sys/vfs.h out. */
static inline long gb_file_system_type(const char *path) {
  struct statfs status;
  return statfs(path, &status) == 0 ? (long)status.f_type : -1;
}

#endif
