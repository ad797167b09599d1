#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace accessd::contacts {

/// By which way a person proves to be one: a code reaches them, or a camera sees them. `Biometric` carries no
/// messages.
enum class Channel { Email, Sms, WhatsApp, Biometric };
/// Those that carry messages.
inline constexpr Channel kChannels[] = {Channel::Email, Channel::Sms, Channel::WhatsApp};

std::string_view to_text(Channel channel);  ///< "email", "sms", "whatsapp".
std::optional<Channel> parse_channel(std::string_view text);

/// Whether it goes to a phone number.
inline constexpr bool is_phone(Channel channel)
{
    return channel == Channel::Sms || channel == Channel::WhatsApp;
}
/// The other way to the same contact: of SMS WhatsApp, and back; of email itself, as it has none, and of biometric.
Channel sibling(Channel channel);

/// Languages that messages and pages are written in.
enum class Language { English, Spanish, Portuguese };

std::string_view to_text(Language language);  ///< "en", "es", "pt".
std::optional<Language> parse_language(std::string_view text);

/// A canonical contact as logs, events and pages show it: "a•••@example.com", "+34•••••89".
std::string masked_contact(std::string_view canonical);

}  // namespace accessd::contacts
