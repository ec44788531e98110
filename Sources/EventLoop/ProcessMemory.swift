private import CLinux

/// Has this process keep freed memory for its next use, up to `bytes` per thread, instead of giving it back at once.
///
/// Every transaction of SQLite allocates and frees some hundred KiB. glibc gives that back to the kernel when it is at
/// the end of the heap, and the next transaction pays for each page again: the larger part of its time.
package func keepFreedMemory(bytes: Int32) { linux_keep_memory(bytes) }
