#include "webhooks/schedule.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <functional>

namespace accessd::webhooks {
namespace {

using namespace std::chrono_literals;
using Millis = std::chrono::milliseconds;

constexpr std::array<Millis, 9> kDelays{5s, 5min, 30min, 2h, 5h, 10h, 14h, 20h, 24h};
constexpr int kFailuresFree = 4;  // A blip mustn't slow down what comes after it.
constexpr Millis kHoldMax = 1min;
constexpr std::chrono::seconds kRetryAfterMax = 1h;

/// A tenth of it at most, the same for the same seed. Ids are random enough.
Millis jitter(Millis delay, std::string_view seed)
{
    const auto part = static_cast<std::int64_t>(std::hash<std::string_view>{}(seed) % 1001);
    return delay * part / 10'000;
}

}  // namespace

std::optional<Millis> delay_after(int tries, std::string_view seed)
{
    const auto step = static_cast<std::size_t>(std::max(1, tries)) - 1;
    if (step >= kDelays.size()) return std::nullopt;
    return kDelays[step] + jitter(kDelays[step], seed);
}

Millis hold_after(int failures, std::string_view seed)
{
    if (failures <= kFailuresFree) return {};
    const auto doublings = std::min(failures - kFailuresFree - 1, 6);
    const auto hold = std::min<Millis>(1s * (1 << doublings), kHoldMax);
    return hold + jitter(hold, seed);
}

std::chrono::seconds parse_retry_after(std::string_view value)
{
    std::int64_t seconds = 0;
    const auto* end = value.data() + value.size();
    const auto [stopped, error] = std::from_chars(value.data(), end, seconds);
    if (error != std::errc{} || stopped != end || seconds < 0) return {};
    return std::min(std::chrono::seconds{seconds}, kRetryAfterMax);
}

}  // namespace accessd::webhooks
