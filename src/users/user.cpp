#include "users/user.h"

#include "users/person.h"

#include <cstdlib>

namespace accessd::users {

std::string_view to_text(SourceKind kind)
{
    switch (kind) {
    case SourceKind::Open: return "open";
    case SourceKind::Directory: return "directory";
    case SourceKind::Http: return "http";
    case SourceKind::Postgres: return "postgres";
    case SourceKind::Mysql: return "mysql";
    case SourceKind::Sqlite: return "sqlite";
    }
    std::abort();
}

std::string_view to_text(ContactKind kind)
{
    switch (kind) {
    case ContactKind::Email: return "email";
    case ContactKind::Phone: return "phone";
    case ContactKind::UserId: return "user_id";
    }
    std::abort();
}

std::optional<SourceKind> parse_source_kind(std::string_view text)
{
    for (const auto kind : {SourceKind::Open, SourceKind::Directory, SourceKind::Http,
                            SourceKind::Postgres, SourceKind::Mysql, SourceKind::Sqlite}) {
        if (text == to_text(kind)) return kind;
    }
    return std::nullopt;
}

}  // namespace accessd::users
