#include "users/user.h"

#include <cstdlib>

namespace accessd::users {

std::string_view to_text(SourceKind kind)
{
    switch (kind) {
    case SourceKind::Open: return "open";
    case SourceKind::Directory: return "directory";
    }
    std::abort();
}

std::optional<SourceKind> parse_source_kind(std::string_view text)
{
    for (const auto kind : {SourceKind::Open, SourceKind::Directory}) {
        if (text == to_text(kind)) return kind;
    }
    return std::nullopt;
}

}  // namespace accessd::users
