#include "contacts/channel.h"

#include <cstdlib>

namespace accessd::contacts {

std::string_view to_text(Channel channel)
{
    switch (channel) {
    case Channel::Email: return "email";
    case Channel::Biometric: return "biometric";
    }
    std::abort();
}

std::optional<Channel> parse_channel(std::string_view text)
{
    if (text == "email") return Channel::Email;
    if (text == "biometric") return Channel::Biometric;
    return std::nullopt;
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

}  // namespace accessd::contacts
