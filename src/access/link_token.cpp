#include "access/link_token.h"

#include "base/encoding.h"
#include "crypto/hash.h"

namespace accessd::access {
namespace {

constexpr std::size_t kTokenBytes = 16;  // Source: api.md, section 1.

}  // namespace

LinkToken make_link_token(Random& random)
{
    LinkToken made{Secret{to_base64url(random.bytes(kTokenBytes))}, {}};
    made.digest = link_digest(made.token.reveal());
    return made;
}

std::string link_digest(std::string_view token) { return crypto::sha256(token); }

bool looks_like_link_token(std::string_view token)
{
    const auto bytes = from_base64url(token);
    return bytes && bytes->size() == kTokenBytes;
}

}  // namespace accessd::access
