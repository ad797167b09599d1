#pragma once

#include <optional>
#include <string_view>

namespace accessd::contacts {

/// By which way a person proves to be one: a code reaches them, or a camera sees them. `Biometric` carries no
/// messages.
enum class Channel { Email, Biometric };

std::string_view to_text(Channel channel);
std::optional<Channel> parse_channel(std::string_view text);

/// Languages that messages and pages are written in.
enum class Language { English, Spanish, Portuguese };

std::string_view to_text(Language language);  ///< "en", "es", "pt".
std::optional<Language> parse_language(std::string_view text);

}  // namespace accessd::contacts
