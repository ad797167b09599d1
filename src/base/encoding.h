#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace accessd {

/// RFC 4648 section 5, without padding: the form used in JWTs, secrets and ids.
std::string to_base64url(std::string_view bytes);
/// RFC 4648 section 4, with padding: what mail and Content-Security-Policy take.
std::string to_base64(std::string_view bytes);
/// Nothing for characters outside the alphabet, padding, or bits left over that are not zero.
std::optional<std::string> from_base64url(std::string_view text);

/// Bytes of the UTF-8 character that starts at `at`, 0 if none does there (RFC 3629: no surrogates, no
/// overlong forms, nothing beyond U+10FFFF).
std::size_t utf8_length(std::string_view text, std::size_t at);

std::string to_hex(std::string_view bytes);
std::optional<std::string> from_hex(std::string_view text);

}  // namespace accessd
