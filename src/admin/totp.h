#pragma once

#include "base/clock.h"
#include "base/random.h"
#include "base/secret.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// One-time passwords of authenticator apps. RFC 6238 as all of them read it: HMAC-SHA-1, six digits, 30 seconds.
namespace accessd::admin::totp {

inline constexpr std::size_t kDigits = 6;

/// 160 bits, as long as HMAC-SHA-1's own (RFC 4226, section 4).
Secret new_secret(Random& random);

/// The step whose code this is: the one that `now` lies in, or one beside it, because clocks differ and people
/// type slowly (RFC 6238, section 5.2). Nothing for any other code.
std::optional<std::int64_t> find_step(const Secret& secret, std::string_view otp, TimePoint now);

/// RFC 4648 base32 without padding: what people type into an app that can't see the picture.
std::string to_base32(std::string_view bytes);

/// The address that an app reads from a picture: otpauth://totp/issuer:account?secret=...
std::string address_of(const Secret& secret, std::string_view issuer, std::string_view account);

}  // namespace accessd::admin::totp
