#include "store/sql/sql_stats_store.h"

#include "base/id.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace accessd::store {
namespace {

using access::DeliveryTimes;
using access::Stats;
using access::StatsBucket;
using access::StatsRange;
using access::StatsWaits;
using std::chrono::milliseconds;

// Ids sort by creation time and every index of a project's rows ends with the id, so a step of time is a
// range of that index. A query for each step, as GROUP BY would sort all rows first. ?4 is the time.
constexpr auto kLogins = R"(
    SELECT count(*), count(*) FILTER (WHERE status = 'complete'), count(*) FILTER (WHERE status = 'failed'),
           count(*) FILTER (WHERE status = 'expired' OR (status = 'pending' AND expires_at <= ?4)),
           count(*) FILTER (WHERE status = 'complete' AND methods_done LIKE '%email%'),
           count(*) FILTER (WHERE status = 'complete' AND methods_done LIKE '%phone%'),
           count(*) FILTER (WHERE status = 'complete' AND methods_done LIKE '%biometric%')
      FROM logins INDEXED BY logins_of_project
     WHERE project_id = ?1 AND id >= ?2 AND id < ?3)";
constexpr auto kMessages = R"(
    SELECT count(*), count(*) FILTER (WHERE status = 'sent' OR status = 'delivered'),
           count(*) FILTER (WHERE status = 'delivered'),
           count(*) FILTER (WHERE status = 'failed'),
           count(*) FILTER (WHERE status = 'expired' OR (status = 'queued' AND expires_at <= ?4)),
           count(*) FILTER (WHERE status = 'superseded'),
           count(*) FILTER (WHERE channel = 'email'),
           count(*) FILTER (WHERE channel = 'sms'),
           count(*) FILTER (WHERE channel = 'whatsapp')
      FROM messages INDEXED BY messages_of_project
     WHERE project_id = ?1 AND id >= ?2 AND id < ?3 AND validation_id <> '')";
constexpr auto kCodes = R"(
    SELECT count(*) FILTER (WHERE decoy = 0),
           count(*) FILTER (WHERE decoy = 0 AND (status = 'validated' OR attempts_remaining < max_attempts)),
           count(*) FILTER (WHERE decoy = 0 AND status = 'validated'), count(*) FILTER (WHERE decoy = 0 AND status = 'failed'),
           count(*) FILTER (WHERE decoy = 0 AND (status = 'expired' OR (status = 'pending' AND expires_at <= ?4))),
           count(*) FILTER (WHERE decoy = 0 AND status = 'canceled'), count(*) FILTER (WHERE decoy <> 0)
      FROM validations INDEXED BY validations_of_project
     WHERE project_id = ?1 AND id >= ?2 AND id < ?3 AND channel <> 'biometric')";
constexpr auto kRateLimited = R"(
    SELECT CAST(sum(CASE WHEN count > 1 THEN count ELSE 1 END) AS BIGINT) FROM events INDEXED BY events_rate_limited
     WHERE project_id = ?1 AND type = 'security.rate_limited' AND at >= ?2 AND at < ?3)";
constexpr auto kLocked = R"(
    SELECT count(*) FROM events INDEXED BY events_locked
     WHERE project_id = ?1 AND type = 'security.locked' AND at >= ?2 AND at < ?3)";
constexpr auto kFaces = R"(
    SELECT count(*) FILTER (WHERE type = 'face.matched'), count(*) FILTER (WHERE type = 'face.not_matched'),
           count(*) FILTER (WHERE type = 'liveness.passed'), count(*) FILTER (WHERE type = 'liveness.failed')
      FROM events INDEXED BY events_of_faces
     WHERE type IN ('face.matched', 'face.not_matched', 'liveness.passed', 'liveness.failed')
       AND project_id = ?1 AND at >= ?2 AND at < ?3)";

/// Of the waits of each channel, the one that half of them don't exceed, and the one that 95 of a hundred don't.
constexpr std::string_view kRankedFrom = R"(
    SELECT channel, max(total), min(CASE WHEN place * 2 >= total THEN wait END),
           min(CASE WHEN place * 20 >= total * 19 THEN wait END)
      FROM (SELECT channel, wait, row_number() OVER (PARTITION BY channel ORDER BY wait) AS place,
                   count(*) OVER (PARTITION BY channel) AS total
              FROM ()";
constexpr std::string_view kRankedTo = R"() AS waits) AS ranked GROUP BY channel)";
constexpr std::string_view kHandedOver = R"(
    SELECT messages.channel AS channel, a.started_at + a.duration_ms - messages.created_at AS wait
      FROM messages INDEXED BY messages_of_project
      JOIN delivery_attempts a ON a.message_id = messages.id AND a.outcome = 'accepted'
     WHERE messages.project_id = ?1 AND messages.id >= ?2 AND messages.id < ?3
       AND messages.validation_id <> '' AND messages.kind = 'code')";
// An inbox has no way between, so no receipt: what it took is delivered.
constexpr std::string_view kDelivered = R"(
    SELECT messages.channel AS channel,
           COALESCE(r.received_at, a.started_at + a.duration_ms) - messages.created_at AS wait
      FROM messages INDEXED BY messages_of_project
      JOIN delivery_attempts a ON a.message_id = messages.id AND a.outcome = 'accepted'
      LEFT JOIN message_receipts r ON r.message_id = messages.id AND r.kind = 'delivered'
     WHERE messages.project_id = ?1 AND messages.id >= ?2 AND messages.id < ?3
       AND messages.validation_id <> '' AND messages.kind = 'code' AND messages.status = 'delivered')";

std::string ranked(std::string_view waits)
{
    std::string sql{kRankedFrom};
    return sql.append(waits).append(kRankedTo);
}

/// How many rows a range of one table has, as far as that matters; reads the index alone.
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kSizes{{{"login_", R"(
    SELECT count(*) FROM (SELECT 1 FROM logins INDEXED BY logins_of_project
                           WHERE project_id = ?1 AND id >= ?2 AND id < ?3 LIMIT ?4) AS few)"},
                                                                               {"msg_", R"(
    SELECT count(*) FROM (SELECT 1 FROM messages INDEXED BY messages_of_project
                           WHERE project_id = ?1 AND id >= ?2 AND id < ?3 LIMIT ?4) AS few)"},
                                                                               {"val_", R"(
    SELECT count(*) FROM (SELECT 1 FROM validations INDEXED BY validations_of_project
                           WHERE project_id = ?1 AND id >= ?2 AND id < ?3 LIMIT ?4) AS few)"}}};

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

    Stats count()
    {
        Stats stats{count_buckets(), {}};
        count_waits(ranked(kHandedOver), stats.delivery_times, &DeliveryTimes::handed_over);
        count_waits(ranked(kDelivered), stats.delivery_times, &DeliveryTimes::delivered);
        return stats;
    }

private:
    std::vector<StatsBucket> count_buckets()
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
            count_faces(bucket.faces, start, end);
            start = end;
        }
        return buckets;
    }

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
        messages = {
            row.integer(0),
            row.integer(1),
            row.integer(2),
            row.integer(3),
            row.integer(4),
            row.integer(5),
            {{"email", row.integer(6)}, {"sms", row.integer(7)}, {"whatsapp", row.integer(8)}}};
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

    void count_faces(StatsBucket::Faces& faces, TimePoint start, TimePoint end)
    {
        auto row = connection_.query(kFaces, {project_id_, start, end});
        row.next();
        faces = {row.integer(0), row.integer(1), row.integer(2), row.integer(3)};
    }

    void count_waits(const std::string& sql, std::map<std::string, DeliveryTimes>& times,
                     StatsWaits DeliveryTimes::*waits)
    {
        auto row = connection_.query(
            sql, {project_id_, first_id_at("msg_", range_.from), first_id_at("msg_", range_.to)});
        while (row.next()) {
            // Two nodes' clocks differ by a little: nothing arrives before it was asked for.
            const auto wait = [&](int column) {
                return milliseconds{std::max<std::int64_t>(row.integer(column), 0)};
            };
            times[row.text(0)].*waits = {row.integer(1), wait(2), wait(3)};
        }
    }

    Connection& connection_;
    const std::string& project_id_;
    const StatsRange& range_;
    TimePoint now_;
};

}  // namespace

Result<Stats> SqlStatsStore::count(const std::string& project_id, const StatsRange& range,
                                   int rows_max, TimePoint now)
{
    return database_.read([&](Connection& connection) -> Result<Stats> {
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
