#pragma once

#include "base/result.h"
#include "crypto/keyring.h"
#include "delivery/composed_email.h"
#include "delivery/message.h"
#include "delivery/template_cache.h"
#include "projects/project_store.h"

#include <chrono>
#include <string>
#include <string_view>

namespace accessd::delivery {

/// As compose_email(), of a message to a phone: `words.text` alone is filled in. The origin-bound line names
/// the flow's origin_host, or else the host of `public_url`, where the hosted page is.
/// Errors: Internal if the content can't be opened.
Result<ComposedEmail> compose_text(const Message& message, const projects::ProjectSetup& setup,
                                   const crypto::Keyring& keyring, std::string_view public_url,
                                   std::chrono::milliseconds left, TemplateLookup* templates);

/// Either of the two, by the message's channel.
Result<ComposedEmail> compose_message(const Message& message, const projects::ProjectSetup& setup,
                                      const crypto::Keyring& keyring, std::string_view public_url,
                                      std::chrono::milliseconds left, TemplateLookup* templates);

/// The host of the origin-bound line; empty for one that no browser would take.
std::string origin_host_of(const projects::Flow* flow, std::string_view public_url);

}  // namespace accessd::delivery
