#pragma once

#include "base/random.h"
#include "base/secret.h"

#include <string>
#include <string_view>

namespace accessd::access {

/// What alone lets somebody in: the token of a link, or a one-time code. 128 random bits, so that its hash
/// needs no key and a look-up by it tells nothing.
struct LinkToken {
    Secret token;        ///< base64url, 22 characters.
    std::string digest;  ///< link_digest(token); what a store keeps.
};

LinkToken make_link_token(Random& random);

/// SHA-256 of a token as it came back.
std::string link_digest(std::string_view token);
/// Whether it is one by its form: the rest need not be looked for.
bool looks_like_link_token(std::string_view token);

}  // namespace accessd::access
