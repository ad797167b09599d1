#include "contacts/channel.h"

#include "contacts/email_address.h"
#include "contacts/phone_number.h"

#include <cstdlib>

namespace accessd::contacts {

std::string_view to_text(Channel channel)
{
    switch (channel) {
    case Channel::Email: return "email";
    case Channel::Sms: return "sms";
    case Channel::WhatsApp: return "whatsapp";
    case Channel::Biometric: return "biometric";
    }
    std::abort();
}

std::optional<Channel> parse_channel(std::string_view text)
{
    for (const auto channel : kChannels) {
        if (text == to_text(channel)) return channel;
    }
    if (text == "biometric") return Channel::Biometric;
    return std::nullopt;
}

Channel sibling(Channel channel)
{
    switch (channel) {
    case Channel::Email: return Channel::Email;
    case Channel::Sms: return Channel::WhatsApp;
    case Channel::WhatsApp: return Channel::Sms;
    case Channel::Biometric: return Channel::Biometric;
    }
    std::abort();
}

std::string_view to_text(Language language)
{
    switch (language) {
    case Language::English: return "en";
    case Language::Spanish: return "es";
    case Language::Portuguese: return "pt";
    }
    std::abort();
}

std::optional<Language> parse_language(std::string_view text)
{
    for (const auto language : {Language::English, Language::Spanish, Language::Portuguese}) {
        if (text == to_text(language)) return language;
    }
    return std::nullopt;
}

std::string masked_contact(std::string_view canonical)
{
    return canonical.starts_with('+') ? masked_phone(canonical) : masked_email(canonical);
}

}  // namespace accessd::contacts
