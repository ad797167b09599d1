#include "store/sql/sql_import_store.h"

#include "store/sql/import_rows.h"
#include "store/sql/project_rows.h"

#include <string>
#include <utility>

namespace accessd::store {
namespace {

using users::Import;
using users::ImportStatus;
using users::RefusedRow;

constexpr auto kInsert = R"(
    INSERT INTO imports (id, project_id, source_id, mode, dry_run, status, problem, bytes, bytes_read,
                         row_count, refused, added, changed, removed, created_at, updated_at)
    VALUES (?1, ?2, ?3, ?4, ?5, 'running', NULL, ?6, 0, 0, 0, 0, 0, 0, ?7, ?7))";
constexpr auto kRunning =
    "SELECT 1 FROM imports WHERE project_id = ?1 AND status = 'running' AND updated_at > ?2";
constexpr auto kEndSilent = R"(
    UPDATE imports SET status = 'failed', problem = ?3
     WHERE project_id = ?1 AND status = 'running' AND updated_at <= ?2)";
constexpr auto kDropRows = R"(
    DELETE FROM import_rows WHERE import_id IN
        (SELECT id FROM imports WHERE project_id = ?1 AND status <> 'running'))";
constexpr auto kDropOldRefusals = R"(
    DELETE FROM import_refusals WHERE import_id IN
        (SELECT id FROM imports WHERE project_id = ?1 AND created_at < ?2))";
constexpr auto kDropOld = "DELETE FROM imports WHERE project_id = ?1 AND created_at < ?2";
constexpr auto kProgress = R"(
    UPDATE imports SET bytes_read = ?2, row_count = ?3, updated_at = ?4 WHERE id = ?1)";
constexpr auto kFail = R"(
    UPDATE imports SET status = 'failed', problem = ?2, updated_at = ?3 WHERE id = ?1)";
// A statement over all rows may take longer than a login's ever should.
constexpr auto kTakeTime = "SELECT /*pg set_config('statement_timeout', '10min', TRUE), */ 1";
constexpr auto kRefusals = R"(
    SELECT line, reason FROM import_refusals WHERE import_id = ?1 AND line > ?2 ORDER BY line LIMIT ?3)";

constexpr auto kSilent =
    "The server was stopped before it was done. Nothing was changed; import the "
    "file again.";

}  // namespace

Result<void> SqlImportStore::begin(const Import& import, const events::AuditEntry& audit)
{
    return database_.write([&](Connection& connection) -> Result<void> {
        if (!has_project(connection, import.project_id)) return ErrorCode::ProjectNotFound;
        const auto silent = import.created_at - kSilence;
        if (connection.query(kRunning, {import.project_id, silent}).next()) {
            return Error{ErrorCode::Conflict}.saying(
                "An import of this project is under way. Wait until it has ended.");
        }
        connection.run(kEndSilent, {import.project_id, silent, kSilent});
        connection.run(kDropRows, {import.project_id});
        connection.run(kDropOldRefusals, {import.project_id, import.created_at - kLife});
        connection.run(kDropOld, {import.project_id, import.created_at - kLife});
        connection.run(kInsert,
                       {import.id, import.project_id, import.source_id, users::to_text(import.mode),
                        import.is_dry_run, import.bytes, import.created_at});
        audit_.write(connection, audit);
        return {};
    });
}

Result<Import> SqlImportStore::add_rows(const Import& import,
                                        const std::vector<users::ImportRow>& rows,
                                        const std::vector<RefusedRow>& refused)
{
    // Of this import alone, which one thread reads: logins go on beside the many batches.
    return database_.write(Claims::nothing(), [&](Connection& connection) -> Result<Import> {
        if (!find_import(connection, import.id)) return ErrorCode::ImportNotFound;
        for (const auto& row : rows) keep_row(connection, import.id, row);
        for (const auto& row : refused) refuse_row(connection, import.id, row);
        connection.run(kProgress, {import.id, import.bytes_read, import.rows, import.updated_at});
        count_refused(connection, import.id);
        return *find_import(connection, import.id);
    });
}

Result<Import> SqlImportStore::apply(const Import& import, const users::ImportColumns& columns,
                                     bool test, TimePoint now)
{
    return database_.write([&](Connection& connection) -> Result<Import> {
        if (!find_import(connection, import.id)) return ErrorCode::ImportNotFound;
        connection.query(kTakeTime).next();
        std::vector<events::Event> written;
        auto done =
            apply_rows(connection, import, columns, {import.project_id, now, test}, written);
        drop_rows(connection, import.id);
        written.push_back(finished_event(done, now, test));
        events_.write(connection, written);
        return done;
    });
}

Result<void> SqlImportStore::fail(const Import& import, const std::string& problem, bool test,
                                  TimePoint now)
{
    return database_.write([&](Connection& connection) -> Result<void> {
        if (connection.run(kFail, {import.id, problem, now}) != 1) return ErrorCode::ImportNotFound;
        drop_rows(connection, import.id);
        auto failed = import;
        failed.status = ImportStatus::Failed;
        events_.write(connection, {finished_event(failed, now, test)});
        return {};
    });
}

Result<std::optional<Import>> SqlImportStore::find(const std::string& id, const ProjectScope& scope,
                                                   TimePoint now)
{
    return database_.read([&](Connection& connection) -> Result<std::optional<Import>> {
        auto import = find_import(connection, id);
        if (!import || !scope.allows(import->project_id)) return std::optional<Import>{};
        if (import->status == ImportStatus::Running && now - import->updated_at >= kSilence) {
            import->status = ImportStatus::Failed;
            import->problem = kSilent;
        }
        return import;
    });
}

Result<std::vector<RefusedRow>> SqlImportStore::refused_rows(const std::string& id,
                                                             std::int64_t after_line, int limit)
{
    return database_.read([&](Connection& connection) -> Result<std::vector<RefusedRow>> {
        std::vector<RefusedRow> found;
        auto row = connection.query(kRefusals, {id, after_line, limit});
        while (row.next()) found.push_back({row.integer(0), row.text(1)});
        return found;
    });
}

}  // namespace accessd::store
