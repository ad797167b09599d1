#include "store/sql/sql_browser_login_store.h"

#include "store/sql/limit_rows.h"

namespace accessd::store {
namespace {

constexpr auto kIsSpent = "SELECT EXISTS (SELECT 1 FROM spent_proofs WHERE id = ?1)";
constexpr auto kSpend = R"(
    INSERT INTO spent_proofs (id, expires_at) VALUES (?1, ?2) ON CONFLICT (id) DO NOTHING)";
constexpr auto kMode = "SELECT mode FROM projects WHERE id = ?1";
constexpr auto kInsertLogin = R"(
    INSERT INTO logins (id, project_id, flow_id, opened_by, opened_for, user_id, status,
                        methods_done, created_at, expires_at, redirect_url, state, code_challenge)
    VALUES (?1, ?2, ?3, ?4, '', NULL, 'pending', '', ?5, ?6, ?7, ?8, ?9))";
constexpr auto kRenewCode = R"(
    UPDATE login_codes SET digest = ?3, expires_at = ?4 WHERE project_id = ?1 AND login_id = ?2)";
constexpr auto kPrune = R"(
    DELETE FROM spent_proofs WHERE id IN
        (SELECT id FROM spent_proofs WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2))";

Error spent_before()
{
    return Error{ErrorCode::ChallengeRequired, "a proof that was spent before"};
}

/// The caller's copy of the project may be two seconds old.
Result<void> check_project(Connection& connection, const access::OpenLogin& request)
{
    auto row = connection.query(kMode, {request.login.project_id});
    if (!row.next()) return ErrorCode::ProjectNotFound;
    if ((row.text(0) == "test") != request.test) {
        return Error{ErrorCode::Busy, "the project's mode changes"};
    }
    return {};
}

events::Event refusal_event(const access::OpenLogin& request, const limits::Limit& limit,
                            std::int64_t count)
{
    events::Event event;
    event.project_id = request.login.project_id;
    event.type = events::EventType::SecurityRateLimited;
    event.at = request.now;
    event.flow_id = request.login.flow_id;
    event.reason = limit.scope;
    event.count = count;
    event.test = request.test;
    return event;
}

}  // namespace

Result<void> SqlBrowserLoginStore::open(const access::OpenLogin& request)
{
    // Looked at first without the writer, which one proof sent a thousand times would keep busy.
    const auto is_spent = database_.read([&](Connection& connection) -> Result<bool> {
        auto row = connection.query(kIsSpent, {request.proof_id});
        return row.next() && row.flag(0);
    });
    if (!is_spent) return is_spent.error();
    if (*is_spent) return spent_before();

    auto claims = Claims::nothing();
    for (const auto& each : request.limits) claim_window(claims, each.key);
    return database_.write(claims, [&](Connection& connection) -> Result<void> {
        ACCESSD_CHECK(check_project(connection, request));
        if (connection.run(kSpend, {request.proof_id, request.proof_expires_at}) == 0) {
            return spent_before();
        }
        connection.keep();  // Spent is spent, whatever comes of it.
        if (!request.limits.empty()) {
            const auto counted = take_from_windows(connection, request.limits, request.now, true);
            if (counted.refused_by != nullptr) {
                const auto& limit = counted.refused_by->limit;
                if (counted.refused_to_report > 0) {
                    events_.write(connection,
                                  {refusal_event(request, limit, counted.refused_to_report)});
                }
                return limits::refusal(counted.decision, limit);
            }
        }
        const auto& login = request.login;
        connection.run(kInsertLogin, {login.id, login.project_id, login.flow_id, login.opened_by,
                                      login.created_at, login.expires_at, login.redirect_url,
                                      or_null(login.state), or_null(login.code_challenge)});
        return {};
    });
}

Result<bool> SqlBrowserLoginStore::renew_code(const std::string& project_id,
                                              const std::string& login_id,
                                              const std::string& digest, TimePoint expires_at)
{
    return database_.write(Claims::nothing(), [&](Connection& connection) -> Result<bool> {
        return connection.run(kRenewCode, {project_id, login_id, Blob{digest}, expires_at}) == 1;
    });
}

Result<int> SqlBrowserLoginStore::prune(TimePoint now, int rows_max)
{
    return database_.write(Claims::nothing(), [&](Connection& connection) -> Result<int> {
        return connection.run(kPrune, {now, rows_max});
    });
}

}  // namespace accessd::store
