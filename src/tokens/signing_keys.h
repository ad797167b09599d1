#pragma once

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "crypto/es256.h"
#include "crypto/keyring.h"
#include "tokens/jws.h"
#include "tokens/token_stores.h"

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace accessd::tokens {

/// The keys that sign tokens: chosen, published, rotated and forgotten here.
///
/// A new key is published `kPublishAhead` before it signs, so that every customer's copy of the key
/// set (fresh for 10 minutes) has it in time; an old one stays until its last token has expired.
///
/// Threads: safe to call concurrently.
class SigningKeys {
public:
    static constexpr auto kPublishAhead = std::chrono::hours{24};
    static constexpr auto kKeepRetired = std::chrono::hours{24};

    /// Reads the keys, making the first ones if there are none. Errors: Internal, StoreUnavailable.
    static Result<std::unique_ptr<SigningKeys>> open(SigningKeyStore& store,
                                                     const crypto::Keyring& keyring, Clock& clock,
                                                     Random& random);

    /// A signed compact token. The key follows from the type, the algorithm from the key.
    std::string sign(TokenType type, const nlohmann::json& claims) const;

    /// The claims of a token whose signature is right. Reads the store again when the key is unknown,
    /// at most once a second: another node may have made it. Says nothing about times.
    /// Errors: InvalidToken.
    Result<nlohmann::json> verify(TokenType type, std::string_view token);

    /// The public keys of login tokens (RFC 7517), those not active yet included.
    nlohmann::json jwks() const;

    /// Makes the successor of a key that is `life` old less kPublishAhead, takes in other nodes' keys
    /// and removes those retired for kKeepRetired. Errors: Internal, StoreUnavailable.
    Result<void> rotate(std::chrono::seconds life);

private:
    struct LiveKey {
        SigningKey row;
        std::shared_ptr<const crypto::Es256Key> key;
        nlohmann::json to_jwk() const;
    };
    using LiveKeys = std::vector<LiveKey>;  ///< By active_from.

    SigningKeys(SigningKeyStore& store, const crypto::Keyring& keyring, Clock& clock,
                Random& random);
    Result<void> load();
    Result<void> add(SigningKey::Use use, TimePoint active_from, const std::string& follows);
    std::shared_ptr<const LiveKeys> keys() const;

    SigningKeyStore& store_;
    const crypto::Keyring& keyring_;
    Clock& clock_;
    Random& random_;
    mutable std::mutex mutex_;  ///< Guards what follows; keys_ is replaced whole, never changed.
    std::shared_ptr<const LiveKeys> keys_;
    TimePoint loaded_at_{};
};

}  // namespace accessd::tokens
