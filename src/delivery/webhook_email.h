#pragma once

#include "contacts/channel.h"
#include "delivery/email_template.h"

#include <string>

namespace accessd::delivery {

/// The mail that tells a project's contact of a webhook that the server switched off. `facts`: a JSON object
/// with webhook_id, host and reason ("gone" or "failing"); what is missing there is left blank.
EmailText render_webhook_disabled_email(contacts::Language language,
                                        const std::string& project_name, const std::string& facts);

}  // namespace accessd::delivery
