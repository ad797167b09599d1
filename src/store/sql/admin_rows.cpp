#include "store/sql/admin_rows.h"

#include "store/sql/project_rows.h"

#include <algorithm>

namespace accessd::store {
namespace {

using admin::Admin;

constexpr auto kInsert = R"(
    INSERT INTO admins (id, email, name, role, is_for_all, created_at, updated_at, version)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8))";

std::vector<std::string> words_of(const std::string& text)
{
    std::vector<std::string> words;
    for (std::size_t start = 0; start < text.size();) {
        const auto end = std::min(text.find(' ', start), text.size());
        words.push_back(text.substr(start, end - start));
        start = end + 1;
    }
    return words;
}

}  // namespace

Admin read_admin(const Rows& row)
{
    Admin admin;
    admin.id = row.text(0);
    admin.email = row.text(1);
    admin.name = row.optional_text(2);
    admin.role = admin::parse_role(row.text(3)).value_or(admin::Role::Viewer);
    admin.projects = row.flag(4) ? ProjectScope::all() : ProjectScope::only(words_of(row.text(8)));
    admin.created_at = row.time(5);
    admin.updated_at = row.time(6);
    admin.version = row.integer(7);
    admin.has_totp = row.flag(9);
    return admin;
}

std::optional<Admin> find_admin(Connection& connection, const std::string& id)
{
    static const auto sql = std::string{"SELECT "} + kAdminColumns + " FROM admins WHERE id = ?1";
    auto row = connection.query(sql, {id});
    if (!row.next()) return std::nullopt;
    return read_admin(row);
}

bool has_admins(Connection& connection)
{
    auto row = connection.query("SELECT 1 FROM admins LIMIT 1");
    return row.next();
}

Result<void> insert_admin(Connection& connection, const Admin& admin)
{
    if (auto row = connection.query("SELECT 1 FROM admins WHERE email = ?1", {admin.email});
        row.next()) {
        return Error{ErrorCode::Conflict}
            .with("field", std::string{"email"})
            .saying("Another admin has this email address.");
    }
    connection.run(kInsert,
                   {admin.id, admin.email, admin.name, admin::to_text(admin.role),
                    admin.projects.is_all(), admin.created_at, admin.updated_at, admin.version});
    // Whoever came first, the links that make a first owner have had their time.
    connection.run("DELETE FROM admin_links WHERE admin_id IS NULL");
    return put_admin_projects(connection, admin);
}

Result<void> put_admin_projects(Connection& connection, const Admin& admin)
{
    connection.run("DELETE FROM admin_projects WHERE admin_id = ?1", {admin.id});
    for (const auto& project_id : admin.projects.ids()) {
        if (!has_project(connection, project_id)) return ErrorCode::ProjectNotFound;
        connection.run("INSERT INTO admin_projects (admin_id, project_id) VALUES (?1, ?2)",
                       {admin.id, project_id});
    }
    return {};
}

void end_admin_access(Connection& connection, const std::string& admin_id)
{
    connection.run("DELETE FROM console_sessions WHERE admin_id = ?1", {admin_id});
    connection.run("DELETE FROM admin_links WHERE admin_id = ?1", {admin_id});
    connection.run("DELETE FROM sign_in_codes WHERE admin_id = ?1", {admin_id});
}

bool drop_factor(Connection& connection, const std::string& admin_id)
{
    // Who waits to show it would wait for ever.
    connection.run("DELETE FROM console_sessions WHERE admin_id = ?1 AND is_waiting <> 0",
                   {admin_id});
    connection.run("DELETE FROM admin_recovery_codes WHERE admin_id = ?1", {admin_id});
    return connection.run("DELETE FROM admin_totp WHERE admin_id = ?1", {admin_id}) > 0;
}

}  // namespace accessd::store
