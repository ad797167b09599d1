#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <set>

namespace accessd::delivery {

/// How many mails may be with one sender at a time, so that one that hangs doesn't hold every worker.
/// Threads: safe to call concurrently.
class SendingSlots {
public:
    using Steady = std::chrono::steady_clock;
    /// One that has been taken longer than this belongs to a slow sender: nobody waits behind it.
    static constexpr auto kPatience = std::chrono::milliseconds{1000};

    explicit SendingSlots(int count) : count_(static_cast<std::size_t>(count < 1 ? 1 : count)) {}

    /// A place among those under way; given back when it goes.
    class Slot {
    public:
        explicit Slot(SendingSlots* slots) : slots_(slots)
        {
            if (slots_ != nullptr) began_ = slots_->under_way_.insert(Steady::now());
        }
        ~Slot();
        Slot(const Slot&) = delete;
        Slot& operator=(const Slot&) = delete;
        bool is_taken() const { return slots_ != nullptr; }

    private:
        SendingSlots* slots_;
        std::multiset<Steady::time_point>::iterator began_;
    };

    /// Waits a moment where all places are taken by mails that began just now; not taken: come back later.
    Slot take();

private:
    const std::size_t count_;
    std::mutex mutex_;
    std::condition_variable freed_;
    std::multiset<Steady::time_point> under_way_;
};

}  // namespace accessd::delivery
