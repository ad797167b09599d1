#pragma once

#include "base/clock.h"
#include "limits/window.h"
#include "store/sqlite/sqlite_connection.h"

#include <cstdint>
#include <string>
#include <vector>

namespace accessd::store {

/// What a counted event was told, and how many refusals are worth an event.
struct CountedDecision {
    limits::Decision decision;
    std::int64_t refused_to_report = 0;  ///< 0: nothing to report now.
};

/// One take() on the stored window, inside the caller's transaction. `reports`: refusals are counted
/// and handed out for reporting at most once per window. Throws SqliteFailure.
CountedDecision take_from_window(Connection& connection, const std::string& key,
                                 const limits::Limit& limit, TimePoint now, bool reports);

/// Takes one event of this time out of the window. Throws SqliteFailure.
void give_back_to_window(Connection& connection, const std::string& key, TimePoint at);

}  // namespace accessd::store
