#pragma once

#include "base/adjusted_clock.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "store/stores.h"

#include <functional>
#include <memory>
#include <string>

namespace accessd::store {

/// Where everything is kept.
struct Place {
    /// The folder of this node: the embedded store, unless there is a server; the administration socket.
    std::string data_dir;
    /// A connection string of libpq, empty: embedded. Holds a password perhaps: never shown.
    std::string postgres_url;
    int connections_max = 16;  ///< To the server, of this node.
    /// With a server: what other nodes say that they changed, from a thread of its own (Stores::announce).
    std::function<void(const std::string&)> changed = [](const std::string&) {};
};

/// Opens the store, applies its migrations and keeps the folder (made with mode 0700 if missing) to this process
/// until the stores are destroyed. With a server, `clock` is put right by its time from here on.
/// Errors: Busy when another process has the folder, with a sentence naming that process; StoreUnavailable
/// with a sentence saying what to change (a folder that can't be written, a server that can't be reached, a
/// newer release's schema).
Result<std::unique_ptr<Stores>> open(const Place& place, AdjustedClock& clock, Random& random);
/// The embedded store alone.
Result<std::unique_ptr<Stores>> open(const std::string& data_dir, Clock& clock, Random& random);
/// A server's database with another's time, for tests.
Result<std::unique_ptr<Stores>> open_server(const Place& place, Clock& clock, Random& random);

/// What a migration did: the same number twice when there was nothing to do.
struct MigrationReport {
    int from = 0;  ///< Schema version before; 0: a new store.
    int to = 0;
};
/// Applies the migrations of the store and closes it again. Errors: as open().
Result<MigrationReport> migrate(const Place& place, const Clock& clock);

}  // namespace accessd::store
