#pragma once

#include "base/clock.h"
#include "base/result.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace accessd::access {

/// Which times are counted, in how wide steps. `from` and `to` are multiples of the step since 1970.
struct StatsRange {
    TimePoint from;
    TimePoint to;  ///< Not counted itself.
    std::chrono::milliseconds step{};

    std::size_t buckets() const { return static_cast<std::size_t>((to - from) / step); }
};

/// What began within one step, and what had become of it when it was counted; but for the limits and looks at
/// faces, which are counted when they happened.
struct StatsBucket {
    struct Logins {
        std::int64_t started = 0;
        std::int64_t completed = 0;
        std::int64_t failed = 0;
        std::int64_t expired = 0;
        std::map<std::string, std::int64_t>
            completed_by_method;  ///< "email": a login may count in several.
    } logins;
    struct Messages {
        std::int64_t queued = 0;  ///< All that were made.
        std::int64_t sent = 0;    ///< Handed over; those delivered included.
        std::int64_t delivered = 0;
        std::int64_t failed = 0;
        std::int64_t expired = 0;
        std::int64_t superseded = 0;
        std::map<std::string, std::int64_t> by_channel{};  ///< Of `queued`: "sms".
    } messages;
    struct Codes {
        std::int64_t asked = 0;  ///< Validations of people who may log in.
        std::int64_t tried = 0;
        std::int64_t validated = 0;
        std::int64_t failed = 0;
        std::int64_t expired = 0;
        std::int64_t canceled = 0;
        std::int64_t unknown_people = 0;  ///< Decoys; counted in none of the others.
    } codes;
    struct Limits {
        std::int64_t rate_limited = 0;  ///< Refusals as far as they were reported.
        std::int64_t locked = 0;
    } limits;
    struct Faces {
        std::int64_t matched = 0;
        std::int64_t not_matched = 0;
        std::int64_t live = 0;
        std::int64_t not_live = 0;
    } faces;
};

/// How long messages took from when they were asked for. The times mean nothing without messages.
struct StatsWaits {
    std::int64_t messages = 0;
    std::chrono::milliseconds median{};
    std::chrono::milliseconds p95{};  ///< Of a hundred messages, 95 took at most that.
};

/// Of the messages that were asked for within the whole range.
struct DeliveryTimes {
    StatsWaits handed_over;  ///< Until a relay or provider took them.
    StatsWaits delivered;    ///< Until a receipt came; of those that one came for.
};

struct Stats {
    std::vector<StatsBucket> buckets;                     ///< One for each step, oldest first.
    std::map<std::string, DeliveryTimes> delivery_times;  ///< By channel; "sms".
};

/// Counts what a project's logins came to.
class StatsStore {
public:
    virtual ~StatsStore() = default;

    /// Reads every row of the range, so no more than `rows_max` of each kind.
    /// Errors: InvalidRequest about `from` (there are more); StoreUnavailable.
    virtual Result<Stats> count(const std::string& project_id, const StatsRange& range,
                                int rows_max, TimePoint now) = 0;
};

}  // namespace accessd::access
