#include "store/sql/sql_login_code_store.h"

#include <nlohmann/json.hpp>

namespace accessd::store {
namespace {

using access::LoginCode;

constexpr auto kInsert = R"(
    INSERT INTO login_codes (digest, project_id, login_id, redirect_url, code_challenge, expires_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6))";

// Reading and deleting are one statement: whoever gets the row is the only one. ?3 is a list of projects,
// or NULL for all of them.
constexpr auto kTake = R"(
    DELETE FROM login_codes
     WHERE digest = ?1 AND expires_at > ?2
       AND (CAST(?3 AS TEXT) IS NULL OR project_id IN (SELECT value FROM /*not pg*/json_each(?3)/*end*/
           /*pg json_array_elements_text(CAST(?3 AS JSON)) AS each (value)*/))
    RETURNING project_id, login_id, redirect_url, code_challenge, expires_at)";

constexpr auto kPrune = R"(
    DELETE FROM login_codes WHERE digest IN
        (SELECT digest FROM login_codes WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2))";
constexpr auto kIsAnyOld = "SELECT EXISTS (SELECT 1 FROM login_codes WHERE expires_at <= ?1)";

std::optional<std::string> list_of(const ProjectScope& scope)
{
    if (scope.is_all()) return std::nullopt;
    return nlohmann::json(scope.ids()).dump();
}

}  // namespace

void insert_login_code(Connection& connection, const LoginCode& code)
{
    connection.send(kInsert, {Blob{code.digest}, code.project_id, code.login_id, code.redirect_url,
                              or_null(code.code_challenge), code.expires_at});
}

Result<std::optional<LoginCode>> SqlLoginCodeStore::take(const std::string& digest,
                                                         const ProjectScope& scope, TimePoint now)
{
    const auto projects = list_of(scope);
    return database_.write(
        Claims::nothing(), [&](Connection& connection) -> Result<std::optional<LoginCode>> {
            auto row = connection.query(kTake, {Blob{digest}, now, projects});
            if (!row.next()) return std::optional<LoginCode>{};
            LoginCode code{digest, row.text(0), row.text(1), row.text(2), row.text(3), row.time(4)};
            row.next();  // To its end, so that the change counts as done.
            return std::optional{std::move(code)};
        });
}

Result<int> SqlLoginCodeStore::prune(TimePoint now, int rows_max)
{
    // Most calls find nothing, and a write costs a sync of the disk.
    ACCESSD_TRY(const auto is_any, database_.read([&](Connection& connection) -> Result<bool> {
        auto row = connection.query(kIsAnyOld, {now});
        return row.next() && row.flag(0);
    }));
    if (!is_any) return 0;
    return database_.write(Claims::nothing(), [&](Connection& connection) -> Result<int> {
        return connection.run(kPrune, {now, rows_max});
    });
}

}  // namespace accessd::store
