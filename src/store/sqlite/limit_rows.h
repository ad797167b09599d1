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

/// What windows that count one event together were told.
struct CountedTogether {
    limits::Decision decision;  ///< The first window's, or that of the one that refused.
    const limits::KeyedLimit* refused_by = nullptr;  ///< Of those given; null: all took the event.
    std::int64_t refused_to_report = 0;
};

/// One event in every one of these windows, or in none: all are asked before any takes it. If none
/// refuses, `decision.retry_after` is the longest of theirs. `reports`: as above, of the window that
/// refuses. Throws SqliteFailure.
CountedTogether take_from_windows(Connection& connection,
                                  const std::vector<limits::KeyedLimit>& limits, TimePoint now,
                                  bool reports);

/// Takes one event of this time out of the window. Throws SqliteFailure.
void give_back_to_window(Connection& connection, const std::string& key, TimePoint at);

}  // namespace accessd::store
