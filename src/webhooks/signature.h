#pragma once

#include "base/clock.h"
#include "base/random.h"
#include "base/secret.h"

#include <string>
#include <string_view>
#include <vector>

namespace accessd::webhooks {

/// A new secret as its owner keeps it: "whsec_" and base64 of 32 random bytes.
/// Source: Standard Webhooks 1.0, signature scheme (24 to 64 bytes).
Secret make_webhook_secret(Random& random);

/// The value of `webhook-signature`: of each secret "v1," and base64 of the HMAC-SHA-256 over
/// "<id>.<seconds>.<body>"; several are parted by a blank. The id must hold no dot.
/// Source: Standard Webhooks 1.0, signature scheme.
std::string sign(const std::vector<Secret>& secrets, std::string_view id, TimePoint at,
                 std::string_view body);

}  // namespace accessd::webhooks
