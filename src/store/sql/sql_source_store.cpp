#include "store/sql/sql_source_store.h"

#include "store/sql/list_query.h"
#include "store/sql/project_rows.h"

namespace accessd::store {
namespace {

using users::Source;

constexpr auto kUpdate = R"(
    UPDATE sources SET name = ?3, kind = ?4, updated_at = ?5, sealed_settings = ?7,
                       version = version + 1
     WHERE id = ?1 AND project_id = ?2 AND version = ?6)";
constexpr auto kRemove = R"(
    DELETE FROM sources WHERE id = ?1 AND project_id = ?2 AND version = coalesce(?3, version))";
constexpr auto kNoteDown =
    "UPDATE sources SET down_since = ?3 WHERE id = ?1 AND project_id = ?2 AND down_since IS NULL";
constexpr auto kNoteUp =
    "UPDATE sources SET down_since = NULL WHERE id = ?1 AND project_id = ?2 AND down_since IS NOT NULL";
constexpr auto kFlowUsing = "SELECT id FROM flows WHERE project_id = ?1 AND source_id = ?2 LIMIT 1";

ErrorCode why_unchanged(Connection& connection, const std::string& project_id,
                        const std::string& id)
{
    auto row = connection.query("SELECT 1 FROM sources WHERE id = ?1 AND project_id = ?2",
                                {id, project_id});
    return row.next() ? ErrorCode::Conflict : ErrorCode::SourceNotFound;
}

}  // namespace

Result<void> SqlSourceStore::insert(const Source& source, const events::AuditEntry& audit)
{
    return database_.write([&](Connection& connection) -> Result<void> {
        if (!has_project(connection, source.project_id)) return ErrorCode::ProjectNotFound;
        insert_source(connection, source);
        audit_.write(connection, audit);
        return {};
    });
}

Result<std::optional<Source>> SqlSourceStore::find(const std::string& id, const ProjectScope& scope)
{
    static const auto sql = std::string{"SELECT "} + kSourceColumns + " FROM sources WHERE id = ?1";
    return database_.read([&](Connection& connection) -> Result<std::optional<Source>> {
        auto row = connection.query(sql, {id});
        if (!row.next()) return std::optional<Source>{};
        auto source = read_source(row);
        if (!scope.allows(source.project_id)) return std::optional<Source>{};
        return std::optional{std::move(source)};
    });
}

Result<Page<Source>> SqlSourceStore::list(const std::string& project_id, const PageRequest& page)
{
    ListQuery query{kSourceColumns, "sources"};
    query.where("project_id = ?", project_id);
    return database_.read([&](Connection& connection) -> Result<Page<Source>> {
        return query.page(connection, page, read_source,
                          [](const Source& source) { return source.id; });
    });
}

Result<void> SqlSourceStore::update(const Source& source, const events::AuditEntry& audit)
{
    return database_.write([&](Connection& connection) -> Result<void> {
        const int changed = connection.run(
            kUpdate, {source.id, source.project_id, source.name, users::to_text(source.kind),
                      source.updated_at, source.version, blob_or_null(source.sealed_settings)});
        if (changed != 1) return why_unchanged(connection, source.project_id, source.id);
        audit_.write(connection, audit);
        return {};
    });
}

Result<void> SqlSourceStore::note_health(const std::string& project_id, const std::string& id,
                                         bool is_down, const std::string& words, TimePoint now)
{
    return database_.write([&](Connection& connection) -> Result<void> {
        const int changed = is_down ? connection.run(kNoteDown, {id, project_id, now})
                                    : connection.run(kNoteUp, {id, project_id});
        if (changed == 0) return {};
        events::Event event;
        event.project_id = project_id;
        event.type = is_down ? events::EventType::SourceDown : events::EventType::SourceUp;
        event.at = now;
        event.subject_id = id;
        event.reason = words;
        event.test = is_test_project(connection, project_id);
        events_.write(connection, {event});
        return {};
    });
}

Result<void> SqlSourceStore::remove(const std::string& project_id, const std::string& id,
                                    std::optional<std::int64_t> version,
                                    const events::AuditEntry& audit)
{
    return database_.write([&](Connection& connection) -> Result<void> {
        if (auto flow = connection.query(kFlowUsing, {project_id, id}); flow.next()) {
            return Error{ErrorCode::Conflict}
                .with("flow_id", flow.text(0))
                .saying("A flow uses this source. Give the flow another source first.");
        }
        if (connection.run(kRemove, {id, project_id, version}) != 1) {
            return why_unchanged(connection, project_id, id);
        }
        audit_.write(connection, audit);
        return {};
    });
}

}  // namespace accessd::store
