#pragma once

namespace accessd::store {

/// The name of a VFS that hands SQLite's write-ahead log to the disk in few large writes.
///
/// SQLite writes each page of its log by two system calls, which together cost more than the pages do. This
/// keeps writes that follow one another in memory until the log is synced, and passes them on as one. What
/// is synced, and in which order, stays as it is: nothing is kept back beyond a sync, a read, a cut, or a
/// question for the file's size. Everything but the log goes straight to the VFS that is the default when
/// the file is opened.
///
/// For a connection with `synchronous = FULL` alone: one that commits without a sync would tell readers of
/// pages that aren't in the file yet.
///
/// Threads: as the VFS beneath. Registered by the first call.
const char* gathering_vfs();

}  // namespace accessd::store
