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

struct Restored {
    BackupManifest manifest;
    std::string kept_aside;  ///< The file of the former store; empty: there was none.
};

/// Puts the copy `file` in the place of the store of `data_dir`. Integrity and schema version are checked
/// before anything is replaced; a crash leaves either the old store or the new one.
/// Errors: Busy when a server runs; Conflict when there is a store and it is not to be replaced;
/// StoreUnavailable; each with a sentence.
Result<Restored> restore(const std::string& data_dir, const std::string& file, Existing existing,
                         const Clock& clock);

/// Looks through the store of `data_dir` quickly, for people who ask whether it is sound. Reads only.
/// Errors: StoreUnavailable with a sentence naming what is wrong.
Result<BackupManifest> quick_check(const std::string& data_dir);

}  // namespace accessd::store
