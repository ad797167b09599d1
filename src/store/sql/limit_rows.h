#pragma once

#include "base/clock.h"
#include "limits/window.h"
#include "store/sql/sql_connection.h"

#include <cstdint>
#include <string>
#include <vector>

namespace accessd::store {

/// What one event was told by all limits that count it.
struct CountedTogether {
    limits::Decision decision;  ///< The first limit's, or that of the one that refused.
    const limits::KeyedLimit* refused_by = nullptr;  ///< Of those given; null: all took the event.
    std::int64_t refused_to_report = 0;              ///< 0: nothing to report now.
};

/// The windows of some limits, asked for and not yet read.
struct AskedWindows {
    std::vector<std::string> keys;  ///< Each once.
    Rows rows;
};
AskedWindows ask_windows(Connection& connection, const std::vector<limits::KeyedLimit>& limits);

/// One event under all of these limits, or under none: all are asked before it is counted. Limits with one
/// key share its window, which is as long as the longest of them: they must always be given together. If
/// none refuses, `decision.retry_after` is the longest of theirs. `reports`: refusals are counted, and
/// handed out for reporting at most once per key, limit and window. Throws SqlFailure.
CountedTogether take_from_windows(Connection& connection,
                                  const std::vector<limits::KeyedLimit>& limits, TimePoint now,
                                  bool reports);
/// The same with windows that were asked for before.
CountedTogether take_from_windows(Connection& connection, AskedWindows asked,
                                  const std::vector<limits::KeyedLimit>& limits, TimePoint now,
                                  bool reports);

/// What one more event would be told; nothing is counted. Throws SqlFailure.
limits::Decision peek_at_window(Connection& connection, const limits::KeyedLimit& limit,
                                TimePoint now);
/// Takes one event of this time out of the window. Throws SqlFailure.
void give_back_to_window(Connection& connection, const std::string& key, TimePoint at);

}  // namespace accessd::store
