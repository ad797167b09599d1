#include "fraud/fraud_rules.h"

#include "contacts/phone_number.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace accessd::fraud {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t kOne = 1000;
constexpr std::size_t kBlockDigits = 4;
constexpr std::size_t kRangeDigits = 3;

// Chosen by tests/fraud/fraud_simulation_test.cpp, whose figures docs/decisions/0041-fraud-guard.md shows.
/// What conversion is taken for usual where nothing is known: honest people give most codes back.
constexpr double kUsualConversion = 0.7;
/// Nothing lower counts as usual: else an attack would make itself usual.
constexpr double kUsualMin = 0.4;
/// A conversion of this part of the usual keeps the score level.
constexpr double kTolerated = 0.7;
constexpr std::int64_t kHistoryMin = 60 * kOne;
constexpr std::int64_t kAlarm = 28 * kOne;
constexpr std::int64_t kAlarmOfClient = 16 * kOne;
/// Honest codes come back within a minute or so: a burst has about as many under way.
constexpr std::int64_t kUnderWayPercent = 75;
/// Numbers next to each other are nobody's customers.
constexpr int kNeighbours = 3;
constexpr std::int64_t kSequenceWeight = 2 * kOne;
/// After a block, so many sends without an answer begin the next.
constexpr std::int64_t kProbation = 4 * kOne;

constexpr auto kHalfLife = 72h;
constexpr auto kRecentHalfLife = 10min;
constexpr auto kFirstBlock = 10min;
constexpr auto kLongestBlock = 24h;
constexpr auto kForgetAfter = 24h;

std::int64_t faded(std::int64_t count, std::chrono::milliseconds time,
                   std::chrono::milliseconds half_life)
{
    if (count == 0 || time <= 0ms) return count;
    const auto lives = static_cast<double>(time.count()) / static_cast<double>(half_life.count());
    return static_cast<std::int64_t>(static_cast<double>(count) * std::exp2(-lives));
}

double usual_conversion(const Counter& counter)
{
    if (counter.sent < kHistoryMin) return kUsualConversion;
    const auto measured = static_cast<double>(counter.verified) / static_cast<double>(counter.sent);
    return std::clamp(measured, kUsualMin, 1.0);
}

std::int64_t base_alarm(Scope scope) { return scope == Scope::Client ? kAlarmOfClient : kAlarm; }

std::string shortened(const std::string& phone, std::size_t length)
{
    return phone.substr(0, std::min(phone.size(), length));
}

}  // namespace

std::string_view to_text(Scope scope)
{
    switch (scope) {
    case Scope::Block: return "block";
    case Scope::Range: return "range";
    case Scope::Country: return "country";
    case Scope::Client: return "client";
    }
    std::abort();
}

std::optional<Scope> parse_scope(std::string_view text)
{
    for (const auto scope : kScopes) {
        if (text == to_text(scope)) return scope;
    }
    return std::nullopt;
}

std::vector<ScopeKey> scopes_of(const std::string& phone, const std::string& client)
{
    const auto country = "+" + contacts::calling_code(phone);
    std::vector<ScopeKey> scopes{
        {Scope::Block, shortened(phone, phone.size() - std::min(phone.size(), kBlockDigits))},
        {Scope::Range, shortened(phone, country.size() + kRangeDigits)},
        {Scope::Country, country}};
    if (!client.empty()) scopes.push_back({Scope::Client, client});
    return scopes;
}

void pass_time(Counter& counter, TimePoint now)
{
    const auto time = now - counter.at;
    if (time <= 0ms) return;
    counter.sent = faded(counter.sent, time, kHalfLife);
    counter.verified = faded(counter.verified, time, kHalfLife);
    counter.recent = faded(counter.recent, time, kRecentHalfLife);
    if (counter.blocks > 0 && now - counter.blocked_until > kForgetAfter) counter.blocks = 0;
    counter.at = now;
}

std::int64_t alarm_at(const Counter& counter, Scope scope)
{
    return base_alarm(scope) + counter.recent * kUnderWayPercent / 100;
}

bool count_send(Counter& counter, Scope scope, int number)
{
    const bool is_next = scope == Scope::Block && counter.last_number >= 0 &&
                         number != counter.last_number &&
                         std::abs(number - counter.last_number) <= kNeighbours;
    counter.last_number = number;
    counter.sent += kOne;
    counter.score += is_next ? kSequenceWeight : kOne;
    return counter.score >= alarm_at(counter, scope);
}

void count_success(Counter& counter)
{
    // Where every kTolerated-th part of the usual share comes back, the score stays where it is.
    const auto relief = static_cast<std::int64_t>(static_cast<double>(kOne) /
                                                  (usual_conversion(counter) * kTolerated));
    counter.score = std::max<std::int64_t>(0, counter.score - relief);
    counter.verified += kOne;
    counter.recent += kOne;
}

TimePoint block(Counter& counter, Scope scope, TimePoint now)
{
    auto length = std::chrono::duration_cast<std::chrono::minutes>(kFirstBlock);
    for (int i = 0; i < counter.blocks && length < kLongestBlock; ++i) length *= 2;
    length = std::min(length, std::chrono::duration_cast<std::chrono::minutes>(kLongestBlock));
    ++counter.blocks;
    counter.blocked_until = now + length;
    counter.score = base_alarm(scope) - kProbation;
    return counter.blocked_until;
}

void unblock(Counter& counter)
{
    counter.score = 0;
    counter.blocks = 0;
    counter.blocked_until = {};
}

}  // namespace accessd::fraud
