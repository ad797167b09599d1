#pragma once

#include "config/setting_table.h"

#include <vector>

namespace accessd::config {

/// Adds the sections [twilio], [vonage], [sms_http] and [whatsapp] to the table.
void add_providers(std::vector<Setting>& table);

}  // namespace accessd::config
