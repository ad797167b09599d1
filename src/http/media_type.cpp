#include "http/media_type.h"

#include <algorithm>

namespace accessd::http {
namespace {

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kProblem = "application/problem+json";
constexpr int kQualityMax = 1000;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

/// Takes the text before the next separator off the front of `rest`, trimmed.
std::string_view take_part(std::string_view& rest, char separator)
{
    const auto end = rest.find(separator);
    const auto part = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    return trim(part);
}

/// Thousandths; what isn't a weight reads as the best one, as if it weren't there.
int parse_quality(std::string_view text)
{
    if (text.empty() || text.front() != '0') return kQualityMax;
    int quality = 0;
    int unit = kQualityMax;
    text.remove_prefix(std::min<std::size_t>(2, text.size()));  // "0."
    for (const char c : text) {
        if (c < '0' || c > '9') return kQualityMax;
        unit /= 10;
        quality += (c - '0') * unit;
    }
    return quality;
}

int find_quality(std::string_view parameters)
{
    while (!parameters.empty()) {
        const auto parameter = take_part(parameters, ';');
        if (parameter.size() >= 2 && equals_no_case(parameter.substr(0, 2), "q=")) {
            return parse_quality(parameter.substr(2));
        }
    }
    return kQualityMax;
}

int specificity_for(std::string_view range, std::string_view type)
{
    if (equals_no_case(range, type)) return 2;
    if (equals_no_case(range, "application/*")) return 1;
    return range == "*/*" ? 0 : -1;
}

}  // namespace

bool equals_no_case(std::string_view a, std::string_view b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trim(std::string_view text)
{
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

void Accept::read(std::string_view value)
{
    while (!value.empty()) {
        auto parameters = take_part(value, ',');
        if (parameters.empty()) continue;
        has_ranges_ = true;
        const auto range = take_part(parameters, ';');
        const auto quality = find_quality(parameters);
        const auto hear = [&](Opinion& opinion, std::string_view type) {
            const auto specificity = specificity_for(range, type);
            if (specificity > opinion.specificity) opinion = {specificity, quality};
        };
        hear(json_, kJson);
        hear(problem_, kProblem);
    }
}

bool Accept::allows_json() const
{
    return !has_ranges_ || json_.quality > 0 || problem_.quality > 0;
}

bool Accept::prefers_problem() const
{
    if (problem_.specificity < 2 || problem_.quality == 0) return false;
    if (problem_.quality != json_.quality) return problem_.quality > json_.quality;
    return json_.specificity < 2;
}

bool is_json_type(std::string_view content_type)
{
    if (!equals_no_case(take_part(content_type, ';'), kJson)) return false;
    while (!content_type.empty()) {
        const auto parameter = take_part(content_type, ';');
        const bool is_fine = parameter.empty() || equals_no_case(parameter, "charset=utf-8") ||
                             equals_no_case(parameter, "charset=\"utf-8\"");
        if (!is_fine) return false;
    }
    return true;
}

}  // namespace accessd::http
