#pragma once

#include "base/clock.h"
#include "base/random.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <span>

namespace accessd::test {

/// A clock that stands until it is moved.
class FakeClock final : public Clock {
public:
    TimePoint now() const override { return from_unix_millis(millis_.load()); }
    void advance(std::chrono::milliseconds by) { millis_ += by.count(); }
    void set(TimePoint time) { millis_ = unix_millis(time); }

private:
    std::atomic<std::int64_t> millis_{1'790'000'000'000};  // Some day in 2026.
};

/// Values that look random and repeat from run to run (SplitMix64).
class FakeRandom final : public Random {
public:
    void fill(std::span<std::uint8_t> out) override
    {
        const std::scoped_lock lock{mutex_};
        for (auto& byte : out) {
            state_ += 0x9e3779b97f4a7c15;
            auto z = state_;
            z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9;
            z = (z ^ (z >> 27U)) * 0x94d049bb133111eb;
            byte = static_cast<std::uint8_t>(z >> 56U);
        }
    }

private:
    std::mutex mutex_;
    std::uint64_t state_ = 1;
};

}  // namespace accessd::test
