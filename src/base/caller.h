#pragma once

#include "base/clock.h"
#include "base/project_scope.h"

#include <cstdint>
#include <string>

namespace accessd {

/// What a caller may do. Bits: a token may carry several, a route asks for one.
enum class Scope : std::uint8_t {
    Access = 1,  ///< Run validations.
    Manage = 2,  ///< Change set-up and users. Includes Read.
    Read = 4,    ///< Only read.
    Any = 7,     ///< Of a route: whatever the token may do.
};

/// Who a request speaks for: what the guard read from its bearer token.
struct Caller {
    std::string subject;      ///< Key or admin id.
    std::string token_id;     ///< `jti`.
    std::uint8_t scopes = 0;  ///< Bits of Scope.
    ProjectScope projects;
    TimePoint authenticated_at;  ///< When the credentials were shown; renewal keeps it.
    TimePoint expires_at;
    bool is_person = false;  ///< An admin, in contrast to a key.
    bool is_owner = false;   ///< An admin whose role is that.

    bool may(Scope scope) const
    {
        const auto wanted = static_cast<std::uint8_t>(scope);
        const auto manage = static_cast<std::uint8_t>(Scope::Manage);
        return (scopes & wanted) != 0 || (scope == Scope::Read && (scopes & manage) != 0);
    }

    /// Admins, and keys for all projects, are managed by owners and by keys that manage all projects. An
    /// editor who could make keys could make one that outlives the editor.
    bool may_administer() const
    {
        return may(Scope::Manage) && projects.is_all() && (!is_person || is_owner);
    }
};

}  // namespace accessd
