#include "store/sql/sql_project_store.h"

#include "projects/project_json.h"
#include "store/sql/face_rows.h"
#include "store/sql/list_query.h"
#include "store/sql/project_rows.h"

#include <array>

namespace accessd::store {
namespace {

using projects::Flow;
using projects::Project;
using projects::ProjectSetup;

constexpr auto kInsert = R"(
    INSERT INTO projects (id, slug, mode, document, created_at, updated_at, version)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7))";
constexpr auto kUpdate = R"(
    UPDATE projects SET slug = ?2, mode = ?3, document = ?4, updated_at = ?5, version = version + 1
     WHERE id = ?1 AND version = ?6)";
constexpr auto kOrigins = R"(
    SELECT projects.id, origin.value
      FROM projects, /*not pg*/json_each(projects.document, '$.allowed_origins') AS origin/*end*/
           /*pg json_array_elements_text(CAST(projects.document AS JSON) -> 'allowed_origins') AS origin (value)*/)";
constexpr auto kRemove = "DELETE FROM projects WHERE id = ?1 AND version = coalesce(?2, version)";
constexpr auto kRemoveFlow = R"(
    DELETE FROM flows WHERE id = ?1 AND project_id = ?2 AND version = coalesce(?3, version))";
constexpr auto kUpdateFlow = R"(
    UPDATE flows SET source_id = ?3, document = ?4, updated_at = ?5, version = version + 1
     WHERE id = ?1 AND project_id = ?2 AND version = ?6)";

// A message's attempts go before it: they are found through it.
constexpr auto kEraseAttempts = R"(
    DELETE FROM delivery_attempts WHERE message_id IN
        (SELECT id FROM messages WHERE project_id = ?1))";
constexpr auto kEraseWebhookTries = R"(
    DELETE FROM webhook_tries WHERE delivery_id IN
        (SELECT id FROM webhook_deliveries WHERE project_id = ?1))";
constexpr std::array kEraseMadeInTest{kEraseAttempts,
                                      "DELETE FROM messages WHERE project_id = ?1",
                                      "DELETE FROM validations WHERE project_id = ?1",
                                      "DELETE FROM logins WHERE project_id = ?1",
                                      "DELETE FROM login_codes WHERE project_id = ?1",
                                      "DELETE FROM users WHERE project_id = ?1",
                                      "DELETE FROM failure_counters WHERE project_id = ?1",
                                      "DELETE FROM locks WHERE project_id = ?1",
                                      "UPDATE audit SET target_id = NULL"
                                      " WHERE project_id = ?1 AND target_kind = 'user'",
                                      "DELETE FROM test_recipients WHERE project_id = ?1"};
// Files on their way in, which are found through their imports.
constexpr auto kEraseImportRows = R"(
    DELETE FROM import_rows WHERE import_id IN (SELECT id FROM imports WHERE project_id = ?1))";
constexpr auto kEraseRefusals = R"(
    DELETE FROM import_refusals WHERE import_id IN (SELECT id FROM imports WHERE project_id = ?1))";
constexpr std::array kEraseRest{"DELETE FROM idempotent_requests WHERE project_id = ?1",
                                kEraseImportRows,
                                kEraseRefusals,
                                "DELETE FROM imports WHERE project_id = ?1",
                                "DELETE FROM face_projects WHERE project_id = ?1",
                                "DELETE FROM message_templates WHERE project_id = ?1",
                                "DELETE FROM events WHERE project_id = ?1",
                                "DELETE FROM event_sequences WHERE project_id = ?1",
                                "DELETE FROM api_keys WHERE project_id = ?1",
                                "DELETE FROM admin_projects WHERE project_id = ?1",
                                "DELETE FROM flows WHERE project_id = ?1",
                                "DELETE FROM senders WHERE project_id = ?1",
                                kEraseWebhookTries,
                                "DELETE FROM webhook_deliveries WHERE project_id = ?1",
                                "DELETE FROM webhook_replays WHERE project_id = ?1",
                                "DELETE FROM webhook_queues WHERE project_id = ?1",
                                "DELETE FROM webhooks WHERE project_id = ?1",
                                "DELETE FROM sources WHERE project_id = ?1"};

Error slug_taken()
{
    return Error{ErrorCode::Conflict}
        .with("field", std::string{"slug"})
        .saying("Another project has this slug. Choose another one.");
}

bool is_slug_taken(Connection& connection, const Project& project)
{
    auto row = connection.query("SELECT 1 FROM projects WHERE slug = ?1 AND id <> ?2",
                                {project.slug, project.id});
    return row.next();
}

ErrorCode why_unchanged(Connection& connection, const std::string& project_id,
                        const std::string& flow_id)
{
    auto row = connection.query("SELECT 1 FROM flows WHERE id = ?1 AND project_id = ?2",
                                {flow_id, project_id});
    return row.next() ? ErrorCode::Conflict : ErrorCode::FlowNotFound;
}

/// The first row read with `read`, which returns a Result; nothing if there is none.
template <class Read>
auto first(Rows rows, Read read) -> Result<std::optional<std::decay_t<decltype(*read(rows))>>>
{
    std::optional<std::decay_t<decltype(*read(rows))>> found;
    if (rows.next()) {
        ACCESSD_TRY(found, read(rows));
    }
    return found;
}

/// A page of what `read` returns as Results.
template <class Value, class Read>
Result<Page<Value>> read_page(ListQuery query, Connection& connection, const PageRequest& page,
                              Read read)
{
    auto rows = query.page(connection, page, read,
                           [](const Result<Value>& value) { return value ? value->id : ""; });
    Page<Value> values{{}, std::move(rows.next)};
    for (auto& row : rows.items) {
        if (!row) return std::move(row).error();
        values.items.push_back(std::move(*row));
    }
    return values;
}

std::vector<users::Source> sources_of(Connection& connection, const std::string& project_id)
{
    static const auto sql =
        std::string{"SELECT "} + kSourceColumns + " FROM sources WHERE project_id = ?1 ORDER BY id";
    std::vector<users::Source> sources;
    auto row = connection.query(sql, {project_id});
    while (row.next()) sources.push_back(read_source(row));
    return sources;
}

Result<std::vector<Flow>> flows_of(Connection& connection, const std::string& project_id)
{
    static const auto sql =
        std::string{"SELECT "} + kFlowColumns + " FROM flows WHERE project_id = ?1 ORDER BY id";
    std::vector<Flow> flows;
    auto row = connection.query(sql, {project_id});
    while (row.next()) {
        ACCESSD_TRY(auto flow, read_flow(row));
        flows.push_back(std::move(flow));
    }
    return flows;
}

std::vector<projects::TestRecipient> test_recipients_of(Connection& connection,
                                                        const std::string& project_id)
{
    std::vector<projects::TestRecipient> recipients;
    auto row = connection.query(R"(
        SELECT destination, code, outcome FROM test_recipients WHERE project_id = ?1
         ORDER BY position)",
                                {project_id});
    while (row.next()) {
        recipients.push_back({row.text(0), row.text(1),
                              projects::parse_outcome(row.text(2))
                                  .value_or(projects::TestRecipient::Outcome::Delivered)});
    }
    return recipients;
}

}  // namespace

Result<void> SqlProjectStore::insert(const ProjectSetup& setup, const events::AuditEntry& audit)
{
    return database_.write([&](Connection& connection) -> Result<void> {
        const auto& project = setup.project;
        if (is_slug_taken(connection, project)) return slug_taken();
        connection.run(kInsert, {project.id, project.slug, projects::to_text(project.mode),
                                 projects::to_document(project), project.created_at,
                                 project.updated_at, project.version});
        for (const auto& source : setup.sources) insert_source(connection, source);
        for (const auto& flow : setup.flows) store::insert_flow(connection, flow);
        store::put_test_recipients(connection, project.id, setup.test_recipients);
        audit_.write(connection, audit);
        return {};
    });
}

Result<std::optional<Project>> SqlProjectStore::find(const std::string& id)
{
    static const auto sql =
        std::string{"SELECT "} + kProjectColumns + " FROM projects WHERE id = ?1";
    return database_.read(
        [&](Connection& connection) { return first(connection.query(sql, {id}), read_project); });
}

Result<std::optional<Project>> SqlProjectStore::find_by_slug(const std::string& slug)
{
    static const auto sql =
        std::string{"SELECT "} + kProjectColumns + " FROM projects WHERE slug = ?1";
    return database_.read(
        [&](Connection& connection) { return first(connection.query(sql, {slug}), read_project); });
}

Result<std::optional<ProjectSetup>> SqlProjectStore::setup(const std::string& id)
{
    static const auto sql =
        std::string{"SELECT "} + kProjectColumns + " FROM projects WHERE id = ?1";
    return database_.read([&](Connection& connection) -> Result<std::optional<ProjectSetup>> {
        const Snapshot snapshot{connection};
        ACCESSD_TRY(auto project, first(connection.query(sql, {id}), read_project));
        if (!project) return std::optional<ProjectSetup>{};
        ProjectSetup setup;
        setup.project = std::move(*project);
        ACCESSD_TRY(setup.flows, flows_of(connection, id));
        setup.sources = sources_of(connection, id);
        setup.test_recipients = test_recipients_of(connection, id);
        return std::optional{std::move(setup)};
    });
}

Result<Page<Project>> SqlProjectStore::list(const ProjectScope& scope, const PageRequest& page)
{
    ListQuery query{kProjectColumns, "projects"};
    if (!scope.is_all()) query.where_in("id", scope.ids());
    return database_.read([&](Connection& connection) {
        return read_page<Project>(query, connection, page, read_project);
    });
}

Result<std::vector<std::pair<std::string, std::string>>> SqlProjectStore::allowed_origins()
{
    return database_.read(
        [&](Connection& connection) -> Result<std::vector<std::pair<std::string, std::string>>> {
            std::vector<std::pair<std::string, std::string>> origins;
            auto row = connection.query(kOrigins);
            while (row.next()) origins.emplace_back(row.text(0), row.text(1));
            return origins;
        });
}

Result<void> SqlProjectStore::update(const Project& project, bool going_live,
                                     const events::AuditEntry& audit)
{
    return database_.write([&](Connection& connection) -> Result<void> {
        if (!has_project(connection, project.id)) return ErrorCode::ProjectNotFound;
        if (is_slug_taken(connection, project)) return slug_taken();
        const int changed = connection.run(
            kUpdate, {project.id, project.slug, projects::to_text(project.mode),
                      projects::to_document(project), project.updated_at, project.version});
        if (changed == 0) return ErrorCode::Conflict;
        if (going_live) {
            erase_faces_of_project(connection, project.id);
            for (const auto* sql : kEraseMadeInTest) connection.run(sql, {project.id});
        }
        audit_.write(connection, audit);
        return {};
    });
}

Result<void> SqlProjectStore::remove(const std::string& id, std::optional<std::int64_t> version,
                                     const events::AuditEntry& audit)
{
    return database_.write([&](Connection& connection) -> Result<void> {
        if (connection.run(kRemove, {id, version}) == 0) {
            return has_project(connection, id) ? ErrorCode::Conflict : ErrorCode::ProjectNotFound;
        }
        erase_faces_of_project(connection, id);
        for (const auto* sql : kEraseMadeInTest) connection.run(sql, {id});
        for (const auto* sql : kEraseRest) connection.run(sql, {id});
        audit_.write(connection, audit);
        return {};
    });
}

Result<void> SqlProjectStore::insert_flow(const Flow& flow, const events::AuditEntry& audit)
{
    return database_.write([&](Connection& connection) -> Result<void> {
        if (!has_project(connection, flow.project_id)) return ErrorCode::ProjectNotFound;
        store::insert_flow(connection, flow);
        audit_.write(connection, audit);
        return {};
    });
}

Result<std::optional<Flow>> SqlProjectStore::find_flow(const std::string& id,
                                                       const ProjectScope& scope)
{
    static const auto sql = std::string{"SELECT "} + kFlowColumns + " FROM flows WHERE id = ?1";
    return database_.read([&](Connection& connection) -> Result<std::optional<Flow>> {
        ACCESSD_TRY(auto flow, first(connection.query(sql, {id}), read_flow));
        if (flow && !scope.allows(flow->project_id)) flow.reset();
        return flow;
    });
}

Result<Page<Flow>> SqlProjectStore::list_flows(const std::string& project_id,
                                               const PageRequest& page)
{
    ListQuery query{kFlowColumns, "flows"};
    query.where("project_id = ?", project_id);
    return database_.read([&](Connection& connection) {
        return read_page<Flow>(query, connection, page, read_flow);
    });
}

Result<void> SqlProjectStore::update_flow(const Flow& flow, const events::AuditEntry& audit)
{
    return database_.write([&](Connection& connection) -> Result<void> {
        const int changed = connection.run(
            kUpdateFlow, {flow.id, flow.project_id, or_null(flow.source_id),
                          projects::to_document(flow), flow.updated_at, flow.version});
        if (changed != 1) return why_unchanged(connection, flow.project_id, flow.id);
        audit_.write(connection, audit);
        return {};
    });
}

Result<void> SqlProjectStore::remove_flow(const std::string& project_id, const std::string& id,
                                          std::optional<std::int64_t> version,
                                          const events::AuditEntry& audit)
{
    return database_.write([&](Connection& connection) -> Result<void> {
        if (connection.run(kRemoveFlow, {id, project_id, version}) != 1) {
            return why_unchanged(connection, project_id, id);
        }
        audit_.write(connection, audit);
        return {};
    });
}

Result<void> SqlProjectStore::put_test_recipients(
    const std::string& project_id, const std::vector<projects::TestRecipient>& recipients,
    const std::vector<projects::TestRecipient>* seen, const events::AuditEntry& audit)
{
    return database_.write([&](Connection& connection) -> Result<void> {
        if (!has_project(connection, project_id)) return ErrorCode::ProjectNotFound;
        if (seen != nullptr && test_recipients_of(connection, project_id) != *seen) {
            return ErrorCode::Conflict;
        }
        store::put_test_recipients(connection, project_id, recipients);
        audit_.write(connection, audit);
        return {};
    });
}

}  // namespace accessd::store
