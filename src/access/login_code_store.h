#pragma once

#include "base/clock.h"
#include "base/project_scope.h"
#include "base/result.h"

#include <chrono>
#include <optional>
#include <string>

namespace accessd::access {

/// How long a customer's software has to exchange a one-time code. Source: api.md, section 7.
inline constexpr auto kLoginCodeLife = std::chrono::seconds{60};

/// What a browser carries to a customer's site instead of a token: good once, for a minute, with the
/// credentials of the site's own software. Source: docs/decisions/0022-exchange-of-codes.md.
struct LoginCode {
    std::string digest;  ///< SHA-256 of the code.
    std::string project_id;
    std::string login_id;
    std::string redirect_url;    ///< Where it was handed to.
    std::string code_challenge;  ///< RFC 7636, S256; empty: the login began without one.
    TimePoint expires_at;
};

/// One-time codes of finished logins. They are inserted by ValidationStore::use, with the completion of their
/// login. Every engine passes tests/store/link_contract_test.cpp.
class LoginCodeStore {
public:
    virtual ~LoginCodeStore() = default;

    /// Takes a code away: of any number of concurrent calls one gets it. Nothing for one that is unknown,
    /// used, or past its time; one outside the scope stays. Errors: StoreUnavailable.
    virtual Result<std::optional<LoginCode>> take(const std::string& digest,
                                                  const ProjectScope& scope, TimePoint now) = 0;

    /// Deletes codes past their time, at most `rows_max`. Returns how many. Errors: StoreUnavailable.
    virtual Result<int> prune(TimePoint now, int rows_max) = 0;
};

}  // namespace accessd::access
