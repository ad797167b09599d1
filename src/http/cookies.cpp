#include "http/cookies.h"

#include "http/media_type.h"

#include <algorithm>

namespace accessd::http {

Result<std::optional<std::string>> find_cookie(const Request& request, std::string_view name)
{
    std::optional<std::string> found;
    for (const auto& header : request.headers) {
        if (!equals_no_case(header.name, "Cookie")) continue;
        std::string_view rest = header.value;
        while (!rest.empty()) {
            const auto end = std::min(rest.find(';'), rest.size());
            const auto pair = trim(rest.substr(0, end));
            rest.remove_prefix(std::min(end + 1, rest.size()));
            const auto equals = pair.find('=');
            if (equals == std::string_view::npos || trim(pair.substr(0, equals)) != name) continue;
            if (found) return Error{ErrorCode::InvalidToken, "two cookies of one name"};
            found = trim(pair.substr(equals + 1));
        }
    }
    return found;
}

}  // namespace accessd::http
