#pragma once

#include "config/config.h"
#include "contacts/email_address.h"
#include "limits/window.h"

#include <string>
#include <vector>

namespace accessd::access {

/// The window of the published limit of email sends.
std::string email_sends_key(const std::string& project_id, const contacts::EmailAddress& email);

/// The limits behind the published one that a send counts against too: those of the address, and of
/// the person's network where the caller told it. Without an address of the person there is none of
/// the network: a back end is one peer for all its people.
std::vector<limits::KeyedLimit> further_email_limits(const config::Limits& settings,
                                                     const std::string& project_id,
                                                     const contacts::EmailAddress& email,
                                                     const std::string& client_ip);

}  // namespace accessd::access
