#include "access/stats_handlers.h"

#include "http/fields.h"
#include "http/render.h"

#include <nlohmann/json.hpp>

#include <charconv>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace accessd::access {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;

constexpr std::size_t kBucketsMax = 1000;
/// Of each kind; docs/decisions/0027-statistics.md says how long they take.
constexpr int kRowsMax = 500'000;
/// Each holds one of the store's readers and a core for a while; logins come first.
constexpr int kAtOnceMax = 2;

std::optional<int> read_number(std::string_view text, std::size_t at, std::size_t length)
{
    int number = 0;
    const auto* begin = text.data() + at;
    const auto [end, error] = std::from_chars(begin, begin + length, number);
    const bool is_whole = error == std::errc{} && end == begin + length && *begin != '-';
    return is_whole ? std::optional{number} : std::nullopt;
}

/// "2026-03-01" or "2026-03-01T09:30:00Z", with or without a fraction of the second.
std::optional<TimePoint> parse_time(std::string_view text)
{
    constexpr std::string_view kForm = "0000-00-00T00:00:00";
    if (text.size() != 10 && text.size() < kForm.size() + 1) return std::nullopt;
    const auto has = [&](std::size_t at, char c) { return text[at] == c; };
    if (!has(4, '-') || !has(7, '-')) return std::nullopt;
    const auto year = read_number(text, 0, 4);
    const auto month = read_number(text, 5, 2);
    const auto day = read_number(text, 8, 2);
    if (!year || !month || !day) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year{*year},
                                           std::chrono::month{static_cast<unsigned>(*month)},
                                           std::chrono::day{static_cast<unsigned>(*day)}};
    if (!date.ok() || *year < 1970) return std::nullopt;
    const TimePoint midnight{std::chrono::sys_days{date}};
    if (text.size() == 10) return midnight;

    if (!has(10, 'T') || !has(13, ':') || !has(16, ':') || text.back() != 'Z') return std::nullopt;
    const auto hour = read_number(text, 11, 2);
    const auto minute = read_number(text, 14, 2);
    const auto second = read_number(text, 17, 2);
    if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60) {
        return std::nullopt;
    }
    const auto fraction = text.substr(kForm.size(), text.size() - kForm.size() - 1);
    const bool has_odd_fraction =
        !fraction.empty() &&
        (fraction.size() < 2 || fraction[0] != '.' ||
         fraction.find_first_not_of("0123456789", 1) != std::string_view::npos);
    if (has_odd_fraction) return std::nullopt;
    return midnight + hours{*hour} + std::chrono::minutes{*minute} + std::chrono::seconds{*second};
}

TimePoint floor_to(TimePoint time, milliseconds step)
{
    return TimePoint{time.time_since_epoch() / step * step};
}

/// `from` and `to` as the caller has them, widened to whole steps.
StatsRange read_range(http::Query& query, TimePoint now)
{
    const bool is_daily = query.choice("step", {"hour", "day"}).value_or("hour") == "day";
    StatsRange range;
    range.step = is_daily ? milliseconds{days{1}} : milliseconds{hours{1}};
    const auto read = [&](std::string_view name, TimePoint otherwise) {
        const auto text = query.string(name, 40);
        if (!text) return otherwise;
        const auto time = parse_time(*text);
        if (!time) query.refuse(name, "must be a time like 2026-03-01T09:30:00Z, or a day");
        return time.value_or(otherwise);
    };
    const auto to = read("to", now);
    const auto from = read("from", to - (is_daily ? days{30} : days{1}));
    range.from = floor_to(from, range.step);
    range.to = floor_to(to + range.step - milliseconds{1}, range.step);
    if (from >= to) {
        query.refuse("from", "must be before `to`");
    } else if (range.buckets() > kBucketsMax) {
        query.refuse("from",
                     "must be at most " + std::to_string(kBucketsMax) + " steps before `to`");
    }
    return range;
}

nlohmann::json to_json(const StatsBucket::Logins& logins)
{
    auto methods = nlohmann::json::object();
    for (const auto method : projects::kMethods) {
        const std::string name{projects::to_text(method)};
        const auto found = logins.completed_by_method.find(name);
        methods[name] = found == logins.completed_by_method.end() ? 0 : found->second;
    }
    return {{"started", logins.started},
            {"completed", logins.completed},
            {"failed", logins.failed},
            {"expired", logins.expired},
            {"completed_by_method", std::move(methods)}};
}

nlohmann::json to_json(const StatsBucket& bucket)
{
    const auto& messages = bucket.messages;
    const auto& codes = bucket.codes;
    return {{"logins", to_json(bucket.logins)},
            {"codes",
             {{"asked", codes.asked},
              {"tried", codes.tried},
              {"validated", codes.validated},
              {"failed", codes.failed},
              {"expired", codes.expired},
              {"canceled", codes.canceled},
              {"unknown_people", codes.unknown_people}}},
            {"messages",
             {{"queued", messages.queued},
              {"sent", messages.sent},
              {"delivered", messages.delivered},
              {"failed", messages.failed},
              {"expired", messages.expired},
              {"superseded", messages.superseded},
              {"by_channel", messages.by_channel}}},
            {"limits",
             {{"rate_limited", bucket.limits.rate_limited}, {"locked", bucket.limits.locked}}},
            {"faces",
             {{"matched", bucket.faces.matched},
              {"not_matched", bucket.faces.not_matched},
              {"live", bucket.faces.live},
              {"not_live", bucket.faces.not_live}}}};
}

nlohmann::json to_json(const StatsWaits& waits)
{
    const bool is_any = waits.messages > 0;
    return {{"messages", waits.messages},
            {"median_ms", is_any ? nlohmann::json(waits.median.count()) : nlohmann::json(nullptr)},
            {"p95_ms", is_any ? nlohmann::json(waits.p95.count()) : nlohmann::json(nullptr)}};
}

/// All channels, so that readers need no case for those that nothing went out on.
nlohmann::json to_json(const std::map<std::string, DeliveryTimes>& times)
{
    auto shown = nlohmann::json::object();
    for (const char* channel : {"email", "sms", "whatsapp"}) {
        const auto found = times.find(channel);
        const auto of_channel = found == times.end() ? DeliveryTimes{} : found->second;
        shown[channel] = {{"handed_over", to_json(of_channel.handed_over)},
                          {"delivered", to_json(of_channel.delivered)}};
    }
    return shown;
}

StatsBucket sum_of(const std::vector<StatsBucket>& buckets)
{
    StatsBucket sum;
    for (const auto& bucket : buckets) {
        sum.logins.started += bucket.logins.started;
        sum.logins.completed += bucket.logins.completed;
        sum.logins.failed += bucket.logins.failed;
        sum.logins.expired += bucket.logins.expired;
        for (const auto& [method, count] : bucket.logins.completed_by_method) {
            sum.logins.completed_by_method[method] += count;
        }
        sum.codes.asked += bucket.codes.asked;
        sum.codes.tried += bucket.codes.tried;
        sum.codes.validated += bucket.codes.validated;
        sum.codes.failed += bucket.codes.failed;
        sum.codes.expired += bucket.codes.expired;
        sum.codes.canceled += bucket.codes.canceled;
        sum.codes.unknown_people += bucket.codes.unknown_people;
        sum.messages.queued += bucket.messages.queued;
        sum.messages.sent += bucket.messages.sent;
        sum.messages.delivered += bucket.messages.delivered;
        sum.messages.failed += bucket.messages.failed;
        sum.messages.expired += bucket.messages.expired;
        sum.messages.superseded += bucket.messages.superseded;
        for (const auto& [channel, count] : bucket.messages.by_channel) {
            sum.messages.by_channel[channel] += count;
        }
        sum.limits.rate_limited += bucket.limits.rate_limited;
        sum.limits.locked += bucket.limits.locked;
        sum.faces.matched += bucket.faces.matched;
        sum.faces.not_matched += bucket.faces.not_matched;
        sum.faces.live += bucket.faces.live;
        sum.faces.not_live += bucket.faces.not_live;
    }
    return sum;
}

/// One of the few that may count at a time.
class Turn {
public:
    explicit Turn(std::atomic<int>& running) : running_(running), is_free_(++running <= kAtOnceMax)
    {
    }
    ~Turn() { --running_; }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    bool is_free() const { return is_free_; }

private:
    std::atomic<int>& running_;
    bool is_free_;
};

}  // namespace

StatsHandlers::StatsHandlers(StatsStore& stats, projects::ProjectLookup& projects, Clock& clock)
    : stats_(stats), projects_(projects), clock_(clock)
{
}

/// GET /v2/access/projects/{project_id}/stats?from=&to=&step=
Result<http::Response> StatsHandlers::stats(const http::Request& request)
{
    const auto now = clock_.now();
    http::Query query{request};
    const auto range = read_range(query, now);
    ACCESSD_CHECK(query.check());
    const auto& project_id = request.parameter("project_id");
    if (!request.scope().allows(project_id)) return ErrorCode::ProjectNotFound;
    ACCESSD_TRY(const auto setup, projects_.find(project_id));
    if (!setup) return ErrorCode::ProjectNotFound;

    const Turn turn{running_};
    if (!turn.is_free()) return ErrorCode::Busy;
    ACCESSD_TRY(const auto stats, stats_.count(project_id, range, kRowsMax, now));
    auto list = nlohmann::json::array();
    auto start = range.from;
    for (const auto& bucket : stats.buckets) {
        auto shown = to_json(bucket);
        shown["start"] = to_rfc3339(start);
        list.push_back(std::move(shown));
        start += range.step;
    }
    const auto sum = sum_of(stats.buckets);
    return http::success({{"from", to_rfc3339(range.from)},
                          {"to", to_rfc3339(range.to)},
                          {"step_seconds", range.step.count() / 1000},
                          {"funnel",
                           {{"sent", sum.messages.sent},
                            {"delivered", sum.messages.delivered},
                            {"tried", sum.codes.tried},
                            {"validated", sum.codes.validated}}},
                          {"totals", to_json(sum)},
                          {"delivery_times", to_json(stats.delivery_times)},
                          {"buckets", std::move(list)}},
                         "Statistics");
}

}  // namespace accessd::access
