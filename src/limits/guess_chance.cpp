#include "limits/guess_chance.h"

#include <algorithm>
#include <cmath>

namespace accessd::limits {

double codes_per_day(const Limit& sends)
{
    constexpr double day = 24 * 3600;
    return sends.count * std::max(1.0, day / static_cast<double>(sends.window.count()));
}

double guess_chance(int digits, int attempts, double codes)
{
    // Tries at one code differ, so one of them is right with `attempts` in 10^digits.
    const double one_code = std::min(1.0, attempts / std::pow(10.0, digits));
    if (one_code >= 1.0) return codes >= 1.0 ? 1.0 : 0.0;
    return -std::expm1(codes * std::log1p(-one_code));
}

}  // namespace accessd::limits
