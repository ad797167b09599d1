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
    Http,       ///< Whom the customer's own service knows; the others are databases.
    Postgres,
    Mysql,
    Sqlite,
};

/// Whether people are looked up outside: the directory then holds copies of those who logged in.
inline bool is_external(SourceKind kind)
{
    return kind != SourceKind::Open && kind != SourceKind::Directory;
}

struct Source {
    std::string id;
    std::string project_id;
    std::string name;
    SourceKind kind = SourceKind::Open;
    /// How an external one is reached and asked, secrets included: sources/source_settings.h. Sealed for
    /// source_context(id).
    std::string sealed_settings{};
    TimePoint created_at;
    TimePoint updated_at;
    std::int64_t version = 1;
};

/// What a source's settings are bound to: those of one can't be put in another's place.
inline std::string source_context(const std::string& source_id) { return "source:" + source_id; }

std::string_view to_text(SourceKind kind);
std::optional<SourceKind> parse_source_kind(std::string_view text);

}  // namespace accessd::users
