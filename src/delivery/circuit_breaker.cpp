#include "delivery/circuit_breaker.h"

#include <algorithm>

namespace accessd::delivery {
namespace {

constexpr auto kProbeUnderWay = std::chrono::seconds{1};  // Then it may be known how it ended.

}  // namespace

std::optional<TimePoint> CircuitBreaker::wait_at(TimePoint now) const
{
    if (now < held_until_) return held_until_;
    if (!is_open()) return std::nullopt;
    if (now < open_until_) return open_until_;
    if (probe_until_ && now < *probe_until_) return now + kProbeUnderWay;
    return std::nullopt;
}

std::optional<TimePoint> CircuitBreaker::peek() const
{
    const std::scoped_lock lock{mutex_};
    return wait_at(clock_.now());
}

std::optional<TimePoint> CircuitBreaker::closed_until()
{
    const std::scoped_lock lock{mutex_};
    const auto now = clock_.now();
    const auto wait = wait_at(now);
    if (!wait && is_open()) probe_until_ = now + kProbeLife;
    return wait;
}

void CircuitBreaker::succeeded()
{
    const std::scoped_lock lock{mutex_};
    failures_ = 0;
    pause_ = kFirstPause;
    probe_until_.reset();
    first_failure_.reset();
}

void CircuitBreaker::failed(const std::string& reason)
{
    const std::scoped_lock lock{mutex_};
    const auto now = clock_.now();
    last_error_ = reason;
    last_error_at_ = now;
    if (is_open()) {
        if (!probe_until_) return;  // A mail that was under way when it opened: nothing new.
        pause_ = std::min<std::chrono::seconds>(2 * pause_, kLongestPause);
        open_until_ = now + pause_;
        probe_until_.reset();
        return;
    }
    if (++failures_ == 1) first_failure_ = now;
    if (is_open()) open_until_ = now + pause_;
}

void CircuitBreaker::hold(std::chrono::seconds time)
{
    const std::scoped_lock lock{mutex_};
    held_until_ = std::max(held_until_, clock_.now() + time);
}

SenderHealth CircuitBreaker::health() const
{
    const std::scoped_lock lock{mutex_};
    SenderHealth health{is_open(), std::nullopt, last_error_, last_error_at_};
    if (health.is_failing) health.since = first_failure_;
    return health;
}

}  // namespace accessd::delivery
