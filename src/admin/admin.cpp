#include "admin/admin.h"

namespace accessd::admin {

std::string_view to_text(Role role)
{
    switch (role) {
    case Role::Owner: return "owner";
    case Role::Editor: return "editor";
    case Role::Viewer: return "viewer";
    }
    return {};
}

std::optional<Role> parse_role(std::string_view text)
{
    for (const auto role : {Role::Owner, Role::Editor, Role::Viewer}) {
        if (to_text(role) == text) return role;
    }
    return std::nullopt;
}

std::uint8_t scopes_of(Role role)
{
    return static_cast<std::uint8_t>(role == Role::Viewer ? Scope::Read : Scope::Any);
}

Caller to_caller(const Admin& admin, TimePoint factor_at, TimePoint expires_at)
{
    Caller caller;
    caller.subject = admin.id;
    caller.scopes = scopes_of(admin.role);
    caller.projects = admin.projects;
    caller.authenticated_at = factor_at;
    caller.expires_at = expires_at;
    caller.is_person = true;
    caller.is_owner = admin.role == Role::Owner;
    return caller;
}

}  // namespace accessd::admin
