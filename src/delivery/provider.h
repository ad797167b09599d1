#pragma once

#include "base/secret.h"
#include "contacts/channel.h"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace accessd::delivery {

/// What is behind a sender.
enum class SenderKind {
    Smtp,
    Twilio,         ///< Twilio Programmable Messaging.
    Vonage,         ///< Vonage Messages API.
    WhatsAppCloud,  ///< Meta's WhatsApp Business Cloud API.
    Http,           ///< Anything that takes a message as one HTTP request.
};

std::string_view to_text(
    SenderKind kind);  ///< "smtp", "twilio", "vonage", "whatsapp_cloud", "http".
std::optional<SenderKind> parse_sender_kind(std::string_view text);

/// Whether senders of this kind carry messages of this channel.
bool carries(SenderKind kind, contacts::Channel channel);

/// A setting of a provider's account.
struct ProviderField {
    enum class Type {
        Text,
        Url,     ///< Where secrets go: changing it asks for the secrets again.
        Choice,  ///< One of `choices`.
        Object,  ///< A JSON object, kept as its text.
    };
    std::string_view name;
    bool is_required = false;
    bool is_secret = false;
    /// Decides with `Url` who gets the secrets.
    bool names_account = false;
    Type type = Type::Text;
    std::size_t max = 200;
    std::vector<std::string_view> choices{};
    std::string_view standard{};  ///< What it is when nobody says.
};

/// All that there are of a kind; of Smtp none, as SmtpSettings has them.
const std::vector<ProviderField>& provider_fields(SenderKind kind);

/// An account at a provider of phone messages, opened.
struct ProviderAccount {
    SenderKind kind{};
    contacts::Channel channel{};
    std::map<std::string, std::string> settings;
    std::map<std::string, Secret> secrets;

    /// Empty where there is none, or the field's standard.
    std::string setting(std::string_view name) const;
    const Secret& secret(std::string_view name) const;
};

}  // namespace accessd::delivery
