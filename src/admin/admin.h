#pragma once

#include "base/caller.h"
#include "base/clock.h"
#include "base/project_scope.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace accessd::admin {

/// What a person may do to the server.
enum class Role {
    Owner,   ///< Everything, admins and keys included; always of all projects.
    Editor,  ///< Changes and runs the projects given.
    Viewer,  ///< Reads them.
};

std::string_view to_text(Role role);
std::optional<Role> parse_role(std::string_view text);
/// Bits of Scope.
std::uint8_t scopes_of(Role role);

/// A person who administers the server.
struct Admin {
    std::string id;     ///< adm_...
    std::string email;  ///< Canonical; of no other admin.
    std::optional<std::string> name;
    Role role = Role::Viewer;
    ProjectScope projects;
    TimePoint created_at{};
    TimePoint updated_at{};
    std::int64_t version = 1;  ///< Rises with each change.
    bool has_totp = false;     ///< An authenticator app is asked for; FactorStore keeps it.
};

/// Who a request of this person speaks for. `factor_at`: when they last showed who they are.
Caller to_caller(const Admin& admin, TimePoint factor_at, TimePoint expires_at);

}  // namespace accessd::admin
