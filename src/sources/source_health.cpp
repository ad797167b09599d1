#include "sources/source_health.h"

#include <algorithm>

namespace accessd::sources {

SourceHealth::Entry SourceHealth::enter(Steady::time_point& began)
{
    std::unique_lock lock{mutex_};
    const auto now = clock_.now();
    if (is_paused_at(now)) return Entry::Paused;
    if (failures_ >= kFailuresMax) {
        if (is_probing_) return Entry::Paused;
        is_probing_ = true;
    }
    const auto is_free = [&] { return under_way_.size() < static_cast<std::size_t>(slots_); };
    while (!is_free()) {
        const auto patient_until = *under_way_.begin() + kPatience;
        if (freed_.wait_until(lock, patient_until) == std::cv_status::timeout && !is_free() &&
            *under_way_.begin() + kPatience <= Steady::now()) {
            is_probing_ = false;
            return Entry::Busy;
        }
    }
    began = Steady::now();
    under_way_.insert(began);
    return Entry::Open;
}

SourceHealth::Change SourceHealth::leave(Steady::time_point began, bool has_answered,
                                         const std::string& words)
{
    const std::scoped_lock lock{mutex_};
    under_way_.erase(under_way_.find(began));
    freed_.notify_one();
    const bool was_down = failures_ >= kFailuresMax;
    if (has_answered) {
        failures_ = 0;
        is_probing_ = false;
        pause_ = kFirstPause;
        return was_down ? Change::CameUp : Change::None;
    }
    last_words_ = words;
    const auto now = clock_.now();
    last_failed_at_ = now;
    if (was_down) {
        if (!is_probing_) return Change::None;  // Under way since before it was down: nothing new.
        is_probing_ = false;
        pause_ = std::min<std::chrono::seconds>(2 * pause_, kLongestPause);
        paused_until_ = now + pause_;
        return Change::None;
    }
    if (++failures_ < kFailuresMax) return Change::None;
    paused_until_ = now + pause_;
    return Change::WentDown;
}

SourceHealth::Change SourceHealth::recover()
{
    const std::scoped_lock lock{mutex_};
    const bool was_down = failures_ >= kFailuresMax;
    failures_ = 0;
    pause_ = kFirstPause;
    return was_down ? Change::CameUp : Change::None;
}

std::chrono::seconds SourceHealth::retry_after() const
{
    const std::scoped_lock lock{mutex_};
    const auto left = std::chrono::ceil<std::chrono::seconds>(paused_until_ - clock_.now());
    return std::clamp<std::chrono::seconds>(left, std::chrono::seconds{1}, kLongestPause);
}

SourceHealth::State SourceHealth::state() const
{
    const std::scoped_lock lock{mutex_};
    return {failures_ >= kFailuresMax, last_words_, last_failed_at_};
}

}  // namespace accessd::sources
