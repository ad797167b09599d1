#pragma once

#include "base/random.h"
#include "store/sql/event_writer.h"
#include "store/sql/sql_connection.h"

namespace accessd::store {

/// Queues the code on the other channel for each message whose receipt didn't come in time, where its validation
/// still waits for it, and neither the fraud guard nor a cap stops it. Runs inside the caller's transaction, and throws SqlFailure.
void start_fallbacks(Connection& connection, EventWriter& events, Random& random, TimePoint now);

}  // namespace accessd::store
