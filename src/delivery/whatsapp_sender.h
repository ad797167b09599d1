#pragma once

#include "delivery/text_sender.h"

#include <string>
#include <string_view>
#include <utility>

namespace accessd::delivery {

/// Meta's WhatsApp Business Cloud API: an authentication template with the code in its body and on its button.
/// Source: Meta's manual, "Authentication templates" and "Cloud API error codes".
class WhatsAppSender final : public TextSender {
public:
    explicit WhatsAppSender(TextSenderParts parts) : parts_(std::move(parts)) {}

    SendOutcome send(const OutgoingText& text) override;
    /// Without the secret no receipt could be told from a forged one.
    bool gives_receipts() const override { return !parts_.account.secret("app_secret").empty(); }

private:
    TextSenderParts parts_;
};

/// What a code of the Cloud API ("131026") means, in plain words; empty: nothing is known of it.
std::string explain_whatsapp(std::string_view code);

}  // namespace accessd::delivery
