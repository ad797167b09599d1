#pragma once

#include "base/random.h"
#include "fraud/fraud_settings.h"
#include "store/sql/event_writer.h"
#include "store/sql/sql_connection.h"

#include <optional>
#include <string>

namespace accessd::store {

/// A phone message that is about to be queued.
struct GuardedSend {
    const std::string& project_id;
    const std::string& flow_id;
    const std::string& phone;
    const std::string& client;  ///< limits::client_network(); empty: not told.
    std::string channel;
    TimePoint now;
};

// All of these run inside the caller's transaction, and throw SqlFailure. What they count and block is to be kept
// whatever comes of the send (Connection::keep()).

/// Of the project, or the standard.
fraud::Settings find_fraud_settings(Connection& connection, const std::string& project_id);

/// Until when messages like this one are stopped, if they are. Changes nothing.
std::optional<TimePoint> find_fraud_block(Connection& connection, const GuardedSend& send,
                                          const fraud::Settings& settings);

/// Counts the message. Where it is the one too many a block begins (security.fraud_blocked), and its end is
/// given: the message must not go out. A rule that runs dry only writes what it would have done.
std::optional<TimePoint> count_guarded_send(Connection& connection, EventWriter& events,
                                            Random& random, const GuardedSend& send,
                                            const fraud::Settings& settings);

/// Counts a code that came back.
void count_guarded_success(Connection& connection, const std::string& project_id,
                           const std::string& phone, const std::string& client, TimePoint now);

/// SENDING_BLOCKED with details.until.
Error sending_blocked(TimePoint until);

}  // namespace accessd::store
