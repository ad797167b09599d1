#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace accessd {

/// A moment on the wall clock, UTC. Milliseconds: what limits and expiry are counted in.
using TimePoint = std::chrono::sys_time<std::chrono::milliseconds>;

/// Where the time comes from. Handed in, so that tests decide it.
class Clock {
public:
    virtual ~Clock() = default;
    virtual TimePoint now() const = 0;
};

class SystemClock final : public Clock {
public:
    TimePoint now() const override
    {
        return std::chrono::time_point_cast<std::chrono::milliseconds>(
            std::chrono::system_clock::now());
    }
};

/// Milliseconds since 1970, the form in which stores keep time.
constexpr std::int64_t unix_millis(TimePoint time) { return time.time_since_epoch().count(); }
constexpr TimePoint from_unix_millis(std::int64_t millis)
{
    return TimePoint{std::chrono::milliseconds{millis}};
}
/// Whole seconds since 1970 (rounded down), the form in which JWTs keep time.
constexpr std::int64_t unix_seconds(TimePoint time)
{
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

/// RFC 3339, UTC, milliseconds: 2026-03-01T09:30:00.250Z.
std::string to_rfc3339(TimePoint time);

}  // namespace accessd
