#include "users/contact_text.h"

#include <algorithm>
#include <array>

namespace accessd::users {
namespace {

constexpr std::array<std::string_view, 13> kRegisteredClaims{
    "iss",       "sub", "aud", "exp", "nbf",      "iat", "jti",
    "auth_time", "amr", "acr", "azp", "login_id", "test"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

bool is_e164(std::string_view text)
{
    return text.size() >= 8 && text.size() <= 16 && text[0] == '+' && text[1] != '0' &&
           std::all_of(text.begin() + 1, text.end(), is_digit);
}

std::optional<std::string> parse_phone(std::string_view text)
{
    constexpr std::string_view formatting = " ()./-";
    std::string digits;
    for (const char c : text) {
        if (is_digit(c) || (c == '+' && digits.empty())) {
            digits += c;
        } else if (formatting.find(c) == std::string_view::npos) {
            return std::nullopt;
        }
    }
    if (!is_e164(digits)) return std::nullopt;
    return digits;
}

std::optional<std::string> join_phone(std::string_view country_code, std::string_view phone)
{
    if (phone.starts_with('+')) return parse_phone(phone);
    if (phone.starts_with("00")) return parse_phone("+" + std::string{phone.substr(2)});
    if (country_code.starts_with("00")) country_code.remove_prefix(2);
    if (country_code.starts_with('+')) country_code.remove_prefix(1);
    const bool is_code = !country_code.empty() && country_code.size() <= 4 &&
                         std::all_of(country_code.begin(), country_code.end(), is_digit);
    const auto first = std::find_if(phone.begin(), phone.end(), is_digit);
    if (!is_code || first == phone.end() || *first == '0') return std::nullopt;
    return parse_phone("+" + std::string{country_code} + std::string{phone});
}

bool is_registered_claim(std::string_view name)
{
    return std::find(kRegisteredClaims.begin(), kRegisteredClaims.end(), name) !=
           kRegisteredClaims.end();
}

}  // namespace accessd::users
