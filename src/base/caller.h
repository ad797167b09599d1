#pragma once

#include "base/clock.h"
#include "base/project_scope.h"

#include <cstdint>
#include <optional>
#include <string>

namespace accessd {

/// What a caller may do. Bits: a token may carry several, a route asks for one.
enum class Scope : std::uint8_t {
    Access = 1,   ///< Run validations.
    Manage = 2,   ///< Change set-up and users. Includes Read.
    Read = 4,     ///< Only read.
    Any = 7,      ///< Of a route: whatever an API token may do.
    Browser = 8,  ///< Run one login: what a browser's token may, and the only thing that it may.
    AccessOrBrowser = 9,  ///< Of a route.
    Validation = 16,      ///< Finish one biometric validation: all that its own token may.
    /// Of a route: an API token, a browser's, or that of the validation that the route is about.
    AccessOrPerson = 25,
    ReadOrBrowser = 12,  ///< Of a route.
};

/// The one login that a browser's token may run. Source: api.md, section 7.
struct BrowserLogin {
    std::string project_id;
    std::string flow_id;
    std::string login_id;
};

/// The one biometric validation that a validation's own token may finish. Source: api.md, section 6.
struct OwnValidation {
    std::string project_id;
    std::string user_id;
    std::string validation_id;
};

/// Who a request speaks for: what the guard read from its bearer token.
struct Caller {
    std::string subject;      ///< Key or admin id; of a browser its login's.
    std::string token_id;     ///< `jti`.
    std::uint8_t scopes = 0;  ///< Bits of Scope.
    ProjectScope projects;
    TimePoint authenticated_at;  ///< When the credentials were shown; renewal keeps it.
    TimePoint expires_at;
    bool is_person = false;  ///< An admin, in contrast to a key.
    bool is_owner = false;   ///< An admin whose role is that.
    /// Of a browser's token alone. A handler behind a route for browsers looks at it first.
    std::optional<BrowserLogin> browser{};
    /// Of a validation's own token alone. A handler behind a route for persons looks at it first.
    std::optional<OwnValidation> validation{};

    bool may(Scope scope) const
    {
        const auto wanted = static_cast<std::uint8_t>(scope);
        const auto read = static_cast<std::uint8_t>(Scope::Read);
        const auto manage = static_cast<std::uint8_t>(Scope::Manage);
        return (scopes & wanted) != 0 || ((wanted & read) != 0 && (scopes & manage) != 0);
    }

    /// Admins, and keys for all projects, are managed by owners and by keys that manage all projects. An
    /// editor who could make keys could make one that outlives the editor.
    bool may_administer() const
    {
        return may(Scope::Manage) && projects.is_all() && (!is_person || is_owner);
    }
};

}  // namespace accessd
