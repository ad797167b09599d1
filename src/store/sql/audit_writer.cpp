#include "store/sql/audit_writer.h"

#include "base/id.h"

namespace accessd::store {
namespace {

constexpr auto kInsert = R"(
    INSERT INTO audit (id, at, actor, actor_kind, action, target_kind, target_id, project_id, fields,
                       client, request_id)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11))";

std::string join(const std::vector<std::string>& names)
{
    std::string text;
    for (const auto& name : names) text += (text.empty() ? "" : " ") + name;
    return text;
}

std::vector<std::string> split(const std::string& text)
{
    std::vector<std::string> names;
    for (std::size_t start = 0; start < text.size();) {
        const auto end = std::min(text.find(' ', start), text.size());
        names.push_back(text.substr(start, end - start));
        start = end + 1;
    }
    return names;
}

}  // namespace

void AuditWriter::write(Connection& connection, const events::AuditEntry& entry)
{
    if (entry.action.empty()) return;
    const auto now = clock_.now();
    connection.run(kInsert, {make_id("aud_", now, random_), now, entry.actor,
                             events::to_text(entry.actor_kind), entry.action, entry.target_kind,
                             or_null(entry.target_id), or_null(entry.project_id),
                             join(entry.fields), or_null(entry.client), or_null(entry.request_id)});
}

events::AuditEntry read_audit(const Rows& row)
{
    events::AuditEntry entry;
    entry.id = row.text(0);
    entry.at = row.time(1);
    entry.actor = row.text(2);
    entry.actor_kind = events::parse_actor_kind(row.text(3)).value_or(events::ActorKind::Command);
    entry.action = row.text(4);
    entry.target_kind = row.text(5);
    entry.target_id = row.text(6);
    entry.project_id = row.text(7);
    entry.fields = split(row.text(8));
    entry.client = row.text(9);
    entry.request_id = row.text(10);
    return entry;
}

}  // namespace accessd::store
