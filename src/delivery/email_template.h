#pragma once

#include "contacts/channel.h"
#include "projects/project.h"

#include <chrono>
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

/// Seconds of life that are left, as whole minutes for a sentence; at least 1.
int to_minutes(std::chrono::milliseconds left);

}  // namespace accessd::delivery
