#pragma once

#include "base/clock.h"

#include <optional>
#include <string>
#include <string_view>

namespace accessd {

class Random;

/// A new id: the prefix, then 29 characters of base32hex (0-9a-v) holding 6 bytes of time in
/// milliseconds, 2 bytes of sequence and 10 random bytes. Ids sort by creation time, which keeps
/// the index pages of new rows together (random keys cost 4.5 times as much in the embedded store).
///
/// Threads: safe to call concurrently; ids of one process made in one millisecond stay in order.
std::string make_id(std::string_view prefix, TimePoint now, Random& random);

/// When an id was made, or nothing if `id` doesn't have the form of one with this prefix.
std::optional<TimePoint> time_of_id(std::string_view id, std::string_view prefix);

/// The least id that can have been made at this time: `id > first_id_at(...)` bounds a search by age.
std::string first_id_at(std::string_view prefix, TimePoint time);

/// Whether `id` could be an id with this prefix. Saves a look-up for text that can't be found.
bool looks_like_id(std::string_view id, std::string_view prefix);

}  // namespace accessd
