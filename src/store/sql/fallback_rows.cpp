#include "store/sql/fallback_rows.h"

#include "base/id.h"
#include "store/sql/fraud_rows.h"
#include "store/sql/message_rows.h"

#include <string>
#include <utility>
#include <vector>

namespace accessd::store {
namespace {

constexpr int kAtOnceMax = 50;

constexpr auto kForget = "UPDATE messages SET fall_back_at = NULL WHERE id = ?1";
constexpr auto kSetChannel = "UPDATE validations SET channel = ?2 WHERE id = ?1";
// What goes out is the validation's code as it is now; that of the message may have been replaced.
constexpr auto kCode = R"(
    SELECT sealed_code, expires_at FROM validations
     WHERE id = ?1 AND status = 'pending' AND attempts_remaining > 0 AND expires_at > ?2
       AND sealed_code IS NOT NULL)";
// Somebody asked for the other channel by hand, or for this one again: theirs counts.
constexpr auto kLater = "SELECT 1 FROM messages WHERE validation_id = ?1 AND id > ?2";

std::vector<delivery::Message> due_fallbacks(Connection& connection, TimePoint now)
{
    static const auto sql = std::string{"SELECT "} + kMessageColumns +
                            " FROM messages WHERE fall_back_at IS NOT NULL AND fall_back_at <= ?1"
                            " ORDER BY fall_back_at LIMIT ?2 /*pg FOR UPDATE SKIP LOCKED*/";
    std::vector<delivery::Message> due;
    auto row = connection.query(sql, {now, kAtOnceMax});
    while (row.next()) due.push_back(read_message(row));
    return due;
}

bool has_later(Connection& connection, const delivery::Message& message)
{
    auto row = connection.query(kLater, {message.validation_id, message.id});
    return row.next();
}

bool is_stopped(Connection& connection, EventWriter& events, Random& random,
                const delivery::Message& message, TimePoint now)
{
    if (message.test) return false;
    const std::string client;  // The first message counted for the network.
    const GuardedSend send{message.project_id,
                           message.flow_id,
                           message.recipient,
                           client,
                           std::string{contacts::to_text(contacts::sibling(message.channel))},
                           now};
    const auto settings = find_fraud_settings(connection, message.project_id);
    return find_fraud_block(connection, send, settings) ||
           count_guarded_send(connection, events, random, send, settings);
}

void fall_back(Connection& connection, EventWriter& events, Random& random,
               const delivery::Message& from, TimePoint now)
{
    auto message = from;
    {
        auto row = connection.query(kCode, {from.validation_id, now});
        if (!row.next()) return;
        message.sealed_code = row.bytes(0);
        message.expires_at = row.time(1);
    }
    if (is_stopped(connection, events, random, from, now)) return;
    message.id = make_id("msg_", now, random);
    message.channel = contacts::sibling(from.channel);
    message.status = delivery::MessageStatus::Queued;
    message.created_at = message.next_attempt_at = now;
    message.attempts = 0;
    message.is_fallback = true;
    insert_message(connection, message);
    connection.run(kSetChannel, {message.validation_id, contacts::to_text(message.channel)});
}

}  // namespace

void start_fallbacks(Connection& connection, EventWriter& events, Random& random, TimePoint now)
{
    for (const auto& message : due_fallbacks(connection, now)) {
        connection.run(kForget, {message.id});
        if (message.status == delivery::MessageStatus::Delivered) continue;
        if (!has_later(connection, message)) fall_back(connection, events, random, message, now);
    }
}

}  // namespace accessd::store
