#pragma once

#include "base/result.h"
#include "contacts/channel.h"
#include "contacts/phone_number.h"
#include "projects/project.h"

namespace accessd::access {

/// Whether a live project sends a code to this number by this way: the plan knows it, its country is one
/// of the project's, and SMS goes to no fixed line. A test project's numbers are anybody's invention.
/// Errors: InvalidPhone, CountryNotAllowed (details.country), LineNotSupported.
/// Source: api.md, section 5.
Result<void> check_phone(const projects::Project& project, const contacts::PhoneNumber& phone,
                         contacts::Channel channel);

}  // namespace accessd::access
