#include "store/sql/user_rows.h"

namespace accessd::store {
namespace {

constexpr auto kInsert = R"(
    INSERT INTO users (project_id, user_id, email, phone, name, claims, created_at, updated_at,
                       version)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9))";

constexpr auto kUpdate = R"(
    UPDATE users SET email = ?3, phone = ?4, name = ?5, claims = ?6, updated_at = ?7,
                     version = version + 1
     WHERE project_id = ?1 AND user_id = ?2 AND version = ?8)";

std::optional<users::User> first_user(Rows rows)
{
    if (!rows.next()) return std::nullopt;
    return read_user(rows);
}

}  // namespace

users::User read_user(const Rows& row)
{
    users::User user;
    user.project_id = row.text(0);
    user.user_id = row.text(1);
    user.email = row.optional_text(2);
    user.phone = row.optional_text(3);
    user.name = row.optional_text(4);
    user.claims = row.text(5);
    user.created_at = row.time(6);
    user.updated_at = row.time(7);
    user.version = row.integer(8);
    return user;
}

std::optional<users::User> find_user(Connection& connection, const std::string& project_id,
                                     const std::string& user_id)
{
    static const auto sql = std::string{"SELECT "} + kUserColumns +
                            " FROM users WHERE project_id = ?1 AND user_id = ?2";
    return first_user(connection.query(sql, {project_id, user_id}));
}

Rows ask_user_by_email(Connection& connection, const std::string& project_id,
                       const std::string& email)
{
    static const auto sql =
        std::string{"SELECT "} + kUserColumns + " FROM users WHERE project_id = ?1 AND email = ?2";
    return connection.query(sql, {project_id, email});
}

std::optional<users::User> find_user_by_email(Connection& connection, const std::string& project_id,
                                              const std::string& email)
{
    return first_user(ask_user_by_email(connection, project_id, email));
}

Rows ask_user_by_phone(Connection& connection, const std::string& project_id,
                       const std::string& phone)
{
    static const auto sql =
        std::string{"SELECT "} + kUserColumns + " FROM users WHERE project_id = ?1 AND phone = ?2";
    return connection.query(sql, {project_id, phone});
}

std::optional<users::User> find_user_by_phone(Connection& connection, const std::string& project_id,
                                              const std::string& phone)
{
    return first_user(ask_user_by_phone(connection, project_id, phone));
}

void insert_user(Connection& connection, const users::User& user)
{
    connection.send(kInsert, {user.project_id, user.user_id, user.email, user.phone, user.name,
                              user.claims, user.created_at, user.updated_at, user.version});
}

bool update_user(Connection& connection, const users::User& user)
{
    return connection.run(kUpdate, {user.project_id, user.user_id, user.email, user.phone,
                                    user.name, user.claims, user.updated_at, user.version}) == 1;
}

events::Event event_of(const users::User& user, events::EventType type, TimePoint at, bool test)
{
    events::Event event;
    event.project_id = user.project_id;
    event.type = type;
    event.at = at;
    event.user_id = user.user_id;
    event.test = test;
    return event;
}

}  // namespace accessd::store
