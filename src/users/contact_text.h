#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace accessd::users {

/// E.164 (ITU-T E.164, 6.2): a plus and seven to fifteen digits.
bool is_e164(std::string_view text);

/// A number with its country as people and databases write it ("+34 600 00-00-01") in E.164; nothing for what
/// isn't one.
std::optional<std::string> parse_phone(std::string_view text);

/// The same for a number in two columns: "34" or "+34", and "600 00 00 01". A number that brings its country along
/// needs no other. Nothing where the national number begins with 0, as dialled at home: in some countries that 0
/// belongs to it and in most it doesn't, and a code must go to nobody else.
std::optional<std::string> join_phone(std::string_view country_code, std::string_view phone);

/// Names that a token's own claims have (RFC 7519, 4.1, and OpenID Connect Core, 2), which mapped claims must
/// not look like. Source: api.md, section 7.
bool is_registered_claim(std::string_view name);

}  // namespace accessd::users
