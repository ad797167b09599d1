#pragma once

#include "base/result.h"
#include "http/request.h"

#include <optional>
#include <string>
#include <string_view>

namespace accessd::http {

/// The value of a cookie; nothing if the request has none of this name.
/// Errors: InvalidToken if there are two: one of them was put there by somebody else, and nothing says which.
Result<std::optional<std::string>> find_cookie(const Request& request, std::string_view name);

}  // namespace accessd::http
