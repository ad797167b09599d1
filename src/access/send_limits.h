#pragma once

#include "access/contact.h"
#include "config/config.h"
#include "contacts/email_address.h"
#include "limits/window.h"

#include <string>
#include <vector>

namespace accessd::access {

/// The window of the published limit of sends to a contact. A number has one for SMS and WhatsApp together.
std::string sends_key(const std::string& project_id, const Contact& contact);
/// The published limit itself.
const limits::Limit& sends_limit(projects::Method method);

/// The limits behind the published one that a send counts against too: those of the contact, and of
/// the person's network where the caller told it. Without an address of the person there is none of
/// the network: a back end is one peer for all its people.
std::vector<limits::KeyedLimit> further_send_limits(const config::Limits& settings,
                                                    const std::string& project_id,
                                                    const Contact& contact,
                                                    const std::string& client_ip);

}  // namespace accessd::access
