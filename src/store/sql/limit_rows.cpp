#include "store/sql/limit_rows.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace accessd::store {
namespace {

constexpr std::size_t kBytesPerHit = 8;

constexpr auto kFind = "SELECT key, hits, refused, reported_at FROM limit_windows WHERE key = ?1";
constexpr auto kInsert = R"(
    INSERT INTO limit_windows (key, hits, ends_at, refused, reported_at)
    VALUES (?1, ?2, ?3, ?4, ?5))";
constexpr auto kUpdate = R"(
    UPDATE limit_windows SET hits = ?2, ends_at = ?3, refused = ?4, reported_at = ?5
     WHERE key = ?1)";

struct Window {
    bool is_stored = false;
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

Window read_window(const Rows& row)
{
    Window window;
    window.is_stored = true;
    window.hits = unpack(row.bytes(1));
    window.refused = row.integer(2);
    window.reported_at = row.optional_time(3);
    return window;
}

Window find_window(Connection& connection, const std::string& key)
{
    auto row = connection.query(kFind, {key});
    return row.next() ? read_window(row) : Window{};
}

/// The statement that finds the windows of some keys.
std::string find_statement(std::size_t keys)
{
    std::string sql = kFind;
    for (std::size_t i = 2; i <= keys; ++i) sql += " OR key = ?" + std::to_string(i);
    return sql;
}

void put_window(Connection& connection, const std::string& key, const Window& window,
                TimePoint ends_at)
{
    connection.send(window.is_stored ? kUpdate : kInsert,
                    {key, Blob{pack(window.hits)}, ends_at, window.refused,
                     window.reported_at ? Bind{*window.reported_at} : Bind{nullptr}});
}

/// Refusals are counted apart from what was let through: per key and kind of limit, and only where any are.
std::int64_t refusals_to_report(Connection& connection, const limits::KeyedLimit& refusing,
                                TimePoint now)
{
    const auto key = "refused:" + std::string{refusing.limit.scope} + ":" + refusing.key;
    auto window = find_window(connection, key);
    ++window.refused;
    std::int64_t count = 0;
    if (!window.reported_at || *window.reported_at + refusing.limit.window <= now) {
        count = std::exchange(window.refused, 0);
        window.reported_at = now;
    }
    put_window(connection, key, window, now + refusing.limit.window);
    return count;
}

/// The window of one key, and how long its limits look back.
struct SharedWindow {
    const std::string* key;
    Window window;
    std::chrono::seconds length{0};
};

SharedWindow& window_of(std::vector<SharedWindow>& windows, const std::string& key)
{
    return *std::find_if(windows.begin(), windows.end(),
                         [&](const SharedWindow& shared) { return *shared.key == key; });
}

std::vector<SharedWindow> read_windows(AskedWindows& asked,
                                       const std::vector<limits::KeyedLimit>& limits)
{
    std::vector<SharedWindow> windows;
    for (const auto& key : asked.keys) windows.push_back({&key, {}, {}});
    // Let go of when all is read: what a refusal counts is found by the same query.
    auto rows = std::move(asked.rows);
    while (rows.next()) window_of(windows, rows.text(0)).window = read_window(rows);
    for (const auto& each : limits) {
        auto& length = window_of(windows, each.key).length;
        length = std::max(length, each.limit.window);
    }
    return windows;
}

}  // namespace

AskedWindows ask_windows(Connection& connection, const std::vector<limits::KeyedLimit>& limits)
{
    static const std::array usual{find_statement(1), find_statement(2)};
    std::vector<std::string> keys;
    for (const auto& each : limits) {
        if (std::find(keys.begin(), keys.end(), each.key) == keys.end()) keys.push_back(each.key);
    }
    const std::vector<Bind> binds{keys.begin(), keys.end()};
    auto rows = keys.size() <= usual.size() ? connection.query(usual[keys.size() - 1], binds)
                                            : connection.query(find_statement(keys.size()), binds);
    return {std::move(keys), std::move(rows)};
}

CountedTogether take_from_windows(Connection& connection,
                                  const std::vector<limits::KeyedLimit>& limits, TimePoint now,
                                  bool reports)
{
    return take_from_windows(connection, ask_windows(connection, limits), limits, now, reports);
}

CountedTogether take_from_windows(Connection& connection, AskedWindows asked,
                                  const std::vector<limits::KeyedLimit>& limits, TimePoint now,
                                  bool reports)
{
    auto windows = read_windows(asked, limits);
    CountedTogether together;
    for (const auto& each : limits) {
        auto hits = window_of(windows, each.key).window.hits;
        const auto decision = limits::take(hits, each.limit, now);
        if (!decision.allowed) {
            return {decision, &each, reports ? refusals_to_report(connection, each, now) : 0};
        }
        const auto wait = std::max(together.decision.retry_after, decision.retry_after);
        if (&each == &limits.front()) together.decision = decision;
        together.decision.retry_after = wait;
    }
    for (auto& [key, window, length] : windows) {
        limits::keep(window.hits, length, now);
        put_window(connection, *key, window, now + length);
    }
    return together;
}

limits::Decision peek_at_window(Connection& connection, const limits::KeyedLimit& limit,
                                TimePoint now)
{
    auto hits = find_window(connection, limit.key).hits;
    return limits::take(hits, limit.limit, now);
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
