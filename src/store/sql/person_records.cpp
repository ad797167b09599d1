#include "store/sql/sql_user_store.h"
#include "store/sql/user_rows.h"

#include <string>
#include <string_view>
#include <utility>

namespace accessd::store {
namespace {

using users::PersonRecords;
using users::User;

enum class ColumnKind { Text, Number, Time };

struct RecordColumn {
    std::string_view name;
    ColumnKind kind = ColumnKind::Text;
};

/// One kind of what is held. The columns are named one by one: digests, sealed codes and the like stay out by
/// not being named.
struct RecordTable {
    std::string_view section;
    std::string_view
        sql;  ///< Selects the columns: ?1 project, ?2 user_id, {contacts} both contacts.
    std::vector<RecordColumn> columns;
};

constexpr std::string_view kContacts = R"(
    (SELECT email FROM users WHERE project_id = ?1 AND user_id = ?2
      UNION SELECT phone FROM users WHERE project_id = ?1 AND user_id = ?2))";

const std::vector<RecordTable>& tables()
{
    using enum ColumnKind;
    static const std::vector<RecordTable> list{
        {"validations",
         R"(SELECT id, flow_id, login_id, channel, recipient, status, language, client_ip, user_agent,
                   metadata, created_at, expires_at, ended_at FROM validations
             WHERE project_id = ?1 AND (user_id = ?2 OR recipient IN {contacts}) ORDER BY id)",
         {{"validation_id"},
          {"flow_id"},
          {"login_id"},
          {"channel"},
          {"destination"},
          {"status"},
          {"language"},
          {"client_ip"},
          {"user_agent"},
          {"metadata"},
          {"created_at", Time},
          {"expires_at", Time},
          {"ended_at", Time}}},
        {"logins",
         R"(SELECT id, flow_id, status, methods_done, created_at, completed_at FROM logins
             WHERE project_id = ?1 AND (user_id = ?2 OR opened_for IN {contacts}) ORDER BY id)",
         {{"login_id"},
          {"flow_id"},
          {"status"},
          {"methods_done"},
          {"created_at", Time},
          {"completed_at", Time}}},
        {"messages",
         R"(SELECT id, validation_id, kind, channel, recipient, language, status, created_at
              FROM messages WHERE project_id = ?1 AND recipient IN {contacts} ORDER BY id)",
         {{"message_id"},
          {"validation_id"},
          {"kind"},
          {"channel"},
          {"destination"},
          {"language"},
          {"status"},
          {"created_at", Time}}},
        {"events",
         R"(SELECT id, type, at, validation_id, login_id, channel, destination, reason FROM events
             WHERE project_id = ?1
               AND (user_id = ?2 OR validation_id IN
                    (SELECT id FROM validations WHERE project_id = ?1
                        AND (user_id = ?2 OR recipient IN {contacts})))
             ORDER BY sequence)",
         {{"event_id"},
          {"type"},
          {"at", Time},
          {"validation_id"},
          {"login_id"},
          {"channel"},
          {"destination"},
          {"reason"}}},
        {"failures",
         R"(SELECT method, contact, client, failures, last_at FROM failure_counters
             WHERE project_id = ?1
               AND (contact IN {contacts} OR (method = 'biometric' AND contact = ?2)))",
         {{"method"}, {"contact"}, {"client"}, {"failures", Number}, {"last_at", Time}}},
        {"locks",
         R"(SELECT id, method, contact, failures, reason, locked_at FROM locks
             WHERE project_id = ?1
               AND (contact IN {contacts} OR (method = 'biometric' AND contact = ?2)) ORDER BY id)",
         {{"lock_id"},
          {"method"},
          {"contact"},
          {"failures", Number},
          {"reason"},
          {"locked_at", Time}}},
        // The numbers themselves say nothing to anybody, and are all that somebody would need to pass for them.
        {"faces",
         R"(SELECT id, status, model, pictures, consent_id, validation_id, created_at, activated_at,
                   used_at, refreshed_at, frames FROM faces
             WHERE project_id = ?1 AND user_id = ?2 ORDER BY id)",
         {{"face_id"},
          {"status"},
          {"model"},
          {"pictures", Number},
          {"consent_id"},
          {"validation_id"},
          {"created_at", Time},
          {"activated_at", Time},
          {"last_used_at", Time},
          {"refreshed_at", Time},
          {"frames", Number}}},
        {"consents",
         R"(SELECT id, text_version, accepted_at, client_ip, recorded_at, withdrawn_at FROM consents
             WHERE project_id = ?1 AND user_id = ?2 ORDER BY id)",
         {{"consent_id"},
          {"text_version"},
          {"accepted_at", Time},
          {"client_ip"},
          {"recorded_at", Time},
          {"withdrawn_at", Time}}},
        {"pictures_seen",
         R"(SELECT validation_id, seen_as, seen_at FROM seen_pictures
             WHERE project_id = ?1 AND user_id = ?2 ORDER BY seen_at, digest)",
         {{"validation_id"}, {"seen_as"}, {"seen_at", Time}}},
        {"changes",
         R"(SELECT id, at, actor, action, fields FROM audit
             WHERE project_id = ?1 AND target_id = ?2 AND target_kind = 'user' ORDER BY id)",
         {{"audit_id"}, {"at", Time}, {"actor"}, {"action"}, {"fields"}}},
    };
    return list;
}

std::string with_contacts(std::string_view sql)
{
    constexpr std::string_view place = "{contacts}";
    std::string text{sql};
    for (auto at = text.find(place); at != std::string::npos; at = text.find(place)) {
        text.replace(at, place.size(), kContacts);
    }
    return text;
}

PersonRecords::Value read_value(const Rows& row, int column, ColumnKind kind)
{
    if (row.is_null(column)) return std::monostate{};
    switch (kind) {
    case ColumnKind::Text: return row.text(column);
    case ColumnKind::Number: return row.integer(column);
    case ColumnKind::Time: return row.time(column);
    }
    return std::monostate{};
}

PersonRecords::Section read_section(Connection& connection, const RecordTable& table,
                                    const User& user)
{
    PersonRecords::Section section;
    section.name = table.section;
    const auto sql = with_contacts(table.sql);
    auto row = connection.query(sql, {user.project_id, user.user_id});
    while (row.next()) {
        if (section.records.size() == static_cast<std::size_t>(PersonRecords::kRecordsMax)) {
            section.is_cut = true;
            break;
        }
        PersonRecords::Record record;
        int column = 0;
        for (const auto& [name, kind] : table.columns) {
            record.emplace_back(name, read_value(row, column++, kind));
        }
        section.records.push_back(std::move(record));
    }
    return section;
}

}  // namespace

Result<PersonRecords> SqlUserStore::records_of(const std::string& project_id,
                                               const std::string& user_id)
{
    return database_.read([&](Connection& connection) -> Result<PersonRecords> {
        const auto user = find_user(connection, project_id, user_id);
        if (!user) return ErrorCode::UserNotFound;
        PersonRecords records;
        for (const auto& table : tables()) {
            records.sections.push_back(read_section(connection, table, *user));
        }
        return records;
    });
}

}  // namespace accessd::store
