#include "store/sqlite/message_rows.h"

#include "store/sqlite/validation_rows.h"

#include <string_view>

namespace accessd::store {
namespace {

delivery::Attempt::Outcome parse_outcome(std::string_view text)
{
    using enum delivery::Attempt::Outcome;
    for (const auto outcome : {Accepted, TemporaryFailure, PermanentFailure}) {
        if (text == delivery::to_text(outcome)) return outcome;
    }
    return PermanentFailure;
}

}  // namespace

delivery::Message read_message(const Rows& row)
{
    delivery::Message message;
    message.id = row.text(0);
    message.project_id = row.text(1);
    message.flow_id = row.text(2);
    message.login_id = row.text(3);
    message.validation_id = row.text(4);
    message.channel = contacts::parse_channel(row.text(5)).value_or(contacts::Channel{});
    message.recipient = row.text(6);
    message.language = contacts::parse_language(row.text(7)).value_or(contacts::Language{});
    message.sealed_code = row.bytes(8);
    message.metadata = row.text(9);
    message.test = row.flag(10);
    message.status =
        delivery::parse_message_status(row.text(11)).value_or(delivery::MessageStatus::Failed);
    message.created_at = row.time(12);
    message.expires_at = row.time(13);
    message.next_attempt_at = row.time(14);
    message.attempts = row.small(15);
    return message;
}

delivery::Attempt read_attempt(const Rows& row)
{
    delivery::Attempt attempt;
    attempt.message_id = row.text(0);
    attempt.number = row.small(1);
    attempt.started_at = row.time(2);
    attempt.duration = std::chrono::milliseconds{row.integer(3)};
    attempt.sender = row.text(4);
    attempt.outcome = parse_outcome(row.text(5));
    attempt.reason = row.text(6);
    attempt.provider_answer = row.text(7);
    attempt.sender_id = row.text(8);
    return attempt;
}

events::Event event_of(const delivery::Message& message, events::EventType type, TimePoint at)
{
    events::Event event;
    event.project_id = message.project_id;
    event.type = type;
    event.at = at;
    event.flow_id = message.flow_id;
    event.login_id = message.login_id;
    event.validation_id = message.validation_id;
    event.channel = contacts::to_text(message.channel);
    event.destination = masked_contact(message.recipient);
    event.metadata = message.metadata;
    event.test = message.test;
    return event;
}

}  // namespace accessd::store
