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
    "destination, reason, metadata, count, test";
events::Event read_event(const Rows& row);

}  // namespace accessd::store
