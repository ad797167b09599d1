#include "base/time_text.h"

#include <algorithm>
#include <charconv>

namespace accessd {
namespace {

constexpr std::string_view kForm = "0000-00-00T00:00:00";
constexpr std::size_t kFractionMax = 9;
constexpr std::size_t kMillisDigits = 3;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Digits and signs stand where the form has them.
bool has_form(std::string_view text)
{
    for (std::size_t i = 0; i < kForm.size(); ++i) {
        const bool fits = kForm[i] == '0' ? is_digit(text[i]) : text[i] == kForm[i];
        if (!fits) return false;
    }
    return true;
}

int number_at(std::string_view text, std::size_t at, std::size_t length)
{
    int number = 0;
    std::from_chars(text.data() + at, text.data() + at + length, number);
    return number;
}

/// Of ".25": 250.
std::optional<int> millis_of(std::string_view fraction)
{
    if (fraction.empty()) return 0;
    fraction.remove_prefix(1);
    const bool is_whole = !fraction.empty() && fraction.size() <= kFractionMax &&
                          std::all_of(fraction.begin(), fraction.end(), is_digit);
    if (!is_whole) return std::nullopt;
    int millis = 0;
    for (std::size_t i = 0; i < kMillisDigits; ++i) {
        millis = millis * 10 + (i < fraction.size() ? fraction[i] - '0' : 0);
    }
    return millis;
}

}  // namespace

std::optional<TimePoint> parse_rfc3339(std::string_view text)
{
    if (text.size() < kForm.size() + 1 || text.back() != 'Z' || !has_form(text)) {
        return std::nullopt;
    }
    const auto fraction = text.substr(kForm.size(), text.size() - kForm.size() - 1);
    if (!fraction.empty() && fraction[0] != '.') return std::nullopt;
    const auto millis = millis_of(fraction);
    const std::chrono::year_month_day date{
        std::chrono::year{number_at(text, 0, 4)},
        std::chrono::month{static_cast<unsigned>(number_at(text, 5, 2))},
        std::chrono::day{static_cast<unsigned>(number_at(text, 8, 2))}};
    const int hour = number_at(text, 11, 2);
    const int minute = number_at(text, 14, 2);
    const int second = number_at(text, 17, 2);
    const bool is_moment = millis && date.ok() && date.year() >= std::chrono::year{1970} &&
                           hour <= 23 && minute <= 59 && second <= 60;
    if (!is_moment) return std::nullopt;
    return TimePoint{std::chrono::sys_days{date}} + std::chrono::hours{hour} +
           std::chrono::minutes{minute} + std::chrono::seconds{second} +
           std::chrono::milliseconds{*millis};
}

}  // namespace accessd
