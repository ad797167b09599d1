#pragma once

#include "contacts/channel.h"
#include "delivery/email_template.h"

#include <string>

namespace accessd::delivery {

/// The mail of POST /senders/{sender_id}/test. Holds no code.
EmailText render_test_email(contacts::Language language, const std::string& project_name,
                            const std::string& sender_name);

}  // namespace accessd::delivery
