#include "biometrics/face_lock.h"

#include <chrono>
#include <string>
#include <vector>

namespace accessd::biometrics {
namespace {

/// It ends when somebody ends it, but every 429 has a Retry-After.
constexpr std::chrono::seconds kRetryAfter{3600};

}  // namespace

Error face_locked_refusal()
{
    auto error = Error{ErrorCode::Locked}
                     .with("unlock", std::vector<std::string>{access::kUnlockedByOtherFactor,
                                                              access::kUnlockedByOperator})
                     .saying("Faces are off for this person after too many failures. Log in "
                             "another way, or ask the operator.");
    error.retry_after = kRetryAfter;
    return error;
}

}  // namespace accessd::biometrics
