#pragma once

#include "base/random.h"
#include "events/event.h"
#include "store/sql/sql_connection.h"

#include <vector>

namespace accessd::store {

/// Writes events beside the change that they report.
class EventWriter {
public:
    explicit EventWriter(Random& random) : random_(random) {}

    /// Gives each event its id and the project's next number. All must be of one project.
    /// Throws SqlFailure.
    void write(Connection& connection, const std::vector<events::Event>& events);

private:
    Random& random_;
};

/// The columns that read_event() expects, in its order.
inline constexpr auto kEventColumns =
    "project_id, sequence, id, type, at, flow_id, login_id, validation_id, user_id, channel, "
    "destination, reason, metadata, count, test, subject_id";
inline constexpr int kEventColumnCount = 16;
/// `first`: where they begin.
events::Event read_event(const Rows& row, int first = 0);

}  // namespace accessd::store
