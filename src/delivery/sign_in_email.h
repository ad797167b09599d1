#pragma once

#include "contacts/channel.h"
#include "delivery/email_template.h"

#include <string>

namespace accessd::delivery {

/// The mail with a code for the console of the server at `url`.
EmailText render_sign_in_email(contacts::Language language, const std::string& code,
                               const std::string& url);

}  // namespace accessd::delivery
