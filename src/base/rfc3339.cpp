#include "base/rfc3339.h"

#include <charconv>

namespace accessd {
namespace {

std::optional<int> number_at(std::string_view text, std::size_t start, std::size_t count)
{
    int number = 0;
    const auto part = text.substr(start, count);
    const auto* end = part.data() + part.size();
    const auto read = std::from_chars(part.data(), end, number);
    if (part.size() != count || read.ec != std::errc{} || read.ptr != end || part[0] == '-') {
        return std::nullopt;
    }
    return number;
}

}  // namespace

std::optional<TimePoint> parse_rfc3339(std::string_view text)
{
    using namespace std::chrono;
    const bool has_millis = text.size() == 24 && text[19] == '.';
    if (!has_millis && text.size() != 20) return std::nullopt;
    if (text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':' ||
        text.back() != 'Z') {
        return std::nullopt;
    }
    const auto y = number_at(text, 0, 4), mo = number_at(text, 5, 2), d = number_at(text, 8, 2);
    const auto h = number_at(text, 11, 2), mi = number_at(text, 14, 2), s = number_at(text, 17, 2);
    const auto ms = has_millis ? number_at(text, 20, 3) : std::optional{0};
    if (!y || !mo || !d || !h || !mi || !s || !ms) return std::nullopt;
    const year_month_day date{year{*y}, month{static_cast<unsigned>(*mo)},
                              day{static_cast<unsigned>(*d)}};
    if (!date.ok() || *h > 23 || *mi > 59 || *s > 60) return std::nullopt;
    const auto time = sys_days{date} + hours{*h} + minutes{*mi} + seconds{*s} + milliseconds{*ms};
    if (time < TimePoint{}) return std::nullopt;
    return time;
}

}  // namespace accessd
