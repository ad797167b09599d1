#include "store/sql/sql_outbox_store.h"

#include "store/sql/fallback_rows.h"
#include "store/sql/list_query.h"
#include "store/sql/message_rows.h"
#include "store/sql/sql_message_store.h"

#include <algorithm>
#include <map>
#include <utility>

namespace accessd::store {
namespace {

using delivery::Attempt;
using delivery::AttemptReport;
using delivery::Message;
using delivery::MessageKind;
using delivery::MessageStatus;
using events::EventType;

constexpr auto kLease = R"(
    UPDATE messages SET next_attempt_at = ?2, leased_until = ?2 WHERE id = ?1)";
constexpr auto kEnd = R"(
    UPDATE messages SET status = ?2, leased_until = NULL,
           sealed_code = CASE WHEN test <> 0 THEN sealed_code END
     WHERE id = ?1)";
constexpr auto kRelease = R"(
    UPDATE messages SET next_attempt_at = created_at, leased_until = NULL
     WHERE id = ?1 AND leased_until = ?2 AND status = 'queued')";
constexpr auto kDefer = R"(
    UPDATE messages SET next_attempt_at = ?3, leased_until = NULL
     WHERE id = ?1 AND leased_until = ?2 AND status = 'queued')";
constexpr auto kReleaseAll = R"(
    UPDATE messages SET next_attempt_at = created_at, leased_until = NULL
     WHERE status = 'queued' AND leased_until IS NOT NULL)";
constexpr auto kReport = R"(
    UPDATE messages SET status = ?2, attempts = ?3, next_attempt_at = ?4, leased_until = NULL,
           fall_back_at = ?5,
           sealed_code = CASE WHEN test <> 0 OR ?2 = 'queued' THEN sealed_code END
     WHERE id = ?1)";
/// What somebody else has, or what has ended, stays as it is.
constexpr auto kCountAttempt = "UPDATE messages SET attempts = ?2 WHERE id = ?1";

std::optional<Message> find_message(Connection& connection, const std::string& id)
{
    static const auto sql =
        std::string{"SELECT "} + kMessageColumns + " FROM messages WHERE id = ?1 /*pg FOR UPDATE*/";
    auto row = connection.query(sql, {id});
    if (!row.next()) return std::nullopt;
    return read_message(row);
}

struct Due {
    Message message;
    bool is_wanted = false;  ///< Its validation is still pending, or its lock still there.
};

std::vector<Due> due_messages(Connection& connection, int count, TimePoint now)
{
    static const auto sql = std::string{"SELECT "} + kMessageColumns + R"(,
            CASE kind WHEN 'code' THEN
                EXISTS (SELECT 1 FROM validations v
                         WHERE v.id = messages.validation_id AND v.status = 'pending')
            WHEN 'webhook_disabled' THEN 1 = 1
            ELSE
                EXISTS (SELECT 1 FROM locks l
                         WHERE l.project_id = messages.project_id AND l.method = 'email'
                           AND l.contact = messages.recipient
                           AND l.link_expires_at = messages.expires_at)
            END
        FROM messages WHERE status = 'queued' AND next_attempt_at <= ?1
        ORDER BY next_attempt_at LIMIT ?2 /*pg FOR UPDATE OF messages SKIP LOCKED*/)";
    std::vector<Due> due;
    auto row = connection.query(sql, {now, count});
    while (row.next()) due.push_back({read_message(row), row.flag(kMessageColumnCount)});
    return due;
}

/// Gathers events and writes those of one project together.
class EventsByProject {
public:
    void add(events::Event event) { by_project_[event.project_id].push_back(std::move(event)); }
    void write(Connection& connection, EventWriter& writer) const
    {
        for (const auto& [project_id, events] : by_project_) writer.write(connection, events);
    }

private:
    std::map<std::string, std::vector<events::Event>> by_project_;
};

void add_events(EventsByProject& events, const Message& message, const AttemptReport& report,
                MessageStatus status, TimePoint now)
{
    if (message.kind != MessageKind::Code) return;  // The events are those of codes.
    if (report.attempt.outcome == Attempt::Outcome::Accepted) {
        events.add(event_of(message, EventType::OtpSent, now));
        if (report.receipt) events.add(event_of(message, EventType::OtpDelivered, now));
    } else if (status == MessageStatus::Failed) {
        auto event = event_of(message, EventType::OtpDeliveryFailed, now);
        event.reason = report.attempt.reason;
        events.add(std::move(event));
    }
}

/// Whether a receipt came before the report of the try that it is about: what it settled stays so.
bool has_settling_receipt(Connection& connection, const Message& message)
{
    if (message.status == MessageStatus::Delivered) return true;
    if (message.status != MessageStatus::Failed) return false;
    auto row = connection.query(
        "SELECT 1 FROM message_receipts WHERE message_id = ?1 AND kind = 'bounced'", {message.id});
    return row.next();
}

/// Whether each message is still in the lease under which it was tried, asked before its first report is written.
class Holders {
public:
    bool has(const Message& message, const AttemptReport& report)
    {
        return known_
            .try_emplace({message.id, report.leased_until},
                         message.leased_until == report.leased_until)
            .first->second;
    }

private:
    std::map<std::pair<std::string, std::optional<TimePoint>>, bool> known_;
};

void write_report(Connection& connection, EventsByProject& events, Holders& holders,
                  const AttemptReport& report, TimePoint now)
{
    const auto message = find_message(connection, report.attempt.message_id);
    if (!message) return;  // Its person was erased meanwhile, and the attempt with them.
    auto attempt = report.attempt;
    attempt.number = message->attempts + 1;
    insert_attempt(connection, attempt);
    const bool is_accepted = attempt.outcome == Attempt::Outcome::Accepted;
    const bool is_settled = has_settling_receipt(connection, *message);
    // One that was replaced while it was under way stays so, unless it arrived all the same.
    const bool is_open =
        is_accepted || (message->status == MessageStatus::Queued && holders.has(*message, report));
    if (!is_open) {
        connection.run(kCountAttempt, {message->id, attempt.number});
        return;
    }
    const auto status = is_settled ? message->status : report.status;
    // A receipt that says it failed came first: the other channel needn't wait for another one.
    const bool has_failed = is_settled && message->status == MessageStatus::Failed;
    const auto fall_back_at =
        has_failed && report.fall_back_at ? std::optional{now} : report.fall_back_at;
    connection.run(
        kReport, {message->id, delivery::to_text(status), attempt.number, report.retry_at,
                  is_settled && status == MessageStatus::Delivered ? std::nullopt : fall_back_at});
    add_events(events, *message, report, status, now);
}

}  // namespace

Result<std::vector<Message>> SqlOutboxStore::lease(int count, std::chrono::seconds lease_for,
                                                   TimePoint now)
{
    return database_.write(
        Claims::nothing(), [&](Connection& connection) -> Result<std::vector<Message>> {
            std::vector<Message> leased;
            EventsByProject events;
            start_fallbacks(connection, events_, random_, now);
            for (auto& [message, is_wanted] : due_messages(connection, count, now)) {
                if (message.expires_at <= now) {
                    connection.run(kEnd, {message.id, delivery::to_text(MessageStatus::Expired)});
                    if (message.kind != MessageKind::Code) continue;
                    auto event = event_of(message, EventType::OtpDeliveryFailed, now);
                    event.reason = "expired: the code's life ended before it could be sent";
                    events.add(std::move(event));
                } else if (!is_wanted) {
                    connection.run(kEnd,
                                   {message.id, delivery::to_text(MessageStatus::Superseded)});
                } else {
                    message.leased_until = now + lease_for;
                    connection.run(kLease, {message.id, now + lease_for});
                    leased.push_back(std::move(message));
                }
            }
            events.write(connection, events_);
            return leased;
        });
}

Result<void> SqlOutboxStore::report(const std::vector<AttemptReport>& reports, TimePoint now)
{
    return database_.write(Claims::nothing(), [&](Connection& connection) -> Result<void> {
        EventsByProject events;
        Holders holders;
        for (const auto& report : reports) {
            write_report(connection, events, holders, report, now);
        }
        events.write(connection, events_);
        return {};
    });
}

Result<void> SqlOutboxStore::release(const std::vector<delivery::Lease>& leases)
{
    return database_.write(Claims::nothing(), [&](Connection& connection) -> Result<void> {
        for (const auto& [id, until] : leases) connection.run(kRelease, {id, until});
        return {};
    });
}

Result<void> SqlOutboxStore::defer(const std::vector<delivery::Lease>& leases, TimePoint until)
{
    return database_.write(Claims::nothing(), [&](Connection& connection) -> Result<void> {
        for (const auto& [id, lease_end] : leases) connection.run(kDefer, {id, lease_end, until});
        return {};
    });
}

Result<void> SqlOutboxStore::release_all()
{
    return database_.write([&](Connection& connection) -> Result<void> {
        connection.run(kReleaseAll);
        return {};
    });
}

Result<std::optional<TimePoint>> SqlOutboxStore::next_due()
{
    using Due = std::optional<TimePoint>;
    return database_.read([&](Connection& connection) -> Result<Due> {
        const auto first = [&](std::string_view sql) {
            auto row = connection.query(sql);
            return row.next() ? row.optional_time(0) : Due{};
        };
        const auto message =
            first("SELECT min(next_attempt_at) FROM messages WHERE status = 'queued'");
        const auto fallback =
            first("SELECT min(fall_back_at) FROM messages WHERE fall_back_at IS NOT NULL");
        if (!message || !fallback) return message ? message : fallback;
        return Due{std::min(*message, *fallback)};
    });
}

Result<delivery::QueueState> SqlOutboxStore::queue_state(TimePoint now)
{
    return database_.read([&](Connection& connection) -> Result<delivery::QueueState> {
        auto row = connection.query(
            "SELECT count(*), min(created_at) FROM messages WHERE status = 'queued'");
        delivery::QueueState state;
        if (!row.next()) return state;
        state.queued = row.integer(0);
        if (const auto oldest = row.optional_time(1)) state.oldest = now - *oldest;
        return state;
    });
}

Result<Page<Message>> SqlOutboxStore::inbox(const std::string& project_id,
                                            const std::optional<std::string>& recipient,
                                            const PageRequest& page)
{
    ListQuery query{kMessageColumns, "messages"};
    query.where("project_id = ?", project_id);
    if (recipient) query.where(kOfRecipient, *recipient);
    query.where("test = ?", 1);
    return database_.read([&](Connection& connection) -> Result<Page<Message>> {
        return query.page(connection, page, read_message,
                          [](const Message& message) { return message.id; });
    });
}

Result<std::vector<Message>> SqlOutboxStore::of_validation(const std::string& project_id,
                                                           const std::string& validation_id)
{
    static const auto sql = std::string{"SELECT "} + kMessageColumns +
                            " FROM messages WHERE validation_id = ?1 AND project_id = ?2"
                            " ORDER BY id";
    return database_.read([&](Connection& connection) -> Result<std::vector<Message>> {
        std::vector<Message> found;
        auto row = connection.query(sql, {validation_id, project_id});
        while (row.next()) found.push_back(read_message(row));
        return found;
    });
}

Result<std::vector<Attempt>> SqlOutboxStore::attempts_of_validation(
    const std::string& project_id, const std::string& validation_id)
{
    static const auto sql = std::string{"SELECT "} + kAttemptColumns + R"(
        FROM messages m JOIN delivery_attempts a ON a.message_id = m.id
        WHERE m.validation_id = ?1 AND m.project_id = ?2
        ORDER BY m.id, a.number)";
    return database_.read([&](Connection& connection) -> Result<std::vector<Attempt>> {
        std::vector<Attempt> found;
        auto row = connection.query(sql, {validation_id, project_id});
        while (row.next()) found.push_back(read_attempt(row));
        return found;
    });
}

}  // namespace accessd::store
