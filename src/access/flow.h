#pragma once

#include "access/validation.h"
#include "projects/project.h"

#include <string>
#include <vector>

namespace accessd::access {

/// Whether the methods done are what the policy asks for. A face completes a login alone only where
/// the policy names it under `any`.
bool is_complete(const projects::Policy& policy, const std::vector<projects::Method>& done);

/// The methods as RFC 8176 names them, for `amr`: a code or link by email is an `otp`; several methods are
/// `mfa` as well.
std::vector<std::string> amr_of(const std::vector<projects::Method>& done);

/// What is still missing: for `any` all its methods as long as none is done, for `all` those not done.
std::vector<projects::Method> remaining_methods(const projects::Policy& policy,
                                                const std::vector<projects::Method>& done);

}  // namespace accessd::access
