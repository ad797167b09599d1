#pragma once

#include "base/result.h"
#include "crypto/keyring.h"
#include "delivery/email_template.h"
#include "delivery/message.h"
#include "delivery/template_cache.h"
#include "projects/project.h"

#include <chrono>
#include <string>
#include <string_view>

namespace accessd::delivery {

/// A message as its reader sees it, and the secrets in it by themselves.
struct ComposedEmail {
    EmailText words;
    std::string otp;   ///< Empty: none in it.
    std::string link;  ///< Empty: none in it.
    std::string note;  ///< See WrittenMessage::note.
};

/// Opens what a message carries and puts it into words. `left` is the life that is left of it;
/// `public_url` is where links lead; `templates`: null for the built-in ones alone. Errors: Internal if the
/// content can't be opened.
Result<ComposedEmail> compose_email(const Message& message, const projects::Project& project,
                                    const crypto::Keyring& keyring, std::string_view public_url,
                                    std::chrono::milliseconds left,
                                    TemplateLookup* templates = nullptr);

}  // namespace accessd::delivery
