#pragma once

#include "users/user.h"

#include <string>
#include <vector>

namespace accessd::users {

/// People as a CSV file (RFC 4180) that an import takes: name, email, country_code, phone, user_id, and a column for
/// each claim. Values that a spreadsheet would run as a formula get an apostrophe in front, which imports take off.
std::string to_csv(const std::vector<User>& users);

/// Whether a spreadsheet takes this for a formula.
bool looks_like_formula(std::string_view text);

}  // namespace accessd::users
