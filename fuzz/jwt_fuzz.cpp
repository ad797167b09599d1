// Tokens from strangers. The fuzzer edits good tokens, and signs claims and headers of its own making with the right
// key: the first finds ways round the signature, the second ways round the checks behind it.

#include "fuzz.h"

#include "base/encoding.h"
#include "base/id.h"
#include "crypto/es256.h"
#include "crypto/keyring.h"
#include "support/fakes.h"
#include "support/memory_key_stores.h"
#include "tokens/api_tokens.h"
#include "tokens/jws.h"
#include "tokens/login_tokens.h"
#include "tokens/signing_keys.h"

#include <nlohmann/json.hpp>

#include <set>

namespace accessd::fuzz {
namespace {

using nlohmann::json;
using tokens::TokenType;

constexpr auto kKeyId = "sig_00000000000000000000000000000";
constexpr auto kIssuer = "https://access.example.com";

template <class T>
T value_of(Result<T> result)
{
    require(result.has_value(), "the harness can be built");
    return *std::move(result);
}

/// Everything that checks tokens, with a key that the harness holds too.
class World {
public:
    World()
    {
        tokens::SigningKey row;
        row.id = kKeyId;
        row.use = tokens::SigningKey::Use::Api;
        row.created_at = row.active_from = clock_.now();
        row.sealed =
            keyring_->seal(key_.to_private_der().reveal(), std::string{"signing_key:"} + kKeyId);
        store_.keys.push_back(row);
        keys_ = value_of(tokens::SigningKeys::open(store_, *keyring_, clock_, random_));
        api_ = std::make_unique<tokens::ApiTokens>(*keys_, revocations_, clock_, random_,
                                                   tokens::TokenPolicy{.issuer = kIssuer});
        for (const auto* projects : {"*", "prj_1"}) good_.push_back(sign(good_claims(projects)));
        for (const auto& token : good_) signed_.insert(token);
    }

    const std::vector<std::string>& good() const { return good_; }
    bool was_signed(std::string_view token) const { return signed_.contains(std::string{token}); }
    tokens::ApiTokens& api() { return *api_; }
    tokens::SigningKeys& keys() { return *keys_; }
    TimePoint now() const { return clock_.now(); }

    std::string sign_text(std::string_view header, std::string_view claims) const
    {
        const auto text = to_base64url(header) + '.' + to_base64url(claims);
        return text + '.' + to_base64url(key_.sign(text));
    }

private:
    std::string sign(const json& claims) const { return keys_->sign(TokenType::Api, claims); }
    json good_claims(const std::string& projects)
    {
        const auto now = unix_seconds(clock_.now());
        return {{"iss", kIssuer},
                {"aud", "accessd"},
                {"sub", "key_1"},
                {"scope", "access"},
                {"iat", now},
                {"auth_time", now},
                {"exp", now + 3600},
                {"jti", make_id("tok_", clock_.now(), random_)},
                {"projects", projects == "*" ? json(projects) : json::array({projects})}};
    }

    test::FakeClock clock_;
    test::FakeRandom random_;
    test::MemoryKeyMaterialStore material_;
    std::unique_ptr<crypto::Keyring> keyring_ =
        value_of(crypto::Keyring::open(Secret{std::string(32, 'm')}, material_, clock_, random_));
    crypto::Es256Key key_ = crypto::Es256Key::generate();
    test::MemorySigningKeyStore store_;
    std::unique_ptr<tokens::SigningKeys> keys_;
    test::MemoryRevocationStore revocation_store_;
    tokens::Revocations revocations_{revocation_store_, clock_};
    std::unique_ptr<tokens::ApiTokens> api_;
    std::vector<std::string> good_;
    std::set<std::string> signed_;
};

World& world()
{
    static World world;
    return world;
}

bool is_accepted(const std::string& token)
{
    // The second time it may come from the cache: both must say the same.
    const bool first = world().api().authenticate(token).has_value();
    const auto second = world().api().authenticate(token);
    require(first == second.has_value(), "a token is as good the second time");
    if (second) require(second->expires_at > world().now(), "an accepted token lives");
    require(!world().keys().verify(TokenType::Login, token), "an API token is no login token");
    return first;
}

/// Any text at all.
void try_text(std::string_view text)
{
    const std::string token{text};
    const auto jws = tokens::parse_jws(token, TokenType::Api);
    if (jws) require(token.starts_with(jws->signed_text), "what is signed is part of the token");
    if (is_accepted(token)) require(world().was_signed(token), "an accepted token was signed here");
}

/// A good token with some of its characters exchanged, cut off or put in: two bytes each, place and character.
void try_edits(std::string_view edits)
{
    if (edits.empty()) return;
    const auto& good = world().good()[static_cast<unsigned char>(edits[0]) % world().good().size()];
    auto token = good;
    for (std::size_t i = 1; i + 2 < edits.size(); i += 3) {
        const auto place = static_cast<std::size_t>(static_cast<unsigned char>(edits[i])) * 256U +
                           static_cast<unsigned char>(edits[i + 1]);
        const auto at = place % (token.size() + 1);
        if (place / 32768U == 1) {
            token.insert(at, 1, edits[i + 2]);
        } else if (at < token.size()) {
            token[at] = edits[i + 2];
        }
    }
    if (edits.size() % 3 == 2) token.resize(token.size() - 1);
    require(is_accepted(token) == (token == good), "no other spelling of a good token is one");
}

/// Claims, and a header, that only a holder of the key could sign.
void try_signed(std::string_view header, std::string_view claims)
{
    const auto token = world().sign_text(header, claims);
    if (!is_accepted(token)) return;

    const auto read_header = json::parse(header);
    require(read_header.at("alg") == "ES256" && read_header.at("typ") == "at+jwt" &&
                read_header.at("kid") == kKeyId,
            "an accepted header names our algorithm, kind and key");
    for (const auto* name : {"crit", "jwk", "jku", "x5c", "x5u", "b64"}) {
        require(!read_header.contains(name), "an accepted header brings no rules");
    }
    const auto read = json::parse(claims);
    require(read.at("iss") == kIssuer && read.at("aud") == "accessd", "ours, and for us");
    require(read.at("sub").is_string() && read.at("jti").is_string(), "with a subject and an id");
    require(read.at("exp").get<std::int64_t>() > unix_seconds(world().now()), "and alive");
    const auto caller = world().api().authenticate(token);
    require(caller->projects.is_all() == (read.at("projects") == "*"), "of the projects it names");
}

}  // namespace

/// The first byte chooses what is tried.
void try_token(std::string_view input)
{
    if (input.empty()) return;
    const auto rest = input.substr(1);
    const auto good_header = json{{"alg", "ES256"}, {"typ", "at+jwt"}, {"kid", kKeyId}}.dump();
    switch (input[0]) {
    case 'e': return try_edits(rest);
    case 'c': return try_signed(good_header, rest);
    case 'h': {
        const auto parts = split(rest, 2);
        return try_signed(parts[0], parts[1]);
    }
    default: return try_text(rest);
    }
}

}  // namespace accessd::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    accessd::fuzz::try_token(accessd::fuzz::to_view(data, size));
    return 0;
}
