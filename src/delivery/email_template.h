#pragma once

#include "contacts/channel.h"
#include "projects/project.h"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

namespace accessd::delivery {

/// A message in the words of its language, as plain text and as HTML.
struct EmailText {
    std::string subject;
    std::string text;
    std::string html;
};

/// The mail that carries a code. The subject begins with the code: people read it in the
/// notification. `link`, if any, finishes the login as the code does. Colour and logo are left out where they aren't "#rrggbb" or a web URL.
EmailText render_code_email(contacts::Language language, const std::string& project_name,
                            const std::string& code, int minutes_valid,
                            const projects::Branding& branding, const std::string& link = {});

/// The longest subject: of an own template, and once it is filled in.
inline constexpr std::size_t kSubjectCharactersMax = 200;

/// What an own template may say besides its own words.
struct EmailFacts {
    contacts::Language language{};
    std::string project_name;
    std::string code;
    int minutes_valid = 1;
    projects::Branding branding;
    std::string link;  ///< The magic link. Empty, as the three below: there is none.
    std::string privacy_url;
    std::string terms_url;
    std::string contact_email;
};

/// The template that render_code_email() fills in, for owners who want to start from it.
EmailText built_in_email(contacts::Language language);

/// Fills in a template that check_template() let through. Values are escaped where they stand: in HTML
/// for HTML, in the subject without line ends, in text not at all. Nothing if Mustache can't read it,
/// or if a part grows beyond what mail programs show (100 KiB).
std::optional<EmailText> render_own_email(const EmailText& source, const EmailFacts& facts);

/// Seconds of life that are left, as whole minutes for a sentence; at least 1.
int to_minutes(std::chrono::milliseconds left);

}  // namespace accessd::delivery
