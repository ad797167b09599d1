#pragma once

#include "contacts/channel.h"

#include <optional>
#include <string_view>

namespace accessd::contacts {

/// The first language of an Accept-Language header that we speak. Quality numbers are passed over: browsers write
/// the languages in their order.
std::optional<Language> wanted_language(std::string_view accept_language);

}  // namespace accessd::contacts
