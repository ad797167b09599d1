#pragma once

#include "base/secret.h"

#include <string>
#include <string_view>

namespace accessd::delivery {

/// What a sealed code is bound to: that of one validation can't be put in another's place.
inline std::string code_context(const std::string& validation_id)
{
    return "code:" + validation_id;
}

/// What the sealed token of a link that ends a lock is bound to.
inline std::string unlock_context(const std::string& message_id) { return "unlock:" + message_id; }

/// What is sealed for a validation: its code, and the token of its link if it has one.
struct CodeAndLink {
    Secret code;
    Secret link_token;  ///< Empty: no link.
};

/// The text to seal: the code, and on a line of its own the token. Without a token it is the bare code,
/// which is also what older versions sealed.
std::string to_sealed_text(std::string_view code, std::string_view link_token);
/// The way back, from what was unsealed.
CodeAndLink from_sealed_text(const Secret& text);

/// Where the links in mails lead. `public_url` comes from the configuration, never from a request.
std::string login_link(std::string_view public_url, const Secret& token);
std::string unlock_link(std::string_view public_url, const Secret& token);

}  // namespace accessd::delivery
