#include "store/sql/sql_template_store.h"

#include "store/sql/project_rows.h"

namespace accessd::store {
namespace {

using contacts::Channel;
using contacts::Language;
using delivery::MessageTemplate;

constexpr auto kList = R"(
    SELECT project_id, channel, language, subject, body_text, body_html, updated_at, version
      FROM message_templates WHERE project_id = ?1 ORDER BY channel, language)";
constexpr auto kFind = R"(
    SELECT project_id, channel, language, subject, body_text, body_html, updated_at, version
      FROM message_templates WHERE project_id = ?1 AND channel = ?2 AND language = ?3)";
constexpr auto kVersion = R"(
    SELECT version FROM message_templates
     WHERE project_id = ?1 AND channel = ?2 AND language = ?3)";
constexpr auto kPut = R"(
    INSERT INTO message_templates (project_id, channel, language, subject, body_text, body_html,
                                   updated_at, version)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
        ON CONFLICT (project_id, channel, language) DO UPDATE
       SET subject = ?4, body_text = ?5, body_html = ?6, updated_at = ?7, version = ?8)";
constexpr auto kRemove = R"(
    DELETE FROM message_templates WHERE project_id = ?1 AND channel = ?2 AND language = ?3)";

MessageTemplate read_template(const Rows& row)
{
    MessageTemplate found;
    found.project_id = row.text(0);
    found.channel = contacts::parse_channel(row.text(1)).value_or(Channel{});
    found.language = contacts::parse_language(row.text(2)).value_or(Language{});
    found.source = {row.text(3), row.text(4), row.text(5)};
    found.updated_at = row.time(6);
    found.version = row.integer(7);
    return found;
}

/// 0: there is none.
std::int64_t version_of(Connection& connection, const std::string& project_id, Channel channel,
                        Language language)
{
    auto row = connection.query(
        kVersion, {project_id, contacts::to_text(channel), contacts::to_text(language)});
    return row.next() ? row.integer(0) : 0;
}

}  // namespace

Result<std::vector<MessageTemplate>> SqlTemplateStore::list(const std::string& project_id)
{
    return database_.read([&](Connection& connection) -> Result<std::vector<MessageTemplate>> {
        std::vector<MessageTemplate> found;
        auto row = connection.query(kList, {project_id});
        while (row.next()) found.push_back(read_template(row));
        return found;
    });
}

Result<std::optional<MessageTemplate>> SqlTemplateStore::find(const std::string& project_id,
                                                              Channel channel, Language language)
{
    using Found = std::optional<MessageTemplate>;
    return database_.read([&](Connection& connection) -> Result<Found> {
        auto row = connection.query(
            kFind, {project_id, contacts::to_text(channel), contacts::to_text(language)});
        return row.next() ? Found{read_template(row)} : Found{};
    });
}

Result<std::int64_t> SqlTemplateStore::put(const MessageTemplate& made,
                                           std::optional<std::int64_t> seen,
                                           const events::AuditEntry& audit)
{
    return database_.write([&](Connection& connection) -> Result<std::int64_t> {
        if (!has_project(connection, made.project_id)) return ErrorCode::ProjectNotFound;
        const auto version = version_of(connection, made.project_id, made.channel, made.language);
        if (seen && *seen != version) return ErrorCode::Conflict;
        connection.run(kPut, {made.project_id, contacts::to_text(made.channel),
                              contacts::to_text(made.language), made.source.subject,
                              made.source.text, made.source.html, made.updated_at, version + 1});
        audit_.write(connection, audit);
        return version + 1;
    });
}

Result<bool> SqlTemplateStore::remove(const std::string& project_id, Channel channel,
                                      Language language, std::optional<std::int64_t> seen,
                                      const events::AuditEntry& audit)
{
    return database_.write([&](Connection& connection) -> Result<bool> {
        const auto version = version_of(connection, project_id, channel, language);
        if (seen && *seen != version) return ErrorCode::Conflict;
        const bool was_there = connection.run(kRemove, {project_id, contacts::to_text(channel),
                                                        contacts::to_text(language)}) == 1;
        if (was_there) audit_.write(connection, audit);
        return was_there;
    });
}

}  // namespace accessd::store
