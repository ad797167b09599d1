#pragma once

#include "base/result.h"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

namespace accessd::tokens {

/// The kinds of JWT, told apart by `typ`; each is accepted nowhere else. Source: api.md, section 2.
enum class TokenType { Api, Login, Browser, Validation };

std::string_view to_text(TokenType type);  ///< "at+jwt", "validation+jwt".

/// A compact JWS taken apart, its signature not yet looked at.
struct UnverifiedJws {
    std::string key_id;            ///< `kid`.
    std::string_view signed_text;  ///< Points into the token.
    std::string signature;
    std::string payload;  ///< JSON text; trust nothing in it before the signature is checked.
};

/// Takes a token apart, strictly: three base64url parts, a header with `alg` ES256, the `typ` wanted
/// and a `kid`; anything that names or brings a key (`jwk`, `jku`, `x5c`, ...) or `crit` is refused.
/// The algorithm is never the token's choice. Errors: InvalidToken.
Result<UnverifiedJws> parse_jws(std::string_view token, TokenType type);

/// Whether a token calls itself one of this kind. Only for choosing who checks it.
bool claims_to_be(std::string_view token, TokenType type);

/// "header.payload", ready to be signed.
std::string jws_signing_input(TokenType type, std::string_view key_id,
                              const nlohmann::json& claims);

}  // namespace accessd::tokens
