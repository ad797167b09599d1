#pragma once

#include "delivery/text_sender.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace accessd::delivery {

/// Anything that takes a message as one HTTP request: its URL, headers and body are the account's, with places for
/// the message. Each message goes with an Idempotency-Key of its own, the same at every try.
class HttpSender final : public TextSender {
public:
    explicit HttpSender(TextSenderParts parts) : parts_(std::move(parts)) {}

    SendOutcome send(const OutgoingText& text) override;
    bool gives_receipts() const override { return parts_.account.setting("receipts") == "yes"; }

private:
    TextSenderParts parts_;
};

/// What is wrong with the places ({{to}}) of a text; nothing: all are known.
std::optional<std::string> find_unknown_place(std::string_view text);

}  // namespace accessd::delivery
