#pragma once

#include "delivery/message.h"
#include "events/event.h"
#include "store/sql/sql_connection.h"

namespace accessd::store {

/// The columns that read_message() expects, in its order.
inline constexpr auto kMessageColumns =
    "id, project_id, flow_id, login_id, validation_id, channel, recipient, language, sealed_code, "
    "metadata, test, status, created_at, expires_at, next_attempt_at, attempts, kind, is_fallback, "
    "leased_until";
inline constexpr int kMessageColumnCount = 19;
delivery::Message read_message(const Rows& row);

/// The columns that read_attempt() expects, in its order.
inline constexpr auto kAttemptColumns =
    "a.message_id, a.number, a.started_at, a.duration_ms, a.sender, a.outcome, a.reason, "
    "a.provider_answer, a.sender_id, a.provider_id";
delivery::Attempt read_attempt(const Rows& row);

// Both run inside the caller's transaction, and throw SqlFailure.

void insert_message(Connection& connection, const delivery::Message& message);
/// Does nothing if the attempt is written down already.
void insert_attempt(Connection& connection, const delivery::Attempt& attempt);

events::Event event_of(const delivery::Message& message, events::EventType type, TimePoint at);

}  // namespace accessd::store
