#pragma once

#include "contacts/channel.h"
#include "delivery/email_template.h"

#include <string>

namespace accessd::delivery {

/// The mail that tells a person of a lock, and carries the link that ends it.
EmailText render_unlock_email(contacts::Language language, const std::string& project_name,
                              const std::string& link);

}  // namespace accessd::delivery
