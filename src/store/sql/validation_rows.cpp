#include "store/sql/validation_rows.h"

#include "contacts/channel.h"

#include <algorithm>

namespace accessd::store {
namespace {

constexpr auto kEnd = R"(
    UPDATE validations SET status = ?2, ended_at = ?3, digest = NULL, sealed_code = NULL,
                           link_digest = NULL
     WHERE id = ?1)";

// A test project's inbox goes on showing what was in the message.
constexpr auto kSupersede = R"(
    UPDATE messages SET status = 'superseded', leased_until = NULL,
           sealed_code = CASE WHEN test <> 0 THEN sealed_code END
     WHERE validation_id = ?1 AND status = 'queued' AND kind = 'code')";

std::vector<projects::Method> parse_methods(std::string_view text)
{
    std::vector<projects::Method> methods;
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        if (const auto method = projects::parse_method(text.substr(0, end))) {
            methods.push_back(*method);
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return methods;
}

}  // namespace

std::string methods_text(const std::vector<projects::Method>& methods)
{
    std::string text;
    for (const auto method : methods) {
        if (!text.empty()) text += ' ';
        text += projects::to_text(method);
    }
    return text;
}

std::string columns_of(std::string_view table, std::string_view columns)
{
    constexpr std::string_view kBetween = ", ";
    std::string all;
    while (!columns.empty()) {
        const auto end = std::min(columns.find(kBetween), columns.size());
        if (!all.empty()) all += kBetween;
        all.append(table).append(1, '.').append(columns.substr(0, end));
        columns.remove_prefix(std::min(end + kBetween.size(), columns.size()));
    }
    return all;
}

access::Validation read_validation(const Rows& row)
{
    access::Validation validation;
    validation.id = row.text(0);
    validation.project_id = row.text(1);
    validation.flow_id = row.text(2);
    validation.login_id = row.text(3);
    validation.channel = contacts::parse_channel(row.text(4)).value_or(contacts::Channel{});
    validation.recipient = row.text(5);
    validation.user_id = row.text(6);
    validation.status =
        access::parse_validation_status(row.text(7)).value_or(access::ValidationStatus::Failed);
    validation.decoy = row.flag(8);
    validation.otp_length = row.small(9);
    validation.max_attempts = row.small(10);
    validation.attempts_remaining = row.small(11);
    validation.language = contacts::parse_language(row.text(12)).value_or(contacts::Language{});
    validation.redirect_url = row.text(13);
    validation.client_ip = row.text(14);
    validation.user_agent = row.text(15);
    validation.metadata = row.text(16);
    validation.created_at = row.time(17);
    validation.expires_at = row.time(18);
    validation.ended_at = row.optional_time(19);
    return validation;
}

access::Login read_login(const Rows& row)
{
    access::Login login;
    login.id = row.text(0);
    login.project_id = row.text(1);
    login.flow_id = row.text(2);
    login.opened_by = row.text(3);
    login.opened_for = row.text(4);
    login.user_id = row.text(5);
    login.status = access::parse_login_status(row.text(6)).value_or(access::LoginStatus::Failed);
    login.methods_done = parse_methods(row.text(7));
    login.created_at = row.time(8);
    login.expires_at = row.time(9);
    login.completed_at = row.optional_time(10);
    login.redirect_url = row.text(11);
    login.state = row.text(12);
    login.code_challenge = row.text(13);
    return login;
}

Rows ask_validation(Connection& connection, const std::string& id)
{
    static const auto sql =
        std::string{"SELECT "} + kValidationColumns + " FROM validations WHERE id = ?1";
    return connection.query(sql, {id});
}

std::optional<access::Validation> find_validation(Connection& connection, const std::string& id)
{
    auto row = ask_validation(connection, id);
    if (!row.next()) return std::nullopt;
    return read_validation(row);
}

std::optional<access::Login> find_login(Connection& connection, const std::string& id)
{
    static const auto sql = std::string{"SELECT "} + kLoginColumns + " FROM logins WHERE id = ?1";
    auto row = connection.query(sql, {id});
    if (!row.next()) return std::nullopt;
    return read_login(row);
}

std::optional<access::Validation> find_validation_to_change(Connection& connection,
                                                            const std::string& id)
{
    static const auto sql = std::string{"SELECT "} + kValidationColumns +
                            " FROM validations WHERE id = ?1 /*pg FOR UPDATE*/";
    auto row = connection.query(sql, {id});
    if (!row.next()) return std::nullopt;
    return read_validation(row);
}

Rows ask_login_to_change(Connection& connection, const std::string& id)
{
    static const auto sql =
        std::string{"SELECT "} + kLoginColumns + " FROM logins WHERE id = ?1 /*pg FOR UPDATE*/";
    return connection.query(sql, {id});
}

void end_validation(Connection& connection, const std::string& id, access::ValidationStatus status,
                    TimePoint ended_at)
{
    connection.send(kEnd, {id, access::to_text(status), ended_at});
}

void supersede_messages(Connection& connection, const std::string& validation_id)
{
    connection.send(kSupersede, {validation_id});
}

std::string masked_contact(std::string_view recipient)
{
    return contacts::masked_contact(recipient);
}

events::Event event_of(const access::Validation& validation, events::EventType type, TimePoint at,
                       bool test)
{
    events::Event event;
    event.project_id = validation.project_id;
    event.type = type;
    event.at = at;
    event.flow_id = validation.flow_id;
    event.login_id = validation.login_id;
    event.validation_id = validation.id;
    event.user_id = validation.user_id;
    event.channel = contacts::to_text(validation.channel);
    // Of a face, the user's id says it all, and what a browser named is nobody's.
    if (validation.channel != contacts::Channel::Biometric) {
        event.destination = masked_contact(validation.recipient);
    }
    event.metadata = validation.metadata;
    event.test = test;
    return event;
}

}  // namespace accessd::store
