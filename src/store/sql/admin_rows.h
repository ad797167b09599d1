#pragma once

#include "admin/admin.h"
#include "base/result.h"
#include "store/sql/sql_connection.h"

#include <optional>
#include <string>

namespace accessd::store {

/// The columns that read_admin() expects, in its order.
inline constexpr auto kAdminColumns =
    "id, email, name, role, is_for_all, created_at, updated_at, version, "
    "(SELECT group_concat(project_id, ' ') FROM admin_projects WHERE admin_id = admins.id), "
    "(SELECT count(*) FROM admin_totp WHERE admin_id = admins.id AND confirmed_at IS NOT NULL)";
admin::Admin read_admin(const Rows& row);

std::optional<admin::Admin> find_admin(Connection& connection, const std::string& id);
bool has_admins(Connection& connection);

/// The admin and the projects given. Errors: Conflict with `details.field` = email; ProjectNotFound.
Result<void> insert_admin(Connection& connection, const admin::Admin& admin);
/// Replaces the projects given. Errors: ProjectNotFound.
Result<void> put_admin_projects(Connection& connection, const admin::Admin& admin);
/// Nobody gets in, or stays in, as this admin.
void end_admin_access(Connection& connection, const std::string& admin_id);
/// The second factor and its recovery codes. False if there was none.
bool drop_factor(Connection& connection, const std::string& admin_id);

}  // namespace accessd::store
