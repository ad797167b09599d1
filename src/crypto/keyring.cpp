#include "crypto/keyring.h"

#include "base/encoding.h"
#include "base/log.h"
#include "crypto/aead.h"
#include "crypto/hash.h"

#include <algorithm>
#include <cstdint>

namespace accessd::crypto {
namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr char kFormat = 1;  // First byte of everything sealed; a new format gets a new number.
constexpr std::size_t kPrefixBytes = 5;

std::string wrap_context(WrappedKey::Kind kind, int version)
{
    return (kind == WrappedKey::Kind::Data ? "data_key:" : "pepper:") + std::to_string(version);
}

std::string digest_with(std::string_view pepper, std::string_view validation_id,
                        std::string_view code)
{
    std::string text{validation_id};
    text += '\0';
    text += code;
    return hmac_sha256(pepper, text);
}

}  // namespace

Keyring::Keyring(Secret master_key, KeyMaterialStore& store, Clock& clock, Random& random)
    : master_key_(std::move(master_key)),
      master_id_(id_of(master_key_)),
      store_(store),
      clock_(clock),
      random_(random)
{
}

Result<std::unique_ptr<Keyring>> Keyring::open(const Secret& master_key, KeyMaterialStore& store,
                                               Clock& clock, Random& random)
{
    std::unique_ptr<Keyring> keyring{new Keyring(master_key, store, clock, random)};
    ACCESSD_CHECK(keyring->load());
    // Two nodes may start on an empty store together: the first insert wins, both read it.
    if (keyring->keys()->data.empty()) {
        ACCESSD_CHECK(keyring->add(WrappedKey::Kind::Data, 1));
        ACCESSD_CHECK(keyring->load());
    }
    if (keyring->keys()->peppers.empty()) {
        ACCESSD_CHECK(keyring->add(WrappedKey::Kind::Pepper, 1));
        ACCESSD_CHECK(keyring->load());
    }
    return keyring;
}

Result<void> Keyring::add(WrappedKey::Kind kind, int version)
{
    const auto value = random_.bytes(kKeyBytes);
    const WrappedKey key{kind, version,
                         encrypt(master_key_.reveal(), value, wrap_context(kind, version), random_),
                         master_id_, clock_.now()};
    auto inserted = store_.insert(key);
    if (!inserted && inserted.error().code != ErrorCode::Conflict) return inserted;
    return {};
}

Result<void> Keyring::load()
{
    ACCESSD_TRY(const auto wrapped, store_.list());
    auto loaded = std::make_shared<Keys>();
    for (const auto& key : wrapped) {
        auto value =
            decrypt(master_key_.reveal(), key.wrapped, wrap_context(key.kind, key.version));
        if (!value) {
            return Error{
                ErrorCode::Internal,
                "the master key (id " + master_id_ +
                    ") is not the one this store was made with (id " + key.master_id +
                    "); point keys.master_key_file or ACCESSD_MASTER_KEY to the right one"};
        }
        auto& list = key.kind == WrappedKey::Kind::Data ? loaded->data : loaded->peppers;
        list.push_back({key.version, std::move(*value), key.created_at});
    }
    for (auto* list : {&loaded->data, &loaded->peppers}) {
        std::sort(list->begin(), list->end(),
                  [](const Key& a, const Key& b) { return a.version < b.version; });
    }
    const std::scoped_lock lock{mutex_};
    keys_ = std::move(loaded);
    return {};
}

std::shared_ptr<const Keyring::Keys> Keyring::keys() const
{
    const std::scoped_lock lock{mutex_};
    return keys_;
}

std::string Keyring::seal(std::string_view text, std::string_view context) const
{
    const auto keys = this->keys();
    const auto& key = keys->data.back();
    std::string sealed{kFormat};
    for (int shift = 24; shift >= 0; shift -= 8) {
        sealed += static_cast<char>(static_cast<std::uint32_t>(key.version) >> shift & 255U);
    }
    return sealed + encrypt(key.value, text, context, random_);
}

Result<Secret> Keyring::unseal(std::string_view sealed, std::string_view context) const
{
    if (sealed.size() < kPrefixBytes || sealed.front() != kFormat) {
        return Error{ErrorCode::Internal, "something sealed has an unknown format"};
    }
    std::uint32_t version = 0;
    for (const char byte : sealed.substr(1, 4)) {
        version = version << 8 | static_cast<unsigned char>(byte);
    }
    const auto keys = this->keys();
    for (const auto& key : keys->data) {
        if (static_cast<std::uint32_t>(key.version) != version) continue;
        auto text = decrypt(key.value, sealed.substr(kPrefixBytes), context);
        if (text) return Secret{std::move(*text)};
    }
    return Error{ErrorCode::Internal, "something sealed can't be opened with this store's keys"};
}

CodeDigest Keyring::digest_code(std::string_view validation_id, std::string_view code) const
{
    const auto keys = this->keys();
    const auto known_to_all = clock_.now() - kPepperAhead;
    auto pepper = keys->peppers.rbegin();
    while (pepper->created_at > known_to_all && pepper + 1 != keys->peppers.rend()) ++pepper;
    return {pepper->version, digest_with(pepper->value, validation_id, code)};
}

std::vector<CodeDigest> Keyring::candidate_digests(std::string_view validation_id,
                                                   std::string_view code) const
{
    const auto keys = this->keys();
    std::vector<CodeDigest> digests;
    for (const auto& pepper : keys->peppers) {
        digests.push_back({pepper.version, digest_with(pepper.value, validation_id, code)});
    }
    return digests;
}

std::string Keyring::id_of(const Secret& master_key)
{
    return to_hex(sha256("accessd master id" + master_key.reveal())).substr(0, 16);
}

Result<void> Keyring::rewrap(const Secret& new_master_key)
{
    const auto new_id = id_of(new_master_key);
    const auto keys = this->keys();
    std::vector<WrappedKey> wrapped;
    const auto wrap = [&](WrappedKey::Kind kind, const std::vector<Key>& list) {
        for (const auto& key : list) {
            wrapped.push_back({kind, key.version,
                               encrypt(new_master_key.reveal(), key.value,
                                       wrap_context(kind, key.version), random_),
                               new_id, key.created_at});
        }
    };
    wrap(WrappedKey::Kind::Data, keys->data);
    wrap(WrappedKey::Kind::Pepper, keys->peppers);
    ACCESSD_CHECK(store_.rewrap(wrapped));
    master_key_ = new_master_key;
    master_id_ = new_id;
    return {};
}

Result<void> Keyring::rotate(std::chrono::seconds pepper_life)
{
    ACCESSD_CHECK(load());
    auto keys = this->keys();
    const auto now = clock_.now();
    if (keys->peppers.back().created_at + pepper_life <= now) {
        const int version = keys->peppers.back().version + 1;
        ACCESSD_CHECK(add(WrappedKey::Kind::Pepper, version));
        log::info("pepper rotated", {{"version", version}});
    }
    // A pepper is replaced when its successor was made.
    bool is_forgotten = false;
    for (std::size_t i = 0; i + 1 < keys->peppers.size(); ++i) {
        if (keys->peppers[i + 1].created_at + kPepperGrace > now) continue;
        ACCESSD_CHECK(store_.remove(WrappedKey::Kind::Pepper, keys->peppers[i].version));
        is_forgotten = true;
    }
    if (is_forgotten || keys->peppers.back().created_at + pepper_life <= now) return load();
    return {};
}

}  // namespace accessd::crypto
