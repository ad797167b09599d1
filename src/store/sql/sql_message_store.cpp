#include "store/sql/sql_message_store.h"

#include "store/sql/list_query.h"
#include "store/sql/message_rows.h"
#include "store/sql/project_rows.h"

namespace accessd::store {
namespace {

using delivery::Attempt;
using delivery::EmailText;
using delivery::Message;
using delivery::MessageFilter;
using delivery::MessageStatus;

constexpr auto kInsertMessage = R"(
    INSERT INTO messages (id, project_id, flow_id, login_id, validation_id, channel, recipient,
                          language, test, status, created_at, expires_at, next_attempt_at, attempts)
    VALUES (?1, ?2, '', '', '', ?3, ?4, ?5, 1, 'delivered', ?6, ?7, ?6, 1))";
constexpr auto kInsertSample = R"(
    INSERT INTO sample_messages (message_id, project_id, recipient, subject, body_text, body_html)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6))";
constexpr auto kInsertAttempt = R"(
    INSERT INTO delivery_attempts (message_id, number, started_at, duration_ms, sender, outcome)
    VALUES (?1, 1, ?2, 0, 'inbox', 'accepted'))";

/// The table with the index that leads straight to rare ones. The conditions of these indexes must stand
/// word for word in the query.
std::string_view table_for(const MessageFilter& filter)
{
    const bool is_led = filter.recipient || filter.validation_id || filter.login_id;
    if (!filter.status || is_led) return "messages";
    switch (*filter.status) {
    case MessageStatus::Queued: return "messages INDEXED BY messages_due";
    case MessageStatus::Failed:
    case MessageStatus::Expired:
    case MessageStatus::Superseded: return "messages INDEXED BY messages_unsent";
    case MessageStatus::Sent:
    case MessageStatus::Delivered: break;
    }
    return "messages INDEXED BY messages_of_project";
}

/// A comparison with a constant: partial indexes know no parameters. The project stands in it once more
/// because every condition brings a value.
std::string status_condition(MessageStatus status)
{
    return "status = '" + std::string{delivery::to_text(status)} + "' AND +project_id = ?";
}

}  // namespace

Result<Page<Message>> SqlMessageStore::list(const std::string& project_id,
                                            const MessageFilter& filter, const PageRequest& page)
{
    ListQuery query{kMessageColumns, table_for(filter)};
    const bool is_led = filter.recipient || filter.validation_id || filter.login_id;
    // The plus keeps the project's index, which would walk over all its messages, out of it.
    query.where(is_led ? "+project_id = ?" : "project_id = ?", project_id);
    if (filter.recipient) query.where(kOfRecipient, *filter.recipient);
    query.equals("validation_id", filter.validation_id);
    if (filter.login_id) {
        query.where("validation_id IN (SELECT id FROM validations WHERE login_id = ?)",
                    *filter.login_id);
    }
    if (filter.status) query.where(status_condition(*filter.status), project_id);
    if (filter.channel) query.where("channel = ?", contacts::to_text(*filter.channel));
    return database_.read([&](Connection& connection) -> Result<Page<Message>> {
        return query.page(connection, page, read_message,
                          [](const Message& message) { return message.id; });
    });
}

Result<std::optional<Message>> SqlMessageStore::find(const std::string& id,
                                                     const ProjectScope& scope)
{
    static const auto sql =
        std::string{"SELECT "} + kMessageColumns + " FROM messages WHERE id = ?1";
    using Found = std::optional<Message>;
    return database_.read([&](Connection& connection) -> Result<Found> {
        auto row = connection.query(sql, {id});
        if (!row.next()) return Found{};
        auto message = read_message(row);
        return scope.allows(message.project_id) ? Found{std::move(message)} : Found{};
    });
}

Result<std::vector<Attempt>> SqlMessageStore::attempts(const std::string& message_id)
{
    static const auto sql = std::string{"SELECT "} + kAttemptColumns +
                            " FROM delivery_attempts a WHERE a.message_id = ?1 ORDER BY a.number";
    return database_.read([&](Connection& connection) -> Result<std::vector<Attempt>> {
        std::vector<Attempt> found;
        auto row = connection.query(sql, {message_id});
        while (row.next()) found.push_back(read_attempt(row));
        return found;
    });
}

Result<void> SqlMessageStore::insert_sample(const Message& message, const EmailText& words)
{
    return database_.write([&](Connection& connection) -> Result<void> {
        if (!is_test_project(connection, message.project_id)) return ErrorCode::ProjectNotFound;
        connection.run(kInsertMessage,
                       {message.id, message.project_id, contacts::to_text(message.channel),
                        message.recipient, contacts::to_text(message.language), message.created_at,
                        message.expires_at});
        connection.run(kInsertSample, {message.id, message.project_id, message.recipient,
                                       words.subject, words.text, words.html});
        connection.run(kInsertAttempt, {message.id, message.created_at});
        return {};
    });
}

Result<std::map<std::string, EmailText>> SqlMessageStore::samples(
    const std::vector<std::string>& message_ids)
{
    constexpr auto kSample =
        "SELECT subject, body_text, body_html FROM sample_messages WHERE message_id = ?1";
    using Samples = std::map<std::string, EmailText>;
    return database_.read([&](Connection& connection) -> Result<Samples> {
        Samples found;
        for (const auto& id : message_ids) {
            auto row = connection.query(kSample, {id});
            if (row.next()) found[id] = {row.text(0), row.text(1), row.text(2)};
        }
        return found;
    });
}

}  // namespace accessd::store
