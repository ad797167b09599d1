#pragma once

#include "base/clock.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace accessd::fraud {

/// What sends are counted by. Who pumps messages to numbers that earn him money shares one of these.
enum class Scope {
    Block,    ///< Ten thousand numbers: one without its last four digits.
    Range,    ///< The country's code and the three digits behind it: an operator, or an area.
    Country,  ///< The country's code.
    Client,   ///< The person's network, where the caller told it.
};
inline constexpr std::array kScopes{Scope::Block, Scope::Range, Scope::Country, Scope::Client};

std::string_view to_text(Scope scope);  ///< "block", "range", "country", "client".
std::optional<Scope> parse_scope(std::string_view text);

struct ScopeKey {
    Scope scope{};
    std::string key;  ///< "+34600"; of Client the network.
};
/// Those that a send to this number counts in. `client`: limits::client_network(); empty: not told.
std::vector<ScopeKey> scopes_of(const std::string& phone, const std::string& client);

/// What is known of one scope. All counts are in thousandths; those that fade have a half-life.
struct Counter {
    /// Rises with each send, falls with each code that came back; never below 0. How far it may rise
    /// before it means something: alarm_at().
    std::int64_t score = 0;
    std::int64_t sent = 0;      ///< Fading within days: what conversion is usual here.
    std::int64_t verified = 0;  ///< As `sent`.
    std::int64_t recent =
        0;  ///< Verified, fading within minutes: how busy honest people are just now.
    int last_number = -1;  ///< Of Block: the last four digits of the number before.
    TimePoint at;          ///< Of the last change.
    TimePoint blocked_until;
    int blocks = 0;  ///< In a row: each takes longer than the one before.
};

/// Lets time pass: what fades, fades; after a quiet day blocks are forgotten.
void pass_time(Counter& counter, TimePoint now);

/// Counts a send. `number`: the last four digits. True: the scope is to be blocked from now on, this send
/// included. The counter must be of `now` (pass_time).
bool count_send(Counter& counter, Scope scope, int number);
/// Counts a code that came back.
void count_success(Counter& counter);

/// Begins a block; returns until when: 10 minutes, doubling to a day.
TimePoint block(Counter& counter, Scope scope, TimePoint now);
/// An operator ends one: the scope starts anew.
void unblock(Counter& counter);

/// The score at which a scope is blocked: higher where honest people are busy, as their codes are still on the
/// way. In thousandths.
std::int64_t alarm_at(const Counter& counter, Scope scope);

}  // namespace accessd::fraud
