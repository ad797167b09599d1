#include "store/sql/sql_fraud_store.h"

#include "store/sql/fraud_rows.h"
#include "store/sql/list_query.h"
#include "store/sql/project_rows.h"

#include <utility>

namespace accessd::store {
namespace {

using fraud::Block;
using fraud::Settings;

constexpr auto kColumns =
    "id, project_id, scope, key, reason, is_dry_run, began_at, until, ended_at";
constexpr auto kInsertSettings = R"(
    INSERT INTO fraud_settings (project_id, document, version) VALUES (?1, ?2, 1)
        ON CONFLICT (project_id) DO NOTHING)";
constexpr auto kUpdateSettings = R"(
    UPDATE fraud_settings SET document = ?2, version = version + 1
     WHERE project_id = ?1 AND version = ?3)";
constexpr auto kEnd = "UPDATE fraud_blocks SET ended_at = ?2 WHERE id = ?1";
constexpr auto kReset = R"(
    UPDATE fraud_counters SET score = 0, blocked_until = 0, blocks = 0
     WHERE project_id = ?1 AND scope = ?2 AND key = ?3)";
// The day is used up all the same: an operator who lets it go on starts it anew.
constexpr auto kResetDay = R"(
    UPDATE fraud_counters SET score = 0, sent = 0, blocks = 0
     WHERE project_id = ?1 AND scope = 'day' AND key = ?2)";

Block read_block(const Rows& row)
{
    Block block;
    block.id = row.text(0);
    block.project_id = row.text(1);
    block.scope = row.text(2);
    block.key = row.text(3);
    block.reason = row.text(4);
    block.is_dry_run = row.flag(5);
    block.began_at = row.time(6);
    block.until = row.time(7);
    block.ended_at = row.optional_time(8);
    return block;
}

std::optional<Block> find(Connection& connection, const std::string& id)
{
    static const auto sql = std::string{"SELECT "} + kColumns + " FROM fraud_blocks WHERE id = ?1";
    auto row = connection.query(sql, {id});
    if (!row.next()) return std::nullopt;
    return read_block(row);
}

bool is_day(const Block& block)
{
    return block.scope == "messages_per_day" || block.scope == "spend_per_day";
}

events::Event unblocked_event(const Block& block, TimePoint now, bool test)
{
    events::Event event;
    event.project_id = block.project_id;
    event.type = events::EventType::SecurityFraudUnblocked;
    event.at = now;
    event.subject_id = block.id;
    event.destination = block.scope == "client" ? std::string{} : block.key;
    event.reason = block.scope + ": operator";
    event.test = test;
    return event;
}

}  // namespace

Result<Settings> SqlFraudStore::settings(const std::string& project_id)
{
    return database_.read([&](Connection& connection) -> Result<Settings> {
        return find_fraud_settings(connection, project_id);
    });
}

Result<std::int64_t> SqlFraudStore::put_settings(const std::string& project_id,
                                                 const Settings& settings,
                                                 const events::AuditEntry& audit)
{
    const auto document = fraud::to_document(settings);
    return database_.write([&](Connection& connection) -> Result<std::int64_t> {
        if (!has_project(connection, project_id)) return ErrorCode::ProjectNotFound;
        const int changed =
            settings.version == 0
                ? connection.run(kInsertSettings, {project_id, document})
                : connection.run(kUpdateSettings, {project_id, document, settings.version});
        if (changed != 1) return ErrorCode::Conflict;
        audit_.write(connection, audit);
        return settings.version + 1;
    });
}

Result<Page<Block>> SqlFraudStore::blocks(const std::string& project_id, const PageRequest& page)
{
    ListQuery query{kColumns, "fraud_blocks"};
    query.where("project_id = ?", project_id);
    return database_.read([&](Connection& connection) -> Result<Page<Block>> {
        return query.page(connection, page, read_block,
                          [](const Block& block) { return block.id; });
    });
}

Result<std::optional<Block>> SqlFraudStore::find_block(const std::string& id,
                                                       const ProjectScope& scope)
{
    return database_.read([&](Connection& connection) -> Result<std::optional<Block>> {
        auto block = find(connection, id);
        if (block && !scope.allows(block->project_id)) block.reset();
        return block;
    });
}

Result<Block> SqlFraudStore::end_block(const std::string& id, const ProjectScope& scope,
                                       TimePoint now, const events::AuditEntry& audit)
{
    return database_.write([&](Connection& connection) -> Result<Block> {
        auto block = find(connection, id);
        if (!block || !scope.allows(block->project_id)) return ErrorCode::BlockNotFound;
        if (block->ended_at || block->until <= now) return std::move(*block);
        block->ended_at = now;
        connection.run(kEnd, {id, now});
        if (is_day(*block))
            connection.run(kResetDay, {block->project_id, block->key});
        else
            connection.run(kReset, {block->project_id, block->scope, block->key});
        const bool test = is_test_project(connection, block->project_id);
        events_.write(connection, {unblocked_event(*block, now, test)});
        audit_.write(connection, audit);
        return std::move(*block);
    });
}

}  // namespace accessd::store
