#pragma once

#include "contacts/channel.h"

#include <string_view>

namespace accessd::admin {

/// What the pages of sign-in links say.
struct SignInWords {
    std::string_view first_title;
    std::string_view first_text;
    std::string_view email;
    std::string_view name;
    std::string_view sign_in;
    std::string_view sign_in_text;
    std::string_view command_line;
    std::string_view commands_text;
    std::string_view done_title;
    std::string_view done_text;
    std::string_view open_console;
    std::string_view another_link;
    std::string_view gone_title;
    std::string_view gone_text;
    std::string_view elsewhere_title;
    std::string_view elsewhere_text;
    std::string_view form_wrong;
    std::string_view email_wrong;
};

const SignInWords& sign_in_words(contacts::Language language);

}  // namespace accessd::admin
