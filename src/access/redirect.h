#pragma once

#include "base/secret.h"

#include <string>
#include <string_view>

namespace accessd::access {

/// Where a finished login leads: the customer's address with the one-time code, and `state` unchanged where
/// the login began with one. `redirect_url` is_web_url(), so it has no fragment.
std::string redirect_with_code(std::string_view redirect_url, const Secret& code,
                               std::string_view state = {});

/// Scheme, host and port of a URL for which is_web_url() holds: "https://shop.example".
std::string origin_of(std::string_view url);

/// What a Content-Security-Policy calls that origin. A host that the policy's grammar can't hold, such as an
/// IPv6 address, is named by its scheme alone.
std::string policy_source_of(std::string_view url);

}  // namespace accessd::access
