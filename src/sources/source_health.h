#pragma once

#include "base/clock.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <set>
#include <string>

namespace accessd::sources {

/// How a source fares, and how many may wait for it: a dead or slow database costs its own project's logins, and
/// nobody else a worker.
///
/// Look-ups beyond `slots` wait a moment while those under way are quick, and are refused otherwise. After
/// kFailuresMax failures in a row nobody asks for a while but one, whose answer decides.
/// Threads: safe to call concurrently.
class SourceHealth {
public:
    using Steady = std::chrono::steady_clock;
    static constexpr int kFailuresMax = 5;
    static constexpr auto kFirstPause = std::chrono::seconds{2};
    static constexpr auto kLongestPause = std::chrono::seconds{30};
    /// What has been under way for longer is slow: nobody waits behind it.
    static constexpr auto kPatience = std::chrono::milliseconds{100};

    SourceHealth(const Clock& clock, int slots) : clock_(clock), slots_(slots) {}

    /// Whether the caller may ask now.
    enum class Entry {
        Open,   ///< Yes; leave() must follow.
        Busy,   ///< All slots are taken by slow look-ups.
        Paused  ///< The source is down; see retry_after().
    };
    Entry enter(Steady::time_point& began);

    /// What a look-up that was let in says about the source.
    enum class Change { None, WentDown, CameUp };
    Change leave(Steady::time_point began, bool has_answered, const std::string& words);

    /// Somebody asked without entering, and got an answer: the pause is over.
    Change recover();

    std::chrono::seconds retry_after() const;
    struct State {
        bool is_down = false;
        std::string last_words;  ///< Of the last failure; empty: none yet.
        std::optional<TimePoint> last_failed_at;
    };
    State state() const;

private:
    bool is_paused_at(TimePoint now) const
    {
        return failures_ >= kFailuresMax && now < paused_until_;
    }

    const Clock& clock_;
    const int slots_;
    mutable std::mutex mutex_;
    std::condition_variable freed_;
    std::multiset<Steady::time_point> under_way_;
    int failures_ = 0;
    bool is_probing_ = false;  ///< One asks whether it is back.
    std::chrono::seconds pause_ = kFirstPause;
    TimePoint paused_until_;
    std::string last_words_;
    std::optional<TimePoint> last_failed_at_;
};

}  // namespace accessd::sources
