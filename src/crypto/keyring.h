#pragma once

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"
#include "crypto/key_material_store.h"

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace accessd::crypto {

/// A keyed digest of a code, and which pepper keyed it.
struct CodeDigest {
    int pepper_version = 0;
    std::string digest;
};

/// Everything secret at rest goes through here. The master key wraps data keys and peppers; data keys
/// seal (message bodies, signing keys); peppers key the digests of codes and rotate.
///
/// Threads: safe to call concurrently.
class Keyring {
public:
    /// How long a replaced pepper is kept: longer than any code lives (600 s at most).
    static constexpr auto kPepperGrace = std::chrono::hours{1};
    /// How old a pepper is before codes are made with it, so that every node knows it by then: they look every two
    /// seconds.
    static constexpr auto kPepperAhead = std::chrono::seconds{20};

    /// Reads the keys of the store, making the first ones if there are none.
    /// Errors: Internal when the master key (32 bytes) isn't the one that wrapped them;
    /// StoreUnavailable.
    static Result<std::unique_ptr<Keyring>> open(const Secret& master_key, KeyMaterialStore& store,
                                                 Clock& clock, Random& random);

    /// Seals under the newest data key. `context` binds the text to its place: "signing_key:k1".
    std::string seal(std::string_view text, std::string_view context) const;
    /// Errors: Internal if it was sealed for another context, by another key, or was changed.
    Result<Secret> unseal(std::string_view sealed, std::string_view context) const;

    /// HMAC-SHA-256(newest pepper that all nodes know, validation id || 0 || code).
    CodeDigest digest_code(std::string_view validation_id, std::string_view code) const;
    /// The same under every pepper that a live code may have been made with.
    std::vector<CodeDigest> candidate_digests(std::string_view validation_id,
                                              std::string_view code) const;

    /// How the store names a master key, which tells nothing about it: 16 characters.
    static std::string id_of(const Secret& master_key);

    /// Wraps every key of the store with another master key, all in one transaction; what they seal stays as
    /// it is. No other process may have the store meanwhile. Errors: Conflict, StoreUnavailable.
    Result<void> rewrap(const Secret& new_master_key);

    /// Makes a new pepper when the newest is older than `pepper_life`, takes in those that other
    /// nodes made, and forgets those replaced more than kPepperGrace ago. Errors: StoreUnavailable.
    Result<void> rotate(std::chrono::seconds pepper_life);

    /// Takes in what other nodes made. To be called every other second. Errors: StoreUnavailable.
    Result<void> refresh() { return load(); }

private:
    struct Key {
        int version;
        std::string value;
        TimePoint created_at;
    };
    struct Keys {
        std::vector<Key> data;     ///< By version.
        std::vector<Key> peppers;  ///< By version.
    };

    Keyring(Secret master_key, KeyMaterialStore& store, Clock& clock, Random& random);
    Result<void> load();
    Result<void> add(WrappedKey::Kind kind, int version);
    std::shared_ptr<const Keys> keys() const;

    Secret master_key_;
    std::string master_id_;
    KeyMaterialStore& store_;
    Clock& clock_;
    Random& random_;
    mutable std::mutex mutex_;  ///< Guards keys_, which is replaced whole and never changed.
    std::shared_ptr<const Keys> keys_;
};

}  // namespace accessd::crypto
