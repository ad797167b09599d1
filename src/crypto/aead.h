#pragma once

#include "base/random.h"

#include <optional>
#include <string>
#include <string_view>

namespace accessd::crypto {

/// Encrypts with AES-256-GCM under a key derived for this one text from `key` (32 bytes) and a random
/// salt, so that no number of texts wears a key out. `context` must be the same when opening: it
/// binds the text to its row. Format: salt (16), nonce (12), ciphertext, tag (16).
std::string encrypt(std::string_view key, std::string_view text, std::string_view context,
                    Random& random);

/// Nothing if key, context or a bit of the text is not what it was.
std::optional<std::string> decrypt(std::string_view key, std::string_view sealed,
                                   std::string_view context);

}  // namespace accessd::crypto
