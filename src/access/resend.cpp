#include "access/resend.h"

namespace accessd::access {

Resend decide_resend(const Validation& pending, TimePoint now)
{
    constexpr auto life_left_min = std::chrono::minutes{2};
    const bool is_untried = pending.attempts_remaining == pending.max_attempts;
    return is_untried && pending.expires_at - now > life_left_min ? Resend::SameCode
                                                                  : Resend::NewCode;
}

}  // namespace accessd::access
