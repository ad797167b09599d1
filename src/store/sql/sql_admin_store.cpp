#include "store/sql/sql_admin_store.h"

#include "store/sql/admin_rows.h"
#include "store/sql/list_query.h"

namespace accessd::store {
namespace {

using admin::Admin;
using admin::Role;

constexpr auto kUpdate = R"(
    UPDATE admins SET name = ?2, role = ?3, is_for_all = ?4, updated_at = ?5, version = version + 1
     WHERE id = ?1 AND version = ?6)";
constexpr auto kOtherOwner = "SELECT 1 FROM admins WHERE role = 'owner' AND id <> ?1 LIMIT 1";

/// Without an owner nobody could make one.
Result<void> check_owner_left(Connection& connection, const Admin& leaving)
{
    if (leaving.role != Role::Owner) return {};
    if (auto row = connection.query(kOtherOwner, {leaving.id}); row.next()) return {};
    return Error{ErrorCode::Conflict}
        .with("field", std::string{"role"})
        .saying("This is the last owner. Make somebody else an owner first.");
}

bool has_other_rights(const Admin& left, const Admin& right)
{
    return left.role != right.role || left.projects.is_all() != right.projects.is_all() ||
           left.projects.ids() != right.projects.ids();
}

}  // namespace

Result<void> SqlAdminStore::insert(const Admin& admin, const events::AuditEntry& audit)
{
    return database_.write([&](Connection& connection) -> Result<void> {
        ACCESSD_CHECK(insert_admin(connection, admin));
        audit_.write(connection, audit);
        return {};
    });
}

Result<std::optional<Admin>> SqlAdminStore::find(const std::string& id)
{
    return database_.read([&](Connection& connection) -> Result<std::optional<Admin>> {
        return find_admin(connection, id);
    });
}

Result<std::optional<Admin>> SqlAdminStore::find_by_email(const std::string& email)
{
    static const auto sql =
        std::string{"SELECT "} + kAdminColumns + " FROM admins WHERE email = ?1";
    return database_.read([&](Connection& connection) -> Result<std::optional<Admin>> {
        auto row = connection.query(sql, {email});
        if (!row.next()) return std::optional<Admin>{};
        return std::optional{read_admin(row)};
    });
}

Result<Page<Admin>> SqlAdminStore::list(const PageRequest& page)
{
    ListQuery query{kAdminColumns, "admins"};
    return database_.read([&](Connection& connection) -> Result<Page<Admin>> {
        return query.page(connection, page, read_admin,
                          [](const Admin& admin) { return admin.id; });
    });
}

Result<void> SqlAdminStore::update(const Admin& admin, const events::AuditEntry& audit)
{
    return database_.write([&](Connection& connection) -> Result<void> {
        const auto stored = find_admin(connection, admin.id);
        if (!stored) return ErrorCode::AdminNotFound;
        if (stored->version != admin.version) return ErrorCode::Conflict;
        if (admin.role != Role::Owner) ACCESSD_CHECK(check_owner_left(connection, *stored));
        connection.run(kUpdate, {admin.id, admin.name, admin::to_text(admin.role),
                                 admin.projects.is_all(), admin.updated_at, admin.version});
        if (has_other_rights(*stored, admin)) {
            ACCESSD_CHECK(put_admin_projects(connection, admin));
            end_admin_access(connection, admin.id);
        }
        audit_.write(connection, audit);
        return {};
    });
}

Result<void> SqlAdminStore::remove(const std::string& id, std::optional<std::int64_t> version,
                                   const events::AuditEntry& audit)
{
    return database_.write([&](Connection& connection) -> Result<void> {
        const auto stored = find_admin(connection, id);
        if (!stored) return ErrorCode::AdminNotFound;
        if (version && *version != stored->version) return ErrorCode::Conflict;
        ACCESSD_CHECK(check_owner_left(connection, *stored));
        connection.run("DELETE FROM admins WHERE id = ?1", {id});
        connection.run("DELETE FROM admin_projects WHERE admin_id = ?1", {id});
        end_admin_access(connection, id);
        drop_factor(connection, id);
        audit_.write(connection, audit);
        return {};
    });
}

Result<bool> SqlAdminStore::remove_factor(const std::string& id, const events::AuditEntry& audit)
{
    return database_.write([&](Connection& connection) -> Result<bool> {
        if (!find_admin(connection, id)) return ErrorCode::AdminNotFound;
        const bool was_there = drop_factor(connection, id);
        if (was_there) audit_.write(connection, audit);
        return was_there;
    });
}

}  // namespace accessd::store
