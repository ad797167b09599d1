#include "tokens/api_keys.h"

#include "base/encoding.h"
#include "base/id.h"
#include "crypto/hash.h"

namespace accessd::tokens {
namespace {

constexpr std::string_view kSecretPrefix = "sk_";  // Recognisable to people and secret scanners.
constexpr std::size_t kSecretBytes = 32;

/// An all-projects key is out of reach of a caller bound to some.
bool is_visible(const ApiKey& key, const ProjectScope& scope)
{
    return key.project_id.empty() ? scope.is_all() : scope.allows(key.project_id);
}

}  // namespace

ApiKeys::ApiKeys(ApiKeyStore& store, limits::LimitStore& limits, Revocations& revocations,
                 Clock& clock, Random& random, std::chrono::seconds token_life)
    : store_(store),
      limits_(limits),
      revocations_(revocations),
      clock_(clock),
      random_(random),
      token_life_(token_life)
{
}

Result<ApiKeys::Created> ApiKeys::create(std::string name, std::uint8_t scopes,
                                         std::string project_id, const events::AuditEntry& audit)
{
    Secret secret{std::string{kSecretPrefix} + to_base64url(random_.bytes(kSecretBytes))};
    ApiKey key;
    key.created_at = clock_.now();
    key.id = make_id("key_", key.created_at, random_);
    key.name = std::move(name);
    key.secret_hash = to_hex(crypto::sha256(secret.reveal()));
    key.scopes = scopes;
    key.project_id = std::move(project_id);
    ACCESSD_CHECK(store_.insert(key, audit.about(key.id, key.project_id)));
    return Created{std::move(key), std::move(secret)};
}

Result<ApiKey> ApiKeys::authenticate(const std::string& client_id, const Secret& secret,
                                     const std::string& address)
{
    const auto now = clock_.now();
    const auto limit_key = "token:" + client_id + ":" + address;
    std::optional<ApiKey> key;
    if (looks_like_id(client_id, "key_")) {
        ACCESSD_TRY(key, store_.find(client_id));
    }
    const auto hash = to_hex(crypto::sha256(secret.reveal()));
    const bool is_right = crypto::is_equal_in_constant_time(
        hash, key ? key->secret_hash : std::string(hash.size(), '0'));
    const bool is_let_in = key && is_right && !key->revoked_at;
    // Asked after the comparison: a secret is worth something only while the window has room, whatever
    // is tried at the same moment; beyond it right and wrong are answered alike, after the same work.
    ACCESSD_TRY(auto decision, limits_.peek(limit_key, limits::kTokenFailures, now));
    if (decision.allowed && !is_let_in) {
        ACCESSD_TRY(decision, limits_.take(limit_key, limits::kTokenFailures, now));
    }
    if (!decision.allowed) return limits::refusal(decision, limits::kTokenFailures);
    if (!is_let_in) return ErrorCode::InvalidCredentials;
    ACCESSD_CHECK(store_.touch(key->id, now));
    return std::move(*key);
}

Result<ApiKey> ApiKeys::get(const std::string& id, const ProjectScope& scope)
{
    if (!looks_like_id(id, "key_")) return ErrorCode::KeyNotFound;
    ACCESSD_TRY(auto key, store_.find(id));
    if (!key || !is_visible(*key, scope)) return ErrorCode::KeyNotFound;
    return std::move(*key);
}

Result<Page<ApiKey>> ApiKeys::list(const ProjectScope& scope, const std::string& project_id,
                                   const PageRequest& page)
{
    if (!project_id.empty() && !scope.allows(project_id)) return ErrorCode::ProjectNotFound;
    if (scope.is_all()) return store_.list(project_id, page);
    if (!project_id.empty()) return store_.list(project_id, page);
    if (scope.ids().size() == 1) return store_.list(scope.ids().front(), page);
    return Error::invalid("project_id", "is required: this token is bound to several projects");
}

Result<ApiKey> ApiKeys::rename(const std::string& id, const ProjectScope& scope,
                               const std::string& name, const Condition<ApiKey>& condition,
                               const events::AuditEntry& audit)
{
    for (;;) {
        ACCESSD_TRY(auto key, get(id, scope));
        ACCESSD_CHECK(check(condition, key));
        auto renamed = store_.rename(key.id, name, condition ? &key : nullptr,
                                     audit.about(key.id, key.project_id));
        if (!renamed && renamed.error().code == ErrorCode::Conflict) continue;  // Read it again.
        if (!renamed) return std::move(renamed).error();
        key.name = name;
        return key;
    }
}

Result<ApiKey> ApiKeys::revoke(const std::string& id, const ProjectScope& scope,
                               const Condition<ApiKey>& condition, const events::AuditEntry& audit)
{
    ACCESSD_TRY(auto key, get(id, scope));
    ACCESSD_CHECK(check(condition, key));
    const auto now = clock_.now();
    const auto entry = audit.about(key.id, key.project_id);
    auto revoked = store_.revoke(key.id, now, condition ? &key : nullptr, entry);
    while (!revoked && revoked.error().code == ErrorCode::Conflict) {
        ACCESSD_TRY(key, get(id, scope));
        ACCESSD_CHECK(check(condition, key));
        revoked = store_.revoke(key.id, now, &key, entry);
    }
    if (!revoked) return std::move(revoked).error();
    ACCESSD_CHECK(revocations_.revoke_subject(key.id, now + token_life_, key.project_id));
    return get(id, scope);
}

}  // namespace accessd::tokens
