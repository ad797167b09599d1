#pragma once

#include "delivery/text_sender.h"

namespace accessd::delivery {

/// Twilio Programmable Messaging, for SMS and WhatsApp.
/// Source: Twilio's reference, "Messages resource", and its dictionary of errors.
class TwilioSender final : public TextSender {
public:
    explicit TwilioSender(TextSenderParts parts) : parts_(std::move(parts)) {}

    SendOutcome send(const OutgoingText& text) override;
    bool gives_receipts() const override { return !parts_.receipts_url.empty(); }

private:
    TextSenderParts parts_;
};

/// What a code of Twilio's dictionary means, in plain words; nothing for those that say no more than their
/// status. `code`: "21211".
std::string explain_twilio(std::string_view code);

}  // namespace accessd::delivery
