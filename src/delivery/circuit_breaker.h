#pragma once

#include "base/clock.h"

#include <chrono>
#include <mutex>
#include <optional>
#include <string>

namespace accessd::delivery {

/// How a sender fares.
struct SenderHealth {
    bool is_failing = false;
    std::optional<TimePoint> since;  ///< While failing: of the first failure in the row.
    std::string last_error;          ///< Plain words; stays after the sender recovered.
    std::optional<TimePoint> last_error_at;
};

/// Keeps mail away from an account that fails. It opens after kFailuresMax failures in a row, lets one probe
/// through after a pause, and closes when a probe succeeds; each probe that fails doubles the pause. Failures
/// are those of the account: a mail whose recipient was refused went through it.
/// Source: docs/decisions/0024-circuit-breaker.md. Threads: safe to call concurrently.
class CircuitBreaker {
public:
    static constexpr int kFailuresMax = 5;
    static constexpr auto kFirstPause = std::chrono::seconds{10};
    static constexpr auto kLongestPause = std::chrono::seconds{60};
    /// A probe that nobody reported by then is taken for lost: longer than any mail may take.
    static constexpr auto kProbeLife = std::chrono::seconds{330};

    explicit CircuitBreaker(const Clock& clock) : clock_(clock) {}

    /// When to come back, or nothing: a mail may be tried. An open breaker lets the one probe through that
    /// asks first; whoever is let through must report succeeded() or failed().
    std::optional<TimePoint> closed_until();
    /// The same without taking the probe.
    std::optional<TimePoint> peek() const;

    void succeeded();
    void failed(const std::string& reason);
    /// Nothing goes through for so long, at the account's own wish (Retry-After); a longer wish stands.
    void hold(std::chrono::seconds time);

    SenderHealth health() const;

private:
    bool is_open() const { return failures_ >= kFailuresMax; }
    std::optional<TimePoint> wait_at(TimePoint now) const;

    const Clock& clock_;
    mutable std::mutex mutex_;
    int failures_ = 0;
    std::chrono::seconds pause_ = kFirstPause;
    TimePoint open_until_;
    TimePoint held_until_;
    std::optional<TimePoint> probe_until_;  ///< A probe is under way until then at most.
    std::optional<TimePoint> first_failure_;
    std::string last_error_;
    std::optional<TimePoint> last_error_at_;
};

}  // namespace accessd::delivery
