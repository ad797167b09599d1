#pragma once

#include "base/clock.h"
#include "base/result.h"

#include <string>

namespace accessd::access {

/// Who wants to open a login, as far as one can tell without a token.
struct Newcomer {
    std::string project_id;
    std::string network;  ///< limits::client_network() of the peer.
};

/// What a newcomer must do first.
struct Challenge {
    std::string kind;       ///< "proof_of_work": how the rest is to be read.
    std::string challenge;  ///< To be solved, as the kind says.
    int difficulty = 0;     ///< Of proof_of_work: leading zero bits.
    TimePoint expires_at;
};

/// What was proved: its id is good for one login.
struct Proof {
    std::string id;
    TimePoint expires_at;  ///< Refused by itself from then on.
};

/// Makes opening logins cost something, so that it doesn't pay for machines. The one implementation is
/// access/proof_of_work.h; a captcha would be another. Threads: safe to call concurrently.
class ProofCheck {
public:
    virtual ~ProofCheck() = default;

    virtual Challenge challenge(const Newcomer& newcomer, TimePoint now) = 0;

    /// Errors: ChallengeRequired with `details.reason`: missing, malformed, expired, too_easy, wrong.
    virtual Result<Proof> check(const Newcomer& newcomer, const std::string& proof,
                                TimePoint now) = 0;

    /// A proof was spent: prices may rise.
    virtual void spent(const Newcomer& newcomer, TimePoint now) = 0;
};

}  // namespace accessd::access
