#pragma once

#include "access/validation.h"
#include "base/result.h"

#include <string>

namespace accessd::access {

/// Hands a browser's finished login on to the customer's site: as a one-time code, which the site's own
/// server exchanges for the login token. A browser never sees the token.
class FinishedLogins {
public:
    virtual ~FinishedLogins() = default;
    /// A code for the complete login, bound to its redirect_url and code_challenge.
    /// Errors: StoreUnavailable. Threads: safe to call concurrently.
    virtual Result<std::string> code_for(const Login& login) = 0;
};

}  // namespace accessd::access
