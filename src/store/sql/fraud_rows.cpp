#include "store/sql/fraud_rows.h"

#include "base/id.h"
#include "fraud/fraud_rules.h"

#include <charconv>
#include <string_view>
#include <utility>
#include <vector>

namespace accessd::store {
namespace {

using fraud::Counter;
using fraud::Mode;
using fraud::Scope;
using fraud::ScopeKey;
using fraud::Settings;

constexpr std::string_view kDay = "day";
constexpr std::string_view kMessagesCap = "messages_per_day";
constexpr std::string_view kSpendCap = "spend_per_day";

constexpr auto kSettings = "SELECT document, version FROM fraud_settings WHERE project_id = ?1";
constexpr auto kFind = R"(
    SELECT score, sent, verified, recent, last_number, at, blocked_until, blocks
      FROM fraud_counters WHERE project_id = ?1 AND scope = ?2 AND key = ?3)";
constexpr auto kPut = R"(
    INSERT INTO fraud_counters (project_id, scope, key, score, sent, verified, recent, last_number,
                                at, blocked_until, blocks)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
        ON CONFLICT (project_id, scope, key) DO UPDATE
       SET score = excluded.score, sent = excluded.sent, verified = excluded.verified,
           recent = excluded.recent, last_number = excluded.last_number, at = excluded.at,
           blocked_until = excluded.blocked_until, blocks = excluded.blocks)";
constexpr auto kInsertBlock = R"(
    INSERT INTO fraud_blocks (id, project_id, scope, key, reason, is_dry_run, began_at, until)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8))";

Counter find_counter(Connection& connection, const std::string& project_id, std::string_view scope,
                     const std::string& key, TimePoint now)
{
    Counter counter;
    counter.at = now;
    auto row = connection.query(kFind, {project_id, scope, key});
    if (!row.next()) return counter;
    counter.score = row.integer(0);
    counter.sent = row.integer(1);
    counter.verified = row.integer(2);
    counter.recent = row.integer(3);
    counter.last_number = row.small(4);
    counter.at = row.time(5);
    counter.blocked_until = row.time(6);
    counter.blocks = row.small(7);
    return counter;
}

void put_counter(Connection& connection, const std::string& project_id, std::string_view scope,
                 const std::string& key, const Counter& counter)
{
    connection.run(kPut, {project_id, scope, key, counter.score, counter.sent, counter.verified,
                          counter.recent, counter.last_number, counter.at, counter.blocked_until,
                          counter.blocks});
}

Mode mode_of(const Settings& settings, Scope scope)
{
    switch (scope) {
    case Scope::Block: return settings.block;
    case Scope::Range: return settings.range;
    case Scope::Country: return settings.country;
    case Scope::Client: return settings.client;
    }
    return Mode::Off;
}

/// "2026-11-26", UTC.
std::string day_of(TimePoint now) { return to_rfc3339(now).substr(0, 10); }

TimePoint end_of_day(TimePoint now)
{
    constexpr std::int64_t day = std::int64_t{24} * 3600 * 1000;
    return from_unix_millis((unix_millis(now) / day + 1) * day);
}

int last_digits(const std::string& phone)
{
    constexpr std::size_t digits = 4;
    int number = 0;
    const auto begin = phone.size() > digits ? phone.size() - digits : 0;
    std::from_chars(phone.data() + begin, phone.data() + phone.size(), number);
    return number;
}

std::string reason_of(Scope scope)
{
    switch (scope) {
    case Scope::Block: return "too few codes of ten thousand neighbouring numbers come back";
    case Scope::Range: return "too few codes of this operator or area come back";
    case Scope::Country: return "too few codes of this country come back";
    case Scope::Client: return "too few of the codes that this network asked for come back";
    }
    return {};
}

/// One send, counted.
class Counting {
public:
    Counting(Connection& connection, EventWriter& events, Random& random, const GuardedSend& send,
             const Settings& settings)
        : connection_(connection),
          events_(events),
          random_(random),
          send_(send),
          settings_(settings)
    {
    }

    std::optional<TimePoint> run()
    {
        for (const auto& scope : fraud::scopes_of(send_.phone, send_.client)) count(scope);
        if (settings_.caps != Mode::Off) count_day();
        return until_;
    }

private:
    void count(const ScopeKey& scope)
    {
        const auto mode = mode_of(settings_, scope.scope);
        if (mode == Mode::Off) return;
        const auto name = fraud::to_text(scope.scope);
        auto counter = find_counter(connection_, send_.project_id, name, scope.key, send_.now);
        fraud::pass_time(counter, send_.now);
        const bool is_alarm = fraud::count_send(counter, scope.scope, last_digits(send_.phone));
        // While a rule that runs dry has a block, it has nothing new to say.
        if (is_alarm && counter.blocked_until <= send_.now) {
            const auto until = fraud::block(counter, scope.scope, send_.now);
            begin(name, scope.key, reason_of(scope.scope), mode == Mode::DryRun, until);
        }
        put_counter(connection_, send_.project_id, name, scope.key, counter);
    }

    /// The caps count what goes out, so they come last and not at all if something else stops it.
    void count_day()
    {
        if (until_) return;
        const auto day = day_of(send_.now);
        auto counter = find_counter(connection_, send_.project_id, kDay, day, send_.now);
        const auto price = fraud::price_of(settings_, send_.phone);
        const bool is_dry = settings_.caps == Mode::DryRun;
        const auto limit = settings_.messages_per_day;
        const bool has_too_many = limit > 0 && counter.sent >= limit * 1000;
        const bool costs_too_much =
            settings_.spend_per_day > 0 && counter.score + price > settings_.spend_per_day;
        if (has_too_many || costs_too_much) {
            const auto end = end_of_day(send_.now);
            if (counter.blocks == 0) {
                begin(has_too_many ? kMessagesCap : kSpendCap, day,
                      has_too_many ? "the day's messages are used up"
                                   : "the day's money is used up",
                      is_dry, end);
                ++counter.blocks;
            } else if (!is_dry) {
                until_ = end;
            }
        }
        if (!until_) {
            counter.sent += 1000;
            counter.score += price;
        }
        counter.at = send_.now;
        put_counter(connection_, send_.project_id, kDay, day, counter);
    }

    void begin(std::string_view scope, const std::string& key, const std::string& reason,
               bool is_dry, TimePoint until)
    {
        const auto id = make_id("blk_", send_.now, random_);
        connection_.run(kInsertBlock,
                        {id, send_.project_id, scope, key, reason, is_dry, send_.now, until});
        events::Event event;
        event.project_id = send_.project_id;
        event.type = events::EventType::SecurityFraudBlocked;
        event.at = send_.now;
        event.subject_id = id;
        event.flow_id = send_.flow_id;
        event.channel = send_.channel;
        event.destination = scope == "client" ? std::string{} : key;
        event.reason = (is_dry ? "dry_run: " : "") + std::string{scope} + ": " + reason;
        events_.write(connection_, {event});
        if (!is_dry) until_ = std::max(until_.value_or(until), until);
    }

    Connection& connection_;
    EventWriter& events_;
    Random& random_;
    const GuardedSend& send_;
    const Settings& settings_;
    std::optional<TimePoint> until_;
};

}  // namespace

Settings find_fraud_settings(Connection& connection, const std::string& project_id)
{
    auto row = connection.query(kSettings, {project_id});
    if (!row.next()) return {};
    auto settings = fraud::parse_settings(row.text(0));
    settings.version = row.integer(1);
    return settings;
}

std::optional<TimePoint> find_fraud_block(Connection& connection, const GuardedSend& send,
                                          const Settings& settings)
{
    std::optional<TimePoint> until;
    for (const auto& scope : fraud::scopes_of(send.phone, send.client)) {
        if (mode_of(settings, scope.scope) != Mode::On) continue;
        const auto counter = find_counter(connection, send.project_id, fraud::to_text(scope.scope),
                                          scope.key, send.now);
        if (counter.blocked_until <= send.now) continue;
        until = std::max(until.value_or(counter.blocked_until), counter.blocked_until);
    }
    return until;
}

std::optional<TimePoint> count_guarded_send(Connection& connection, EventWriter& events,
                                            Random& random, const GuardedSend& send,
                                            const Settings& settings)
{
    return Counting{connection, events, random, send, settings}.run();
}

void count_guarded_success(Connection& connection, const std::string& project_id,
                           const std::string& phone, const std::string& client, TimePoint now)
{
    for (const auto& scope : fraud::scopes_of(phone, client)) {
        const auto name = fraud::to_text(scope.scope);
        auto counter = find_counter(connection, project_id, name, scope.key, now);
        fraud::pass_time(counter, now);
        fraud::count_success(counter);
        put_counter(connection, project_id, name, scope.key, counter);
    }
}

Error sending_blocked(TimePoint until)
{
    return Error{ErrorCode::SendingBlocked}.with("until", to_rfc3339(until));
}

}  // namespace accessd::store
