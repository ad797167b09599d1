#pragma once

#include "delivery/text_sender.h"

#include <string>
#include <string_view>
#include <utility>

namespace accessd::delivery {

/// Vonage Messages API, version 1, for SMS and WhatsApp.
/// Source: Vonage's reference, "Messages API" and "Messages API errors".
class VonageSender final : public TextSender {
public:
    explicit VonageSender(TextSenderParts parts) : parts_(std::move(parts)) {}

    SendOutcome send(const OutgoingText& text) override;
    /// Without the secret no receipt could be told from a forged one.
    bool gives_receipts() const override
    {
        return !parts_.account.secret("signature_secret").empty();
    }

private:
    TextSenderParts parts_;
};

/// What a code of Vonage's ("1240") means, in plain words; empty: nothing is known of it.
std::string explain_vonage(std::string_view code);

}  // namespace accessd::delivery
