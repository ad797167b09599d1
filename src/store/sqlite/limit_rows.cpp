#include "store/sqlite/limit_rows.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace accessd::store {
namespace {

constexpr std::size_t kBytesPerHit = 8;

constexpr auto kFind = "SELECT hits, refused, reported_at FROM limit_windows WHERE key = ?1";
constexpr auto kPut = R"(
    INSERT INTO limit_windows (key, hits, ends_at, refused, reported_at)
    VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT (key) DO UPDATE SET hits = excluded.hits, ends_at = excluded.ends_at,
            refused = excluded.refused, reported_at = excluded.reported_at)";

struct Window {
    std::vector<TimePoint> hits;
    std::int64_t refused = 0;
    std::optional<TimePoint> reported_at;
};

std::vector<TimePoint> unpack(const std::string& bytes)
{
    std::vector<TimePoint> hits;
    for (std::size_t start = 0; start + kBytesPerHit <= bytes.size(); start += kBytesPerHit) {
        std::uint64_t millis = 0;
        for (std::size_t i = kBytesPerHit; i-- > 0;) {
            millis = millis << 8U | static_cast<unsigned char>(bytes[start + i]);
        }
        hits.push_back(from_unix_millis(static_cast<std::int64_t>(millis)));
    }
    return hits;
}

std::string pack(const std::vector<TimePoint>& hits)
{
    std::string bytes;
    bytes.reserve(hits.size() * kBytesPerHit);
    for (const auto hit : hits) {
        auto millis = static_cast<std::uint64_t>(unix_millis(hit));
        for (std::size_t i = 0; i < kBytesPerHit; ++i, millis >>= 8U) {
            bytes += static_cast<char>(millis & 255U);
        }
    }
    return bytes;
}

Window find_window(Connection& connection, const std::string& key)
{
    Window window;
    auto row = connection.query(kFind, {key});
    if (!row.next()) return window;
    window.hits = unpack(row.bytes(0));
    window.refused = row.integer(1);
    window.reported_at = row.optional_time(2);
    return window;
}

void put_window(Connection& connection, const std::string& key, const Window& window,
                TimePoint ends_at)
{
    connection.run(kPut, {key, Blob{pack(window.hits)}, ends_at, window.refused,
                          window.reported_at ? Bind{*window.reported_at} : Bind{nullptr}});
}

}  // namespace

CountedDecision take_from_window(Connection& connection, const std::string& key,
                                 const limits::Limit& limit, TimePoint now, bool reports)
{
    auto window = find_window(connection, key);
    CountedDecision counted{limits::take(window.hits, limit, now)};
    if (!counted.decision.allowed) {
        if (!reports) return counted;
        ++window.refused;
        if (!window.reported_at || *window.reported_at + limit.window <= now) {
            counted.refused_to_report = std::exchange(window.refused, 0);
            window.reported_at = now;
        }
    }
    put_window(connection, key, window, now + limit.window);
    return counted;
}

CountedTogether take_from_windows(Connection& connection,
                                  const std::vector<limits::KeyedLimit>& limits, TimePoint now,
                                  bool reports)
{
    std::vector<Window> windows;
    for (const auto& each : limits) {
        windows.push_back(find_window(connection, each.key));
        if (limits::peek(windows.back().hits, each.limit, now).allowed) continue;
        const auto refused = take_from_window(connection, each.key, each.limit, now, reports);
        return {refused.decision, &each, refused.refused_to_report};
    }
    CountedTogether together;
    for (std::size_t i = 0; i < limits.size(); ++i) {
        const auto decision = limits::take(windows[i].hits, limits[i].limit, now);
        put_window(connection, limits[i].key, windows[i], now + limits[i].limit.window);
        const auto wait = std::max(together.decision.retry_after, decision.retry_after);
        if (i == 0) together.decision = decision;
        together.decision.retry_after = wait;
    }
    return together;
}

void give_back_to_window(Connection& connection, const std::string& key, TimePoint at)
{
    auto hits = find_window(connection, key).hits;
    const auto found = std::find(hits.begin(), hits.end(), at);
    if (found == hits.end()) return;
    hits.erase(found);
    connection.run("UPDATE limit_windows SET hits = ?2 WHERE key = ?1", {key, Blob{pack(hits)}});
}

}  // namespace accessd::store
