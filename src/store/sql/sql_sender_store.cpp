#include "store/sql/sql_sender_store.h"

#include "store/sql/list_query.h"
#include "store/sql/project_rows.h"

#include <utility>

namespace accessd::store {
namespace {

using delivery::SenderAccount;

constexpr auto kColumns =
    "id, project_id, name, priority, active, document, sealed_password, sealed_receipt_secret, "
    "sealed_mailgun_key, created_at, updated_at, version";
constexpr auto kInsert = R"(
    INSERT INTO senders (id, project_id, name, kind, channel, priority, active, document,
                         sealed_password, sealed_receipt_secret, sealed_mailgun_key, created_at,
                         updated_at, version)
    VALUES (?1, ?2, ?3, 'smtp', 'email', ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12))";
constexpr auto kUpdate = R"(
    UPDATE senders SET name = ?3, priority = ?4, active = ?5, document = ?6, sealed_password = ?7,
           sealed_receipt_secret = ?8, sealed_mailgun_key = ?9, updated_at = ?10,
           version = version + 1
     WHERE id = ?1 AND project_id = ?2 AND version = ?11)";
constexpr auto kRemove = R"(
    DELETE FROM senders WHERE id = ?1 AND project_id = ?2 AND version = coalesce(?3, version))";
constexpr auto kCount = "SELECT count(*) FROM senders WHERE project_id = ?1";

SenderAccount read_sender(const Rows& row)
{
    SenderAccount account;
    account.id = row.text(0);
    account.project_id = row.text(1);
    account.name = row.text(2);
    account.priority = row.small(3);
    account.is_active = row.flag(4);
    account.smtp = delivery::parse_smtp_settings(row.text(5)).value_or(delivery::SmtpSettings{});
    account.sealed_password = row.bytes(6);
    account.sealed_receipt_secret = row.bytes(7);
    account.sealed_mailgun_key = row.bytes(8);
    account.created_at = row.time(9);
    account.updated_at = row.time(10);
    account.version = row.integer(11);
    return account;
}

ErrorCode why_unchanged(Connection& connection, const std::string& project_id,
                        const std::string& id)
{
    auto row = connection.query("SELECT 1 FROM senders WHERE id = ?1 AND project_id = ?2",
                                {id, project_id});
    return row.next() ? ErrorCode::Conflict : ErrorCode::SenderNotFound;
}

bool has_room(Connection& connection, const std::string& project_id)
{
    auto row = connection.query(kCount, {project_id});
    return !row.next() || row.integer(0) < delivery::SenderStore::kSendersMax;
}

}  // namespace

Result<void> SqlSenderStore::insert(const SenderAccount& account, const events::AuditEntry& audit)
{
    const auto document = delivery::to_document(account.smtp);
    return database_.write([&](Connection& connection) -> Result<void> {
        if (!has_project(connection, account.project_id)) return ErrorCode::ProjectNotFound;
        if (!has_room(connection, account.project_id)) {
            return Error{ErrorCode::Conflict}.saying(
                "A project has 10 senders at most. Delete one that isn't used any more.");
        }
        connection.run(kInsert, {account.id, account.project_id, account.name, account.priority,
                                 account.is_active, document, blob_or_null(account.sealed_password),
                                 Blob{account.sealed_receipt_secret},
                                 blob_or_null(account.sealed_mailgun_key), account.created_at,
                                 account.updated_at, account.version});
        audit_.write(connection, audit);
        return {};
    });
}

Result<std::optional<SenderAccount>> SqlSenderStore::find(const std::string& id,
                                                          const ProjectScope& scope)
{
    static const auto sql = std::string{"SELECT "} + kColumns + " FROM senders WHERE id = ?1";
    return database_.read([&](Connection& connection) -> Result<std::optional<SenderAccount>> {
        auto row = connection.query(sql, {id});
        if (!row.next()) return std::optional<SenderAccount>{};
        auto account = read_sender(row);
        if (!scope.allows(account.project_id)) return std::optional<SenderAccount>{};
        return std::optional{std::move(account)};
    });
}

Result<Page<SenderAccount>> SqlSenderStore::list(const std::string& project_id,
                                                 const PageRequest& page)
{
    ListQuery query{kColumns, "senders"};
    query.where("project_id = ?", project_id);
    return database_.read([&](Connection& connection) -> Result<Page<SenderAccount>> {
        return query.page(connection, page, read_sender,
                          [](const SenderAccount& account) { return account.id; });
    });
}

Result<std::vector<SenderAccount>> SqlSenderStore::active(const std::string& project_id)
{
    static const auto sql = std::string{"SELECT "} + kColumns +
                            " FROM senders WHERE project_id = ?1 AND active = 1"
                            " ORDER BY priority, id";
    return database_.read([&](Connection& connection) -> Result<std::vector<SenderAccount>> {
        std::vector<SenderAccount> found;
        auto row = connection.query(sql, {project_id});
        while (row.next()) found.push_back(read_sender(row));
        return found;
    });
}

Result<void> SqlSenderStore::update(const SenderAccount& account, const events::AuditEntry& audit)
{
    const auto document = delivery::to_document(account.smtp);
    return database_.write([&](Connection& connection) -> Result<void> {
        const int changed = connection.run(
            kUpdate,
            {account.id, account.project_id, account.name, account.priority, account.is_active,
             document, blob_or_null(account.sealed_password), Blob{account.sealed_receipt_secret},
             blob_or_null(account.sealed_mailgun_key), account.updated_at, account.version});
        if (changed != 1) return why_unchanged(connection, account.project_id, account.id);
        audit_.write(connection, audit);
        return {};
    });
}

Result<void> SqlSenderStore::remove(const std::string& project_id, const std::string& id,
                                    std::optional<std::int64_t> version,
                                    const events::AuditEntry& audit)
{
    return database_.write([&](Connection& connection) -> Result<void> {
        if (connection.run(kRemove, {id, project_id, version}) != 1) {
            return why_unchanged(connection, project_id, id);
        }
        audit_.write(connection, audit);
        return {};
    });
}

}  // namespace accessd::store
