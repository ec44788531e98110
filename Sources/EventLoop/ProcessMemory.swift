private import CLinux

/// Has this process keep freed memory for its next use, up to `bytes` per thread, instead of giving it back at once.
///
/// Every transaction of SQLite allocates and frees some hundred KiB. glibc gives that back to the kernel when it is at
/// the end of the heap, and the next transaction pays for each page again: the larger part of its time.
package func keepFreedMemory(bytes: Int32) { linux_keep_memory(bytes) }

/// Has the kernel forget which pages of the program and its libraries this process has used so far; what is used again is
/// mapped again, out of the page cache.
///
/// The kernel takes a killed process out of its memory page by page, and closes its sockets only then. Starting touches
/// most of a program that then runs in a fraction of it.
package func forgetProgramPages() { linux_forget_program_pages() }

/// Starts a process that shares this one's memory, sleeps until this one has ended, and ends a moment later.
///
/// When this process is killed, its memory is then not freed before its sockets are closed: whoever is at their other end
/// knows sooner. The other process has no descriptor, no signal reaches it, and it runs nothing of this one's code.
package func keepMemoryForAMomentAfterDeath() { linux_start_memory_keeper() }
