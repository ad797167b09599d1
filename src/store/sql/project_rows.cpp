#include "store/sql/project_rows.h"

#include "projects/project_json.h"

namespace accessd::store {
namespace {

constexpr auto kInsertSource = R"(
    INSERT INTO sources (id, project_id, name, kind, created_at, updated_at, version)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7))";
constexpr auto kInsertFlow = R"(
    INSERT INTO flows (id, project_id, source_id, document, created_at, updated_at, version)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7))";
constexpr auto kInsertRecipient = R"(
    INSERT INTO test_recipients (project_id, position, destination, code, outcome)
    VALUES (?1, ?2, ?3, ?4, ?5))";

}  // namespace

Result<projects::Project> read_project(const Rows& row)
{
    projects::Project project;
    project.id = row.text(0);
    project.slug = row.text(1);
    project.created_at = row.time(3);
    project.updated_at = row.time(4);
    project.version = row.integer(5);
    ACCESSD_CHECK(projects::read_document(row.text(2), project));
    return project;
}

Result<projects::Flow> read_flow(const Rows& row)
{
    projects::Flow flow;
    flow.id = row.text(0);
    flow.project_id = row.text(1);
    flow.source_id = row.text(2);
    flow.created_at = row.time(4);
    flow.updated_at = row.time(5);
    flow.version = row.integer(6);
    ACCESSD_CHECK(projects::read_document(row.text(3), flow));
    return flow;
}

users::Source read_source(const Rows& row)
{
    users::Source source;
    source.id = row.text(0);
    source.project_id = row.text(1);
    source.name = row.text(2);
    source.kind = users::parse_source_kind(row.text(3)).value_or(users::SourceKind::Directory);
    source.created_at = row.time(4);
    source.updated_at = row.time(5);
    source.version = row.integer(6);
    return source;
}

bool has_project(Connection& connection, const std::string& project_id)
{
    auto row = connection.query("SELECT 1 FROM projects WHERE id = ?1", {project_id});
    return row.next();
}

bool is_test_project(Connection& connection, const std::string& project_id)
{
    auto row =
        connection.query("SELECT 1 FROM projects WHERE id = ?1 AND mode = 'test'", {project_id});
    return row.next();
}

void insert_source(Connection& connection, const users::Source& source)
{
    connection.run(kInsertSource,
                   {source.id, source.project_id, source.name, users::to_text(source.kind),
                    source.created_at, source.updated_at, source.version});
}

void insert_flow(Connection& connection, const projects::Flow& flow)
{
    connection.run(kInsertFlow,
                   {flow.id, flow.project_id, or_null(flow.source_id), projects::to_document(flow),
                    flow.created_at, flow.updated_at, flow.version});
}

void put_test_recipients(Connection& connection, const std::string& project_id,
                         const std::vector<projects::TestRecipient>& recipients)
{
    connection.run("DELETE FROM test_recipients WHERE project_id = ?1", {project_id});
    int position = 0;
    for (const auto& recipient : recipients) {
        connection.run(kInsertRecipient, {project_id, position++, recipient.destination,
                                          recipient.code, projects::to_text(recipient.outcome)});
    }
}

}  // namespace accessd::store
