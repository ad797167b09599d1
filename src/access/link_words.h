#pragma once

#include "contacts/channel.h"

#include <string_view>

namespace accessd::access {

/// The sentences on the pages of links, in one language. "{project}" and "{address}" stand for what the page
/// is about, "{methods}" for what is still to be done.
struct LinkWords {
    std::string_view login_title;
    std::string_view login_text;
    std::string_view login_button;
    std::string_view or_type;
    std::string_view unasked;
    std::string_view other_title;
    std::string_view other_text;
    std::string_view other_warning;
    std::string_view next_title;
    std::string_view next_text;
    std::string_view email;
    std::string_view phone;
    std::string_view biometric;
    std::string_view gone_title;
    std::string_view gone_text;
    std::string_view gone_advice;
    std::string_view locked_title;
    std::string_view locked_text;
    std::string_view unlock_title;
    std::string_view unlock_text;
    std::string_view unlock_button;
    std::string_view unlocked_title;
    std::string_view unlocked_text;
    std::string_view unlock_gone_advice;
};

const LinkWords& link_words(contacts::Language language);

}  // namespace accessd::access
