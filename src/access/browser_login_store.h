#pragma once

#include "access/validation.h"
#include "base/clock.h"
#include "base/result.h"
#include "limits/window.h"

#include <string>
#include <vector>

namespace accessd::access {

/// A login to be opened for a browser.
struct OpenLogin {
    Login login;           ///< The new row.
    std::string proof_id;  ///< Of what the browser proved; good for one login.
    TimePoint proof_expires_at;
    std::vector<limits::KeyedLimit> limits;  ///< Of the browser's network; may be empty.
    bool test = false;                       ///< The project's mode.
    TimePoint now;
};

/// Logins as browsers open them. Every engine passes tests/store/browser_login_store_contract_test.cpp.
class BrowserLoginStore {
public:
    virtual ~BrowserLoginStore() = default;

    /// Spends the proof, counts the login and opens it: one transaction. Of any number of calls with one
    /// proof one succeeds. What a limit refuses costs the proof too, and is reported by the event
    /// security.rate_limited at most once per window.
    /// Errors: ChallengeRequired (the proof was spent before); RateLimited (details of
    /// limits::refusal); ProjectNotFound; Busy (the project's mode changes); StoreUnavailable.
    virtual Result<void> open(const OpenLogin& request) = 0;

    /// Puts another one-time code in the place of the one that a finished login has and nobody took, whether or not
    /// that one's time is over. Of this and LoginCodeStore::take() at the same moment one comes first. False: it was
    /// taken, or there was none. Errors: StoreUnavailable.
    virtual Result<bool> renew_code(const std::string& project_id, const std::string& login_id,
                                    const std::string& digest, TimePoint expires_at) = 0;

    /// Forgets proofs that are refused by their age, at most `rows_max`. Returns how many went.
    virtual Result<int> prune(TimePoint now, int rows_max) = 0;
};

}  // namespace accessd::access
