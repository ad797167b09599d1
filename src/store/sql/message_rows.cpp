#include "store/sql/message_rows.h"

#include "store/sql/validation_rows.h"

#include <string_view>

namespace accessd::store {
namespace {

constexpr auto kInsertMessage = R"(
    INSERT INTO messages (id, project_id, flow_id, login_id, validation_id, channel, recipient,
                          language, sealed_code, metadata, test, status, created_at, expires_at,
                          next_attempt_at, attempts, kind, is_fallback)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18))";

constexpr auto kInsertAttempt = R"(
    INSERT INTO delivery_attempts (message_id, number, started_at, duration_ms, sender, outcome,
                                   reason, provider_answer, sender_id, provider_id)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
        ON CONFLICT (message_id, number) DO NOTHING)";

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
    message.kind = delivery::parse_message_kind(row.text(16)).value_or(delivery::MessageKind::Code);
    message.is_fallback = row.flag(17);
    message.leased_until = row.optional_time(18);
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
    attempt.provider_id = row.text(9);
    return attempt;
}

void insert_message(Connection& connection, const delivery::Message& message)
{
    connection.send(kInsertMessage,
                    {message.id, message.project_id, message.flow_id, message.login_id,
                     message.validation_id, contacts::to_text(message.channel), message.recipient,
                     contacts::to_text(message.language), Blob{message.sealed_code},
                     or_null(message.metadata), message.test, delivery::to_text(message.status),
                     message.created_at, message.expires_at, message.next_attempt_at,
                     message.attempts, delivery::to_text(message.kind), message.is_fallback});
}

void insert_attempt(Connection& connection, const delivery::Attempt& attempt)
{
    connection.send(kInsertAttempt, {attempt.message_id, attempt.number, attempt.started_at,
                                     std::int64_t{attempt.duration.count()}, attempt.sender,
                                     delivery::to_text(attempt.outcome), or_null(attempt.reason),
                                     or_null(attempt.provider_answer), or_null(attempt.sender_id),
                                     or_null(attempt.provider_id)});
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
