#include "tokens/scope_text.h"

#include <array>
#include <utility>

namespace accessd::tokens {
namespace {

// The bits of Scope; api_tokens.cpp holds the two to each other.
constexpr std::array<std::pair<std::string_view, std::uint8_t>, 3> kScopes{
    {{"access", 1}, {"manage", 2}, {"read", 4}}};

}  // namespace

std::string scope_text(std::uint8_t scopes)
{
    std::string text;
    for (const auto& [name, bit] : kScopes) {
        if ((scopes & bit) == 0) continue;
        if (!text.empty()) text += ' ';
        text += name;
    }
    return text;
}

std::optional<std::uint8_t> parse_scope_text(std::string_view text)
{
    unsigned scopes = 0;
    for (std::size_t start = 0; start <= text.size();) {
        const auto end = std::min(text.find_first_of(" ,", start), text.size());
        const auto word = text.substr(start, end - start);
        unsigned bit = 0;
        for (const auto& [name, value] : kScopes) {
            if (word == name) bit = value;
        }
        if (bit == 0 || (scopes & bit) != 0) return std::nullopt;
        scopes |= bit;
        start = end + 1;
    }
    return static_cast<std::uint8_t>(scopes);
}

}  // namespace accessd::tokens
