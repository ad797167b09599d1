#pragma once

#include "base/random.h"
#include "delivery/message.h"
#include "projects/project.h"
#include "webhooks/webhook.h"

#include <optional>
#include <string>

namespace accessd::webhooks {

/// The message to a project's contact that a webhook was disabled; nothing for a project without one.
std::optional<delivery::Message> disabled_mail(const projects::Project& project,
                                               const Webhook& webhook, const std::string& reason,
                                               TimePoint now, Random& random);

}  // namespace accessd::webhooks
