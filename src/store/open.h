#pragma once

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "store/stores.h"

#include <memory>
#include <string>

namespace accessd::store {

/// Opens the embedded store in `data_dir` (made with mode 0700 if missing), applies its migrations and
/// keeps the folder to this process until the stores are destroyed.
/// Errors: Busy when another process has it, with a sentence naming that process; StoreUnavailable
/// with a sentence saying what to change (a folder that can't be written, a newer release's schema).
Result<std::unique_ptr<Stores>> open(const std::string& data_dir, Clock& clock, Random& random);

/// What a migration did: the same number twice when there was nothing to do.
struct MigrationReport {
    int from = 0;  ///< Schema version before; 0: a new store.
    int to = 0;
};
/// Applies the migrations of the store in `data_dir` and closes it again. Errors: as open().
Result<MigrationReport> migrate(const std::string& data_dir, const Clock& clock);

}  // namespace accessd::store
