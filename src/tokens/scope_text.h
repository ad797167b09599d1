#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace accessd::tokens {

/// Scopes as OAuth writes them, "access manage", from and to bits of Scope.
std::string scope_text(std::uint8_t scopes);
/// Nothing for an unknown, repeated or missing scope. Also takes commas between them.
std::optional<std::uint8_t> parse_scope_text(std::string_view text);

}  // namespace accessd::tokens
