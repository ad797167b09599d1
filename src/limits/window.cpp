#include "limits/window.h"

#include <algorithm>

namespace accessd::limits {
namespace {

std::int64_t seconds_rounded_up(std::chrono::milliseconds time)
{
    return std::max<std::int64_t>(1, std::chrono::ceil<std::chrono::seconds>(time).count());
}

/// When one more fits: as soon as so many have left that fewer than the limit remain.
std::chrono::milliseconds wait_for_next(const std::vector<TimePoint>& hits, const Limit& limit,
                                        TimePoint now)
{
    const auto count = static_cast<std::size_t>(limit.count);
    if (hits.size() < count) return std::chrono::milliseconds{0};
    return hits[hits.size() - count] + limit.window - now;
}

/// Drops what shares no interval with `now`.
void drop_old(std::vector<TimePoint>& hits, std::chrono::seconds window, TimePoint now)
{
    std::erase_if(hits, [&](TimePoint hit) { return hit + window <= now; });
}

/// A clock that was set back must not unsort the window.
void insert_sorted(std::vector<TimePoint>& hits, TimePoint now)
{
    hits.insert(std::upper_bound(hits.begin(), hits.end(), now), now);
}

/// How one more event stands to those that count.
Decision judge(const std::vector<TimePoint>& hits, const Limit& limit, TimePoint now)
{
    const auto count = static_cast<std::size_t>(limit.count);
    Decision decision;
    decision.limit = limit.count;
    decision.allowed = hits.size() < count;
    decision.remaining = decision.allowed ? static_cast<int>(count - hits.size()) : 0;
    if (!hits.empty()) decision.reset = hits.back() + limit.window - now;
    decision.retry_after = wait_for_next(hits, limit, now);
    return decision;
}

}  // namespace

Decision take(std::vector<TimePoint>& hits, const Limit& limit, TimePoint now)
{
    drop_old(hits, limit.window, now);
    auto decision = judge(hits, limit, now);
    if (!decision.allowed) return decision;
    insert_sorted(hits, now);
    decision.remaining -= 1;
    decision.reset = hits.back() + limit.window - now;
    decision.retry_after = wait_for_next(hits, limit, now);
    return decision;
}

void keep(std::vector<TimePoint>& hits, std::chrono::seconds window, TimePoint now)
{
    drop_old(hits, window, now);
    insert_sorted(hits, now);
}

Error refusal(const Decision& decision, const Limit& limit)
{
    Error error{ErrorCode::RateLimited};
    const auto wait = seconds_rounded_up(decision.retry_after);
    error.retry_after = std::chrono::seconds{wait};
    error.details = {{"limit", std::int64_t{limit.count}},
                     {"window_seconds", std::int64_t{limit.window.count()}},
                     {"retry_after_seconds", wait},
                     {"scope", std::string{limit.scope}}};
    return error;
}

}  // namespace accessd::limits
