#include "store/sql/sql_validation_store.h"

#include "store/sql/list_query.h"
#include "store/sql/project_rows.h"
#include "store/sql/validation_rows.h"

namespace accessd::store {
namespace {

using access::Login;
using access::LoginStatus;
using access::Validation;
using access::ValidationStatus;
using events::EventType;

Error already_ended(ValidationStatus status)
{
    switch (status) {
    case ValidationStatus::Validated: return ErrorCode::AlreadyValidated;
    case ValidationStatus::Canceled: return ErrorCode::ValidationCanceled;
    case ValidationStatus::Expired: return ErrorCode::OtpExpired;
    case ValidationStatus::Failed: return ErrorCode::AttemptsExhausted;
    case ValidationStatus::Pending: break;
    }
    return Error{ErrorCode::Internal, "a pending validation hasn't ended"};
}

/// A pending row past its time counts as expired, whether or not it says so yet.
void filter_by_status(ListQuery& query, std::string_view status, TimePoint now)
{
    if (status == "expired") {
        query.where("(status = 'expired' OR (status = 'pending' AND expires_at <= ?))", now);
    } else if (status == "pending") {
        query.where("status = 'pending' AND expires_at > ?", now);
    } else {
        query.where("status = ?", status);
    }
}

std::vector<Validation> overdue_validations(Connection& connection, TimePoint now, int rows_max)
{
    static const auto sql = std::string{"SELECT "} + kValidationColumns +
                            " FROM validations WHERE status = 'pending' AND expires_at <= ?1"
                            " ORDER BY expires_at LIMIT ?2";
    std::vector<Validation> found;
    auto row = connection.query(sql, {now, rows_max});
    while (row.next()) found.push_back(read_validation(row));
    return found;
}

std::vector<Login> overdue_logins(Connection& connection, TimePoint now, int rows_max)
{
    static const auto sql = std::string{"SELECT "} + kLoginColumns +
                            " FROM logins WHERE status = 'pending' AND expires_at <= ?1"
                            " ORDER BY expires_at LIMIT ?2";
    std::vector<Login> found;
    auto row = connection.query(sql, {now, rows_max});
    while (row.next()) found.push_back(read_login(row));
    return found;
}

void expire_login(Connection& connection, EventWriter& events, const Login& login, TimePoint now)
{
    connection.run("UPDATE logins SET status = 'expired' WHERE id = ?1", {login.id});
    events::Event event;
    event.project_id = login.project_id;
    event.type = EventType::LoginFailed;
    event.at = now;
    event.flow_id = login.flow_id;
    event.login_id = login.id;
    event.user_id = login.user_id;
    event.reason = "expired";
    event.test = is_test_project(connection, login.project_id);
    events.write(connection, {event});
}

}  // namespace

Result<Validation> SqlValidationStore::cancel(const std::string& id, const ProjectScope& scope,
                                              TimePoint now)
{
    return database_.write([&](Connection& connection) -> Result<Validation> {
        auto validation = find_validation(connection, id);
        if (!validation || !scope.allows(validation->project_id)) {
            return ErrorCode::ValidationNotFound;
        }
        const auto status = validation->status_at(now);
        if (status != ValidationStatus::Pending) return already_ended(status);

        validation->status = ValidationStatus::Canceled;
        validation->ended_at = now;
        end_validation(connection, id, ValidationStatus::Canceled, now);
        supersede_messages(connection, id);
        const bool test = is_test_project(connection, validation->project_id);
        events_.write(connection,
                      {event_of(*validation, EventType::ValidationCanceled, now, test)});
        return std::move(*validation);
    });
}

Result<std::optional<Validation>> SqlValidationStore::find(const std::string& id,
                                                           const ProjectScope& scope)
{
    return database_.read([&](Connection& connection) -> Result<std::optional<Validation>> {
        auto validation = find_validation(connection, id);
        if (validation && !scope.allows(validation->project_id)) validation.reset();
        return validation;
    });
}

Result<std::optional<access::LinkedValidation>> SqlValidationStore::find_by_link(
    const std::string& digest)
{
    static const auto sql = std::string{"SELECT "} + kValidationColumns +
                            ", sealed_code FROM validations"
                            " WHERE link_digest = ?1 AND status = 'pending'";
    using Found = std::optional<access::LinkedValidation>;
    return database_.read([&](Connection& connection) -> Result<Found> {
        auto row = connection.query(sql, {Blob{digest}});
        if (!row.next()) return Found{};
        return Found{{read_validation(row), row.bytes(kValidationColumnCount)}};
    });
}

Result<Page<Validation>> SqlValidationStore::list(const ProjectScope& scope,
                                                  const access::ValidationFilter& filter,
                                                  const PageRequest& page, TimePoint now)
{
    ListQuery query{kValidationColumns, "validations"};
    query.within(scope, filter.project_id);
    query.equals("flow_id", filter.flow_id);
    query.equals("login_id", filter.login_id);
    query.equals("user_id", filter.user_id);
    query.equals("recipient", filter.recipient);
    if (filter.status) filter_by_status(query, access::to_text(*filter.status), now);
    return database_.read([&](Connection& connection) -> Result<Page<Validation>> {
        return query.page(connection, page, read_validation,
                          [](const Validation& validation) { return validation.id; });
    });
}

Result<std::optional<Login>> SqlValidationStore::find_login(const std::string& id,
                                                            const ProjectScope& scope)
{
    return database_.read([&](Connection& connection) -> Result<std::optional<Login>> {
        auto login = store::find_login(connection, id);
        if (login && !scope.allows(login->project_id)) login.reset();
        return login;
    });
}

Result<Page<Login>> SqlValidationStore::list_logins(const ProjectScope& scope,
                                                    const access::LoginFilter& filter,
                                                    const PageRequest& page, TimePoint now)
{
    ListQuery query{kLoginColumns, "logins"};
    query.within(scope, filter.project_id);
    query.equals("flow_id", filter.flow_id);
    query.equals("user_id", filter.user_id);
    if (filter.status) filter_by_status(query, access::to_text(*filter.status), now);
    return database_.read([&](Connection& connection) -> Result<Page<Login>> {
        return query.page(connection, page, read_login,
                          [](const Login& login) { return login.id; });
    });
}

Result<int> SqlValidationStore::expire(TimePoint now, int rows_max)
{
    // Most calls find nothing, and a write costs a sync of the disk.
    const auto due = database_.read([&](Connection& connection) -> Result<bool> {
        auto row = connection.query(R"(
            SELECT EXISTS (SELECT 1 FROM validations WHERE status = 'pending' AND expires_at <= ?1)
                OR EXISTS (SELECT 1 FROM logins WHERE status = 'pending' AND expires_at <= ?1))",
                                    {now});
        return row.next() && row.flag(0);
    });
    if (!due) return due.error();
    if (!*due) return 0;

    return database_.write([&](Connection& connection) -> Result<int> {
        const auto validations = overdue_validations(connection, now, rows_max);
        for (const auto& validation : validations) {
            end_validation(connection, validation.id, ValidationStatus::Expired,
                           validation.expires_at);
            const bool test = is_test_project(connection, validation.project_id);
            events_.write(connection,
                          {event_of(validation, EventType::ValidationExpired, now, test)});
        }
        const auto rest = rows_max - static_cast<int>(validations.size());
        const auto logins = overdue_logins(connection, now, rest);
        for (const auto& login : logins) expire_login(connection, events_, login, now);
        return static_cast<int>(validations.size() + logins.size());
    });
}

}  // namespace accessd::store
