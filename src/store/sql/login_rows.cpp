#include "store/sql/login_rows.h"

#include "access/flow.h"
#include "access/lock.h"
#include "store/sql/failure_rows.h"
#include "store/sql/sql_login_code_store.h"
#include "store/sql/validation_rows.h"

#include <algorithm>

namespace accessd::store {
namespace {

using access::LoginStatus;
using projects::Method;

constexpr auto kInsert = R"(
    INSERT INTO logins (id, project_id, flow_id, opened_by, opened_for, user_id, status,
                        methods_done, created_at, expires_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'pending', '', ?7, ?8))";
constexpr auto kAdvance = R"(
    UPDATE logins SET user_id = ?2, methods_done = ?3, status = ?4, completed_at = ?5
     WHERE id = ?1)";

void unlock(Connection& connection, EventWriter& events, const access::Identity& identity,
            TimePoint now, bool test)
{
    const auto lock = find_lock(connection, identity);
    if (lock) remove_lock(connection, events, *lock, access::kUnlockedByOtherFactor, now, test);
}

}  // namespace

void insert_login(Connection& connection, const access::Login& login)
{
    connection.send(kInsert,
                    {login.id, login.project_id, login.flow_id, login.opened_by, login.opened_for,
                     or_null(login.user_id), login.created_at, login.expires_at});
}

void advance_login(Connection& connection, access::Login& login, const std::string& user_id,
                   Method method, const projects::Policy& policy,
                   const std::optional<access::LoginCode>& login_code, TimePoint now)
{
    login.user_id = user_id;
    auto& done = login.methods_done;
    if (std::find(done.begin(), done.end(), method) == done.end()) done.push_back(method);
    if (access::is_complete(policy, done)) {
        login.status = LoginStatus::Complete;
        login.completed_at = now;
    }
    connection.send(kAdvance, {login.id, login.user_id, methods_text(done),
                               access::to_text(login.status), login.completed_at});
    if (login.status != LoginStatus::Complete || !login_code) return;
    auto code = *login_code;
    code.project_id = login.project_id;
    code.login_id = login.id;
    insert_login_code(connection, code);
}

void unlock_others(Connection& connection, EventWriter& events, const users::User& user,
                   Method method, TimePoint now, bool test)
{
    const auto unlock_contact = [&](Method other, const std::optional<std::string>& contact) {
        if (!contact || other == method) return;
        unlock(connection, events, {user.project_id, other, *contact}, now, test);
    };
    unlock_contact(Method::Email, user.email);
    unlock_contact(Method::Phone, user.phone);
    unlock_contact(Method::Biometric, user.user_id);
}

}  // namespace accessd::store
