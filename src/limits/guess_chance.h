#pragma once

#include "limits/window.h"

namespace accessd::limits {

/// How many codes one identity can be sent in a day when somebody asks for as many as `sends` allows.
double codes_per_day(const Limit& sends);

/// The chance that somebody who spends every try that the limits leave guesses one code of one identity
/// within a day: each code takes `attempts` tries, each right once in 10^`digits`. Source:
/// docs/security.md, "The chance of guessing".
double guess_chance(int digits, int attempts, double codes);

/// What the chance is to stay below. Promised: 1 in 10,000 per identity and day.
inline constexpr double kGuessChanceMax = 1e-4;

}  // namespace accessd::limits
