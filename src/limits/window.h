#pragma once

#include "base/clock.h"
#include "base/error.h"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace accessd::limits {

/// At most `count` within any interval of `window`.
struct Limit {
    int count;
    std::chrono::seconds window;
    std::string_view scope;  ///< What is counted, as `details.scope` of a refusal: "email_sends".
};

/// A limit, and the key of the window in which one caller's, address's or network's events are counted.
/// Limits with the same key count the same events.
struct KeyedLimit {
    std::string key;
    Limit limit;
};

/// The published promises. Source: api.md, section 8.
inline constexpr Limit kEmailSends{5, std::chrono::seconds{60}, "email_sends"};
/// SMS and WhatsApp together.
inline constexpr Limit kPhoneSends{3, std::chrono::seconds{60}, "phone_sends"};
/// Calls about one person's face; of the stand-alone routes, from one key for one client.
inline constexpr Limit kBiometricCalls{10, std::chrono::seconds{60}, "biometric_calls"};
/// Failures of auth/token per client id and address. Source: api.md, section 2.
inline constexpr Limit kTokenFailures{10, std::chrono::seconds{60}, "token_failures"};

/// What a window says to one more event.
struct Decision {
    bool allowed = false;
    int limit = 0;
    int remaining = 0;                   ///< How many more would be let through right now.
    std::chrono::milliseconds reset{0};  ///< Until the window is as empty as it gets without more.
    std::chrono::milliseconds retry_after{0};  ///< Until one more would be let through; 0: now.
};

/// Whether one more event at `now` keeps every interval of the window's length within the limit. If
/// so it is added to `hits` (ascending times); a refused one takes nothing. Hits that no longer
/// count are dropped. An event exactly one window after another shares no interval with it.
///
/// Pure: stores call it inside the transaction that keeps `hits`, so that the sum is exact.
Decision take(std::vector<TimePoint>& hits, const Limit& limit, TimePoint now);
/// Adds an event that was let through, and drops those that no window of this length needs any more.
void keep(std::vector<TimePoint>& hits, std::chrono::seconds window, TimePoint now);

/// RATE_LIMITED with its details, times rounded up to whole seconds.
Error refusal(const Decision& decision, const Limit& limit);

}  // namespace accessd::limits
