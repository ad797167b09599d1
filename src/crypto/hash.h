#pragma once

#include <string>
#include <string_view>

namespace accessd::crypto {

/// 32 bytes.
std::string sha256(std::string_view bytes);
/// 20 bytes. For signatures that others make so, and for nothing of our own.
std::string hmac_sha1(std::string_view key, std::string_view bytes);
/// 32 bytes.
std::string hmac_sha256(std::string_view key, std::string_view bytes);
/// Compares in a time that depends on the lengths alone.
bool is_equal_in_constant_time(std::string_view left, std::string_view right);

}  // namespace accessd::crypto
