#pragma once

#include "base/clock.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace accessd::users {

/// A person known to a project.
struct User {
    std::string project_id;
    std::string user_id;               ///< The customer's own id, or made by us: usr_...
    std::optional<std::string> email;  ///< Canonical.
    std::optional<std::string> phone;  ///< E.164.
    std::optional<std::string> name;
    std::string claims = "{}";  ///< JSON object; goes into login tokens under `claims`.
    TimePoint created_at;
    TimePoint updated_at;
    std::int64_t version = 1;  ///< Rises with each change.
};

/// What an erasure removed.
struct Erased {
    std::int64_t users = 0;
    std::int64_t validations = 0;
    std::int64_t logins = 0;
    std::int64_t messages = 0;
    std::int64_t events = 0;
    std::int64_t faces = 0;
};

/// Where a project's people are looked up. api.md, section 10.
enum class SourceKind {
    Open,       ///< Anyone may; a user record is made on the first login.
    Directory,  ///< Only users in the project's own directory.
};

struct Source {
    std::string id;
    std::string project_id;
    std::string name;
    SourceKind kind = SourceKind::Open;
    TimePoint created_at;
    TimePoint updated_at;
    std::int64_t version = 1;
};

std::string_view to_text(SourceKind kind);
std::optional<SourceKind> parse_source_kind(std::string_view text);

}  // namespace accessd::users
