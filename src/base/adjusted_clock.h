#pragma once

#include "base/clock.h"

#include <atomic>
#include <chrono>
#include <cstdint>

namespace accessd {

/// This machine's clock, put right by what another says: several nodes on one database all live by the
/// database's time.
/// Threads: safe to call concurrently.
class AdjustedClock final : public Clock {
public:
    TimePoint now() const override
    {
        return system_.now() + std::chrono::milliseconds{offset_.load(std::memory_order_relaxed)};
    }
    /// What is added to the machine's time.
    void set_offset(std::chrono::milliseconds offset)
    {
        offset_.store(offset.count(), std::memory_order_relaxed);
    }
    std::chrono::milliseconds offset() const
    {
        return std::chrono::milliseconds{offset_.load(std::memory_order_relaxed)};
    }

private:
    SystemClock system_;
    std::atomic<std::int64_t> offset_{0};
};

}  // namespace accessd
