#pragma once

#include "base/random.h"
#include "store/sqlite/event_writer.h"
#include "store/sqlite/sqlite_connection.h"

namespace accessd::store {

/// Queues the code on the other channel for each message whose receipt didn't come in time, where its validation
/// still waits for it, and neither the fraud guard nor a cap stops it. Runs inside the caller's transaction, and throws SqliteFailure.
void start_fallbacks(Connection& connection, EventWriter& events, Random& random, TimePoint now);

}  // namespace accessd::store
