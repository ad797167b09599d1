#include "tokens/signing_keys.h"

#include "base/encoding.h"
#include "base/id.h"
#include "base/json.h"
#include "base/log.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>

namespace accessd::tokens {
namespace {

SigningKey::Use use_of(TokenType type)
{
    return type == TokenType::Login ? SigningKey::Use::Login : SigningKey::Use::Api;
}

std::string seal_context(const std::string& id) { return "signing_key:" + id; }

}  // namespace

nlohmann::json SigningKeys::LiveKey::to_jwk() const
{
    return {{"kty", "EC"},
            {"crv", "P-256"},
            {"use", "sig"},
            {"alg", "ES256"},
            {"kid", row.id},
            {"x", to_base64url(key->public_x())},
            {"y", to_base64url(key->public_y())}};
}

SigningKeys::SigningKeys(SigningKeyStore& store, const crypto::Keyring& keyring, Clock& clock,
                         Random& random)
    : store_(store), keyring_(keyring), clock_(clock), random_(random)
{
}

Result<std::unique_ptr<SigningKeys>> SigningKeys::open(SigningKeyStore& store,
                                                       const crypto::Keyring& keyring, Clock& clock,
                                                       Random& random)
{
    std::unique_ptr<SigningKeys> keys{new SigningKeys(store, keyring, clock, random)};
    ACCESSD_CHECK(keys->load());
    for (const auto use : {SigningKey::Use::Api, SigningKey::Use::Login}) {
        const auto loaded = keys->keys();
        const bool has_one = std::any_of(loaded->begin(), loaded->end(),
                                         [&](const LiveKey& key) { return key.row.use == use; });
        if (!has_one) ACCESSD_CHECK(keys->add(use, clock.now(), {}));
    }
    ACCESSD_CHECK(keys->load());
    return keys;
}

Result<void> SigningKeys::add(SigningKey::Use use, TimePoint active_from,
                              const std::string& follows)
{
    SigningKey row;
    row.id = make_id("sig_", clock_.now(), random_);
    row.use = use;
    row.created_at = clock_.now();
    row.active_from = active_from;
    const auto key = crypto::Es256Key::generate();
    row.sealed = keyring_.seal(key.to_private_der().reveal(), seal_context(row.id));
    auto inserted = store_.insert(row, follows);
    // Another node was first: its key will do.
    if (!inserted && inserted.error().code != ErrorCode::Conflict) return inserted;
    return {};
}

Result<void> SigningKeys::load()
{
    ACCESSD_TRY(const auto rows, store_.list());
    const auto known = keys();
    auto loaded = std::make_shared<LiveKeys>();
    for (const auto& row : rows) {
        std::shared_ptr<const crypto::Es256Key> key;
        if (known) {
            for (const auto& old : *known) {
                if (old.row.id == row.id) key = old.key;
            }
        }
        if (!key) {
            ACCESSD_TRY(const auto der, keyring_.unseal(row.sealed, seal_context(row.id)));
            ACCESSD_TRY(auto parsed, crypto::Es256Key::from_private_der(der));
            key = std::make_shared<const crypto::Es256Key>(std::move(parsed));
        }
        loaded->push_back({row, std::move(key)});
    }
    std::sort(loaded->begin(), loaded->end(), [](const LiveKey& a, const LiveKey& b) {
        return a.row.active_from < b.row.active_from;
    });
    const std::scoped_lock lock{mutex_};
    keys_ = std::move(loaded);
    loaded_at_ = clock_.now();
    return {};
}

std::shared_ptr<const SigningKeys::LiveKeys> SigningKeys::keys() const
{
    const std::scoped_lock lock{mutex_};
    return keys_;
}

std::string SigningKeys::sign(TokenType type, const nlohmann::json& claims) const
{
    const auto keys = this->keys();
    const auto now = clock_.now();
    const LiveKey* active = nullptr;
    for (const auto& key : *keys) {
        if (key.row.use != use_of(type)) continue;
        // The first one stands in until its time should the clock have been set back.
        if (active == nullptr || key.row.active_from <= now) active = &key;
    }
    if (active == nullptr) std::abort();  // open() made one of each.
    const auto text = jws_signing_input(type, active->row.id, claims);
    return text + "." + to_base64url(active->key->sign(text));
}

Result<nlohmann::json> SigningKeys::verify(TokenType type, std::string_view token)
{
    ACCESSD_TRY(const auto jws, parse_jws(token, type));
    const auto find = [&]() -> std::shared_ptr<const crypto::Es256Key> {
        const auto keys = this->keys();
        for (const auto& key : *keys) {
            if (key.row.id == jws.key_id && key.row.use == use_of(type)) return key.key;
        }
        return nullptr;
    };
    auto key = find();
    if (!key && looks_like_id(jws.key_id, "sig_")) {
        bool is_stale = false;
        {
            const std::scoped_lock lock{mutex_};
            is_stale = loaded_at_ + std::chrono::seconds{1} <= clock_.now();
            if (is_stale) loaded_at_ = clock_.now();  // One thread asks, the others don't wait.
        }
        if (is_stale && load()) key = find();
    }
    if (!key) return Error{ErrorCode::InvalidToken, "token signed by an unknown key"};
    if (!key->verify(jws.signed_text, jws.signature)) {
        return Error{ErrorCode::InvalidToken, "token signature is wrong"};
    }
    auto claims = parse_json(jws.payload);
    if (!claims || !claims->is_object()) {
        return Error{ErrorCode::InvalidToken, "token payload isn't a JSON object"};
    }
    return std::move(*claims);
}

nlohmann::json SigningKeys::jwks() const
{
    auto list = nlohmann::json::array();
    const auto keys = this->keys();
    for (const auto& key : *keys) {
        if (key.row.use == SigningKey::Use::Login) list.push_back(key.to_jwk());
    }
    return {{"keys", std::move(list)}};
}

Result<void> SigningKeys::rotate(std::chrono::seconds life)
{
    ACCESSD_CHECK(load());
    const auto now = clock_.now();
    const auto loaded = keys();
    for (const auto use : {SigningKey::Use::Api, SigningKey::Use::Login}) {
        const LiveKey* newest = nullptr;
        for (const auto& key : *loaded) {
            if (key.row.use == use) newest = &key;
        }
        const auto replace_at = newest->row.active_from + life;
        if (now + kPublishAhead < replace_at) continue;
        ACCESSD_CHECK(add(use, std::max(replace_at, now + kPublishAhead), newest->row.id));
        log::info("signing key announced",
                  {{"use", use == SigningKey::Use::Api ? "api" : "login"}});
    }
    for (const auto& key : *loaded) {
        if (key.row.retired_at && *key.row.retired_at + kKeepRetired <= now) {
            ACCESSD_CHECK(store_.remove(key.row.id));
            log::info("retired signing key removed", {{"key_id", key.row.id}});
        }
    }
    return load();
}

}  // namespace accessd::tokens
