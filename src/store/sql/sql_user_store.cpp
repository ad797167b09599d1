#include "store/sql/sql_user_store.h"

#include "store/sql/face_rows.h"
#include "store/sql/project_rows.h"
#include "store/sql/user_rows.h"

#include <tuple>
#include <utility>

namespace accessd::store {
namespace {

using users::Erased;
using users::User;

// What belongs to a person: the rows of their id, and those of their contacts before the id was known.
constexpr auto kValidationsOf = R"(
    SELECT id FROM validations WHERE project_id = ?1 AND user_id = ?2
     UNION SELECT id FROM validations WHERE project_id = ?1 AND recipient IN (?3, ?4))";
constexpr auto kLoginsOf = R"(
    SELECT id FROM logins WHERE project_id = ?1 AND user_id = ?2
     UNION SELECT login_id FROM validations WHERE project_id = ?1 AND recipient IN (?3, ?4))";

// Who changed people's data stays known; of whom it was is forgotten with the person.
constexpr auto kForgetInAudit = R"(
    UPDATE audit SET target_id = NULL
     WHERE target_id = ?2 AND project_id = ?1 AND target_kind = 'user')";

// Comes after whatever goes on after a beginning: none of our texts holds this character.
constexpr auto kAfterAll = "\xF4\x8F\xBF\xBF";

std::string erase_of(std::string_view start, std::string_view selection)
{
    return std::string{start} + " IN (" + std::string{selection} + ")";
}

/// The first of the user's unique values that somebody else has, as JSON names it.
std::string taken_field(Connection& connection, const User& user, bool is_new)
{
    const auto is_taken = [&](std::string_view sql, const std::string& value) {
        auto row = connection.query(sql, {user.project_id, value, user.user_id});
        return row.next();
    };
    if (is_new && find_user(connection, user.project_id, user.user_id)) return "user_id";
    if (user.email &&
        is_taken("SELECT 1 FROM users WHERE project_id = ?1 AND email = ?2 AND user_id <> ?3",
                 *user.email)) {
        return "email";
    }
    if (user.phone &&
        is_taken("SELECT 1 FROM users WHERE project_id = ?1 AND phone = ?2 AND user_id <> ?3",
                 *user.phone)) {
        return "phone";
    }
    return {};
}

Error taken(std::string field)
{
    auto sentence = "Another user of this project has this " + field + ".";
    return Error{ErrorCode::Conflict}.with("field", std::move(field)).saying(std::move(sentence));
}

}  // namespace

Erased erase_user(Connection& connection, const User& user)
{
    static const auto attempts =
        erase_of("DELETE FROM delivery_attempts WHERE message_id IN (SELECT id FROM messages WHERE"
                 " validation_id",
                 kValidationsOf) +
        ")";
    static const auto messages =
        erase_of("DELETE FROM messages WHERE validation_id", kValidationsOf);
    // What happened stays countable; to whom is forgotten.
    static const auto events_of_user =
        "UPDATE events SET user_id = NULL, destination = NULL, metadata = NULL"
        " WHERE project_id = ?1 AND user_id = ?2 AND validation_id IS NULL";
    static const auto events_of_validations =
        erase_of("UPDATE events SET user_id = NULL, destination = NULL, metadata = NULL"
                 " WHERE project_id = ?1 AND validation_id",
                 kValidationsOf);
    static const auto validations = erase_of("DELETE FROM validations WHERE id", kValidationsOf);
    static const auto login_codes = erase_of("DELETE FROM login_codes WHERE login_id", kLoginsOf);
    static const auto logins = erase_of("DELETE FROM logins WHERE id", kLoginsOf);
    static const auto samples =
        "DELETE FROM messages WHERE id IN (SELECT message_id FROM sample_messages"
        " WHERE project_id = ?1 AND recipient IN (?2, ?3))";
    static const auto failures =
        "DELETE FROM failure_counters WHERE project_id = ?1 AND contact IN (?2, ?3)";
    static const auto locks = "DELETE FROM locks WHERE project_id = ?1 AND contact IN (?2, ?3)";

    const auto& [project_id, user_id] = std::tie(user.project_id, user.user_id);
    const auto run = [&](const std::string& sql) {
        return connection.run(sql, {project_id, user_id, user.email, user.phone});
    };
    Erased erased;
    erased.faces = erase_faces_of(connection, project_id, user_id);
    run(attempts);
    erased.messages = run(messages);
    erased.messages += connection.run(samples, {project_id, user.email, user.phone});
    erased.events = run(events_of_validations);
    erased.events += connection.run(events_of_user, {project_id, user_id});
    run(login_codes);
    erased.logins = run(logins);  // Found through the validations.
    erased.validations = run(validations);
    connection.run(failures, {project_id, user.email, user.phone});
    connection.run(locks, {project_id, user.email, user.phone});
    erased.users = connection.run("DELETE FROM users WHERE project_id = ?1 AND user_id = ?2",
                                  {project_id, user_id});
    connection.run(kForgetInAudit, {project_id, user_id});
    return erased;
}

Result<void> SqlUserStore::insert(const User& user, bool test, const events::AuditEntry& audit)
{
    return database_.write([&](Connection& connection) -> Result<void> {
        if (!has_project(connection, user.project_id)) return ErrorCode::ProjectNotFound;
        if (auto field = taken_field(connection, user, true); !field.empty()) {
            return taken(std::move(field));
        }
        insert_user(connection, user);
        events_.write(connection,
                      {event_of(user, events::EventType::UserCreated, user.created_at, test)});
        audit_.write(connection, audit);
        return {};
    });
}

Result<std::optional<User>> SqlUserStore::find(const std::string& project_id,
                                               const std::string& user_id)
{
    return database_.read([&](Connection& connection) -> Result<std::optional<User>> {
        return find_user(connection, project_id, user_id);
    });
}

Result<std::optional<User>> SqlUserStore::find_by_email(const std::string& project_id,
                                                        const std::string& email)
{
    return database_.read([&](Connection& connection) -> Result<std::optional<User>> {
        return find_user_by_email(connection, project_id, email);
    });
}

Result<std::optional<User>> SqlUserStore::find_by_phone(const std::string& project_id,
                                                        const std::string& phone)
{
    return database_.read([&](Connection& connection) -> Result<std::optional<User>> {
        return find_user_by_phone(connection, project_id, phone);
    });
}

Result<Page<User>> SqlUserStore::list(const std::string& project_id,
                                      const users::UserFilter& filter, const PageRequest& page)
{
    auto sql = std::string{"SELECT "} + kUserColumns + " FROM users WHERE project_id = ?1";
    std::vector<Bind> binds{project_id};
    const auto equals = [&](std::string_view column, const std::optional<std::string>& value) {
        if (!value) return;
        sql += " AND " + std::string{column} + " = ?";
        binds.emplace_back(*value);
    };
    equals("email", filter.email);
    equals("phone", filter.phone);
    equals("user_id", filter.user_id);
    std::string search_end;
    if (filter.search) {
        // A range of an index each, which a pattern for LIKE wouldn't be.
        search_end = *filter.search + kAfterAll;
        sql += " AND (user_id BETWEEN ? AND ? OR email BETWEEN ? AND ? OR phone BETWEEN ? AND ?)";
        for (int column = 0; column < 3; ++column) {
            binds.emplace_back(*filter.search);
            binds.emplace_back(search_end);
        }
    }
    if (page.after) {
        // Ids are the customer's own, so age decides the order; who was erased ends the list.
        sql += " AND (created_at, user_id) < (SELECT created_at, user_id FROM users"
               " WHERE project_id = ?1 AND user_id = ?)";
        binds.emplace_back(*page.after);
    }
    sql += " ORDER BY created_at DESC, user_id DESC LIMIT ?";
    binds.emplace_back(page.limit + 1);
    return database_.read([&](Connection& connection) -> Result<Page<User>> {
        Page<User> found;
        auto row = connection.query(sql, binds);
        while (row.next()) found.items.push_back(read_user(row));
        if (found.items.size() > static_cast<std::size_t>(page.limit)) {
            found.items.pop_back();
            found.next = found.items.back().user_id;
        }
        return found;
    });
}

Result<void> SqlUserStore::update(const User& user, bool test, const events::AuditEntry& audit)
{
    return database_.write([&](Connection& connection) -> Result<void> {
        if (!find_user(connection, user.project_id, user.user_id)) return ErrorCode::UserNotFound;
        if (auto field = taken_field(connection, user, false); !field.empty()) {
            return taken(std::move(field));
        }
        if (!update_user(connection, user)) return ErrorCode::Conflict;
        events_.write(connection,
                      {event_of(user, events::EventType::UserUpdated, user.updated_at, test)});
        audit_.write(connection, audit);
        return {};
    });
}

Result<Erased> SqlUserStore::erase(const std::string& project_id, const std::string& user_id,
                                   TimePoint now, bool test, std::optional<std::int64_t> version,
                                   const events::AuditEntry& audit)
{
    return database_.write([&](Connection& connection) -> Result<Erased> {
        const auto user = find_user(connection, project_id, user_id);
        if (!user) return ErrorCode::UserNotFound;
        if (version && *version != user->version) return ErrorCode::Conflict;
        const auto erased = erase_user(connection, *user);
        events_.write(connection, {event_of(*user, events::EventType::UserDeleted, now, test)});
        audit_.write(connection, audit);
        return erased;
    });
}

}  // namespace accessd::store
