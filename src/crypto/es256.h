#pragma once

#include "base/result.h"
#include "base/secret.h"

#include <memory>
#include <string>
#include <string_view>

namespace accessd::crypto {

/// A P-256 key pair, or its public half. Parsed once, used often.
/// Threads: safe to call concurrently.
class Es256Key {
public:
    static Es256Key generate();
    /// Errors: Internal if `der` isn't an unencrypted PKCS#8 P-256 private key.
    static Result<Es256Key> from_private_der(const Secret& der);
    /// Raw coordinates, 32 bytes each. Errors: InvalidToken if they are no point of the curve.
    static Result<Es256Key> from_public(std::string_view x, std::string_view y);

    Es256Key(Es256Key&&) noexcept;
    Es256Key& operator=(Es256Key&&) noexcept;
    ~Es256Key();

    Secret to_private_der() const;
    /// Raw r || s, 64 bytes, as JWS wants it (RFC 7518, 3.4).
    std::string sign(std::string_view text) const;
    bool verify(std::string_view text, std::string_view signature) const;
    std::string public_x() const;
    std::string public_y() const;

private:
    struct State;
    explicit Es256Key(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace accessd::crypto
