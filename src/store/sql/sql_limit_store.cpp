#include "store/sql/sql_limit_store.h"

#include "store/sql/limit_rows.h"

namespace accessd::store {
namespace {

constexpr auto kPrune = R"(
    DELETE FROM limit_windows WHERE key IN
        (SELECT key FROM limit_windows WHERE ends_at <= ?1 ORDER BY ends_at LIMIT ?2)
       AND ends_at <= ?1)";

}  // namespace

Result<limits::Decision> SqlLimitStore::take(const std::string& key, const limits::Limit& limit,
                                             TimePoint now)
{
    return database_.write(
        Claims::nothing().add("window", {key}),
        [&](Connection& connection) -> Result<limits::Decision> {
            return take_from_windows(connection, {{key, limit}}, now, false).decision;
        });
}

Result<limits::Decision> SqlLimitStore::peek(const std::string& key, const limits::Limit& limit,
                                             TimePoint now)
{
    return database_.read([&](Connection& connection) -> Result<limits::Decision> {
        return peek_at_window(connection, {key, limit}, now);
    });
}

Result<limits::Decision> SqlLimitStore::take_all(const std::vector<limits::KeyedLimit>& limits,
                                                 TimePoint now)
{
    auto claims = Claims::nothing();
    for (const auto& each : limits) claim_window(claims, each.key);
    return database_.write(claims, [&](Connection& connection) -> Result<limits::Decision> {
        const auto counted = take_from_windows(connection, limits, now, false);
        if (counted.refused_by == nullptr) return counted.decision;
        return limits::refusal(counted.decision, counted.refused_by->limit);
    });
}

Result<void> SqlLimitStore::give_back(const std::string& key, TimePoint at)
{
    return database_.write(Claims::nothing().add("window", {key}),
                           [&](Connection& connection) -> Result<void> {
                               give_back_to_window(connection, key, at);
                               return {};
                           });
}

Result<int> SqlLimitStore::prune(TimePoint now, int rows_max)
{
    return database_.write(Claims::nothing(), [&](Connection& connection) -> Result<int> {
        return connection.run(kPrune, {now, rows_max});
    });
}

}  // namespace accessd::store
