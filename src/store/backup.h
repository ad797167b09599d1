#pragma once

#include "base/clock.h"
#include "base/result.h"

#include <cstdint>
#include <functional>
#include <string>

namespace accessd::store {

/// What a copy of the store holds; read from the copy, not from what it was made of.
struct BackupManifest {
    int schema_version = 0;
    std::int64_t projects = 0;
    std::int64_t users = 0;
    std::int64_t validations = 0;
    std::int64_t keys = 0;
    std::int64_t bytes = 0;
};

/// Told in pages, now and then, while a copy is being made.
using BackupProgress = std::function<void(int done, int total)>;

/// Copies the store of `data_dir` as it is at one moment into the new file `file` (mode 0600) and checks the
/// copy whole. A server may run and write meanwhile: this only reads. Half a copy never has the name
/// `file`. Errors: Conflict when the file exists; StoreUnavailable; each with a sentence.
Result<BackupManifest> backup(const std::string& data_dir, const std::string& file,
                              const BackupProgress& progress);

/// What is to become of a store that is there already.
enum class Existing { Refused, KeptAside };

/// What is known of faces that were destroyed since a copy was made. The folder's own list and the store that is
/// there are always asked.
struct DestroyedLists {
    std::string file;             ///< Another list; empty: none.
    bool may_be_missing = false;  ///< Whoever says so answers for faces that come back.
};

struct Restored {
    BackupManifest manifest;
    int faces_destroyed = 0;  ///< Again, because they had been since the copy was made.
    std::string kept_aside;   ///< The file of the former store; empty: there was none.
};

/// Puts the copy `file` in the place of the store of `data_dir`. Integrity and schema version are checked
/// before anything is replaced; a crash leaves either the old store or the new one.
/// Errors: Busy when a server runs; Conflict when there is a store and it is not to be replaced;
/// PreconditionFailed when it holds faces and no list says which were destroyed since; StoreUnavailable; each with a
/// sentence.
Result<Restored> restore(const std::string& data_dir, const std::string& file, Existing existing,
                         const Clock& clock, const DestroyedLists& destroyed = {});

/// Looks through the store of `data_dir` quickly, for people who ask whether it is sound. Reads only.
/// Errors: StoreUnavailable with a sentence naming what is wrong.
Result<BackupManifest> quick_check(const std::string& data_dir);

}  // namespace accessd::store
