#pragma once

#include "contacts/channel.h"
#include "delivery/provider.h"
#include "delivery/sender.h"
#include "outbound/http_client.h"

#include <chrono>
#include <memory>
#include <string>

namespace accessd::delivery {

/// A code on its way to a phone. All text is UTF-8.
struct OutgoingText {
    std::string message_id;  ///< Ours; providers that can hand it back in their receipts.
    contacts::Channel channel{};
    std::string recipient;  ///< E.164.
    std::string from;       ///< For this country; empty: the account's own.
    std::string text;
    std::string code;           ///< Of templates that providers keep themselves.
    std::string template_name;  ///< Of the flow, for WhatsApp; empty: the account's own.
    contacts::Language language{};
    std::chrono::seconds life{0};  ///< Of the code: later it needn't arrive.
};

/// A way to hand phone messages over. Threads: send() is safe to call concurrently.
class TextSender {
public:
    virtual ~TextSender() = default;
    /// Waits until the provider has taken or refused the message, or the time for it is up.
    virtual SendOutcome send(const OutgoingText& text) = 0;
    /// Whether it says afterwards what became of a message.
    virtual bool gives_receipts() const = 0;
};

/// What all providers' senders share.
struct TextSenderParts {
    ProviderAccount account;
    outbound::HttpClient& http;
    /// Where this sender's receipts are posted to; empty: the provider couldn't reach it.
    std::string receipts_url;
    std::chrono::milliseconds timeout{10'000};
};

/// The sender of an account. `parts.account.kind` isn't Smtp.
std::unique_ptr<TextSender> make_text_sender(TextSenderParts parts);

}  // namespace accessd::delivery
