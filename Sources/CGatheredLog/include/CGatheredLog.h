// A VFS of SQLite (https://sqlite.org/vfs.html) that writes a transaction to the write-ahead log in one piece.
//
// SQLite writes each page of a transaction with two calls, the head of its frame and the page. Here the frames are put
// together, and written with one call when the frame that ends the transaction is there. Nothing else is different: who
// reads the log learns of a transaction from its index, which SQLite changes after that write; and an error of the write is
// the error of the commit, as before.

#ifndef GENBROKER_CGATHEREDLOG_H
#define GENBROKER_CGATHEREDLOG_H

#pragma clang assume_nonnull begin

/// The name of a VFS that gathers the log and leaves everything else to the VFS `base`; NULL for SQLite's default. It is
/// made when it is first asked for, and stays. Returns NULL when there is no such base, or no memory.
const char *_Nullable gathered_log_vfs(const char *_Nullable base);

/// Forgets the VFS over `base`, of which no file may be open.
void gathered_log_forget(const char *base);

/// Has a connection forget what it has put together of a transaction when that is taken back. Another connection may use
/// the same place of the log next, and must not find its frames written over later. For any connection, also one without
/// such a log. `connection` is a `sqlite3 *`; this uses its rollback hook.
void gathered_log_forget_on_rollback(void *connection);

#pragma clang assume_nonnull end

#endif
