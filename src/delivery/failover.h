#pragma once

#include "base/clock.h"
#include "delivery/mail_route.h"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace accessd::delivery {

/// One sender's part in a round.
struct Try {
    std::string sender;
    std::string sender_id;
    std::string metric;
    TimePoint started_at;
    std::chrono::milliseconds duration{0};
    SendOutcome outcome;
};

/// What came of offering a mail to a project's senders, one after the other.
struct Round {
    enum class Ending {
        Accepted,
        Refused,  ///< For good: nobody will take it.
        Later,    ///< Somebody may take it later.
        Busy,     ///< Not tried at all: its sender has its hands full.
    };
    Ending ending = Ending::Later;
    std::vector<Try> tries;
    std::optional<TimePoint> reopens_at;  ///< When nobody was asked: the first to be asked again.
};

/// How a try's reason begins after which the mail may have arrived all the same.
inline constexpr std::string_view kMayHaveArrived =
    "the connection broke after the whole mail was sent";

/// Goes through the senders until one takes the mail or its recipient is refused for good. A sender whose
/// breaker is open is passed over at once. `cut_before`: how many earlier tries may have arrived; after the
/// second such try there is no other, so that nobody gets the mail more than twice. From the second sender
/// on, one is only begun if it can be done by `deadline`.
Round go_through(const Routes& routes, const std::function<SendOutcome(MailRoute&)>& send,
                 const Clock& clock, TimePoint deadline, int cut_before);

}  // namespace accessd::delivery
