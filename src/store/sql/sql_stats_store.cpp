#include "store/sql/sql_stats_store.h"

#include "base/id.h"

#include <array>
#include <string_view>
#include <utility>

namespace accessd::store {
namespace {

using access::StatsBucket;
using access::StatsRange;

// Ids sort by creation time and every index of a project's rows ends with the id, so a step of time is a
// range of that index. A query for each step, as GROUP BY would sort all rows first. ?4 is the time.
constexpr auto kLogins = R"(
    SELECT count(*), sum(status = 'complete'), sum(status = 'failed'),
           sum(status = 'expired' OR (status = 'pending' AND expires_at <= ?4)),
           sum(status = 'complete' AND instr(methods_done, 'email') > 0),
           sum(status = 'complete' AND instr(methods_done, 'phone') > 0),
           sum(status = 'complete' AND instr(methods_done, 'biometric') > 0)
      FROM logins INDEXED BY logins_of_project
     WHERE project_id = ?1 AND id >= ?2 AND id < ?3)";
constexpr auto kMessages = R"(
    SELECT count(*), sum(status = 'sent' OR status = 'delivered'), sum(status = 'delivered'),
           sum(status = 'failed'),
           sum(status = 'expired' OR (status = 'queued' AND expires_at <= ?4)),
           sum(status = 'superseded')
      FROM messages INDEXED BY messages_of_project
     WHERE project_id = ?1 AND id >= ?2 AND id < ?3 AND validation_id <> '')";
constexpr auto kCodes = R"(
    SELECT sum(NOT decoy),
           sum(NOT decoy AND (status = 'validated' OR attempts_remaining < max_attempts)),
           sum(NOT decoy AND status = 'validated'), sum(NOT decoy AND status = 'failed'),
           sum(NOT decoy AND (status = 'expired' OR (status = 'pending' AND expires_at <= ?4))),
           sum(NOT decoy AND status = 'canceled'), sum(decoy)
      FROM validations INDEXED BY validations_of_project
     WHERE project_id = ?1 AND id >= ?2 AND id < ?3)";
constexpr auto kRateLimited = R"(
    SELECT sum(max(coalesce(count, 1), 1)) FROM events INDEXED BY events_rate_limited
     WHERE project_id = ?1 AND type = 'security.rate_limited' AND at >= ?2 AND at < ?3)";
constexpr auto kLocked = R"(
    SELECT count(*) FROM events INDEXED BY events_locked
     WHERE project_id = ?1 AND type = 'security.locked' AND at >= ?2 AND at < ?3)";

/// How many rows a range of one table has, as far as that matters; reads the index alone.
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kSizes{{{"login_", R"(
    SELECT count(*) FROM (SELECT 1 FROM logins INDEXED BY logins_of_project
                           WHERE project_id = ?1 AND id >= ?2 AND id < ?3 LIMIT ?4))"},
                                                                               {"msg_", R"(
    SELECT count(*) FROM (SELECT 1 FROM messages INDEXED BY messages_of_project
                           WHERE project_id = ?1 AND id >= ?2 AND id < ?3 LIMIT ?4))"},
                                                                               {"val_", R"(
    SELECT count(*) FROM (SELECT 1 FROM validations INDEXED BY validations_of_project
                           WHERE project_id = ?1 AND id >= ?2 AND id < ?3 LIMIT ?4))"}}};

/// One count over one snapshot.
class Counting {
public:
    Counting(Connection& connection, const std::string& project_id, const StatsRange& range,
             TimePoint now)
        : connection_(connection), project_id_(project_id), range_(range), now_(now)
    {
    }

    bool is_larger_than(int rows_max)
    {
        for (const auto& [prefix, sql] : kSizes) {
            auto row = connection_.query(sql, {project_id_, first_id_at(prefix, range_.from),
                                               first_id_at(prefix, range_.to), rows_max + 1});
            if (row.next() && row.integer(0) > rows_max) return true;
        }
        return false;
    }

    std::vector<StatsBucket> count()
    {
        std::vector<StatsBucket> buckets(range_.buckets());
        auto start = range_.from;
        for (auto& bucket : buckets) {
            const auto end = start + range_.step;
            count_logins(bucket.logins, start, end);
            count_messages(bucket.messages, start, end);
            count_codes(bucket.codes, start, end);
            bucket.limits = {count_events(kRateLimited, start, end),
                             count_events(kLocked, start, end)};
            start = end;
        }
        return buckets;
    }

private:
    /// The one row of counts of what began within a step; a sum of nothing is NULL and reads as 0.
    Rows counts(std::string_view sql, std::string_view prefix, TimePoint start, TimePoint end)
    {
        auto row = connection_.query(
            sql, {project_id_, first_id_at(prefix, start), first_id_at(prefix, end), now_});
        row.next();
        return row;
    }

    void count_logins(StatsBucket::Logins& logins, TimePoint start, TimePoint end)
    {
        const auto row = counts(kLogins, "login_", start, end);
        logins.started = row.integer(0);
        logins.completed = row.integer(1);
        logins.failed = row.integer(2);
        logins.expired = row.integer(3);
        logins.completed_by_method = {
            {"email", row.integer(4)}, {"phone", row.integer(5)}, {"biometric", row.integer(6)}};
    }

    void count_messages(StatsBucket::Messages& messages, TimePoint start, TimePoint end)
    {
        const auto row = counts(kMessages, "msg_", start, end);
        messages = {row.integer(0), row.integer(1), row.integer(2),
                    row.integer(3), row.integer(4), row.integer(5)};
    }

    void count_codes(StatsBucket::Codes& codes, TimePoint start, TimePoint end)
    {
        const auto row = counts(kCodes, "val_", start, end);
        codes = {row.integer(0), row.integer(1), row.integer(2), row.integer(3),
                 row.integer(4), row.integer(5), row.integer(6)};
    }

    std::int64_t count_events(std::string_view sql, TimePoint start, TimePoint end)
    {
        auto row = connection_.query(sql, {project_id_, start, end});
        return row.next() ? row.integer(0) : 0;
    }

    Connection& connection_;
    const std::string& project_id_;
    const StatsRange& range_;
    TimePoint now_;
};

}  // namespace

Result<std::vector<StatsBucket>> SqlStatsStore::count(const std::string& project_id,
                                                      const StatsRange& range, int rows_max,
                                                      TimePoint now)
{
    return database_.read([&](Connection& connection) -> Result<std::vector<StatsBucket>> {
        const Snapshot snapshot{connection};
        Counting counting{connection, project_id, range, now};
        if (counting.is_larger_than(rows_max)) {
            return Error::invalid("from", "so long a time holds more than " +
                                              std::to_string(rows_max) +
                                              " logins, messages or validations: ask for less");
        }
        return counting.count();
    });
}

}  // namespace accessd::store
