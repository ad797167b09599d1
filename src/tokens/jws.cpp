#include "tokens/jws.h"

#include "base/encoding.h"
#include "base/json.h"

#include <nlohmann/json.hpp>

#include <cstdlib>

namespace accessd::tokens {
namespace {

constexpr std::size_t kTokenMax = 8 * 1024;  // Far above ours; bounds the work an attacker gets.
constexpr std::string_view kAlgorithm = "ES256";

Error refuse(std::string detail) { return Error{ErrorCode::InvalidToken, std::move(detail)}; }

std::string string_member(const nlohmann::json& object, const char* name)
{
    const auto member = object.find(name);
    return member != object.end() && member->is_string() ? member->get<std::string>()
                                                         : std::string{};
}

}  // namespace

std::string_view to_text(TokenType type)
{
    switch (type) {
    case TokenType::Api: return "at+jwt";
    case TokenType::Login: return "login+jwt";
    case TokenType::Browser: return "browser+jwt";
    case TokenType::Validation: return "validation+jwt";
    }
    std::abort();
}

Result<UnverifiedJws> parse_jws(std::string_view token, TokenType type)
{
    if (token.size() > kTokenMax) return refuse("token too long");
    const auto first = token.find('.');
    const auto second = first == std::string_view::npos ? first : token.find('.', first + 1);
    if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos) {
        return refuse("token hasn't three parts");
    }
    const auto header_text = from_base64url(token.substr(0, first));
    auto payload = from_base64url(token.substr(first + 1, second - first - 1));
    auto signature = from_base64url(token.substr(second + 1));
    if (!header_text || !payload || !signature) return refuse("token isn't base64url");

    const auto header = parse_json(*header_text, 4);
    if (!header || !header->is_object()) return refuse("token header isn't JSON");
    if (string_member(*header, "alg") != kAlgorithm) return refuse("token algorithm isn't ES256");
    if (string_member(*header, "typ") != to_text(type)) return refuse("token of another kind");
    for (const char* name : {"crit", "jwk", "jku", "x5c", "x5u", "b64"}) {
        if (header->contains(name)) return refuse("token header brings its own key or rules");
    }
    return UnverifiedJws{string_member(*header, "kid"), token.substr(0, second),
                         std::move(*signature), std::move(*payload)};
}

bool claims_to_be(std::string_view token, TokenType type)
{
    if (token.size() > kTokenMax) return false;
    const auto header_text = from_base64url(token.substr(0, token.find('.')));
    if (!header_text) return false;
    const auto header = parse_json(*header_text, 4);
    return header && header->is_object() && string_member(*header, "typ") == to_text(type);
}

std::string jws_signing_input(TokenType type, std::string_view key_id, const nlohmann::json& claims)
{
    const nlohmann::json header{{"alg", kAlgorithm}, {"typ", to_text(type)}, {"kid", key_id}};
    return to_base64url(header.dump()) + "." + to_base64url(claims.dump());
}

}  // namespace accessd::tokens
