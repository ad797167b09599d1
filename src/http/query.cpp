#include "http/field_rules.h"
#include "http/fields.h"
#include "http/percent_decoding.h"

#include "base/encoding.h"

#include <algorithm>
#include <charconv>

namespace accessd::http {
namespace {

constexpr std::int64_t kPageItemsMax = 200;  // Source: api.md, section 1.
constexpr std::size_t kCursorCharactersMax = 400;

std::optional<std::int64_t> parse_integer(const std::string& text)
{
    std::int64_t value = 0;
    const auto* end = text.data() + text.size();
    const auto [rest, problem] = std::from_chars(text.data(), end, value);
    if (problem != std::errc{} || rest != end) return std::nullopt;
    return value;
}

}  // namespace

Query::Query(const Request& request)
{
    std::string_view rest = request.query;
    while (!rest.empty()) {
        const auto end = std::min(rest.find('&'), rest.size());
        const auto pair = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (pair.empty()) continue;
        const auto equals = std::min(pair.find('='), pair.size());
        auto name = percent_decode(pair.substr(0, equals), Plus::Blank);
        auto value = percent_decode(pair.substr(std::min(equals + 1, pair.size())), Plus::Blank);
        if (!name || !value) {
            // Its own bytes may be no text at all, so they aren't repeated.
            const auto field = name.value_or("?");
            issues_.push_back({field, "must be percent-encoded UTF-8"});
            known_.push_back(field);
            continue;
        }
        const bool is_repeated =
            std::any_of(values_.begin(), values_.end(),
                        [&](const auto& other) { return other.first == *name; });
        if (is_repeated) {
            refuse(*name, "must be given once");
        } else {
            values_.emplace_back(std::move(*name), std::move(*value));
        }
    }
}

std::optional<std::string> Query::string(std::string_view name, std::size_t max)
{
    known_.emplace_back(name);
    const auto found = std::find_if(values_.begin(), values_.end(),
                                    [&](const auto& value) { return value.first == name; });
    if (found == values_.end()) return std::nullopt;
    if (auto issue = find_text_issue(found->second, 1, max, Lines::One)) {
        refuse(name, std::move(*issue));
        return std::nullopt;
    }
    return found->second;
}

std::optional<std::string> Query::choice(std::string_view name,
                                         std::initializer_list<std::string_view> allowed)
{
    auto value = string(name);
    if (!value) return std::nullopt;
    if (std::find(allowed.begin(), allowed.end(), *value) == allowed.end()) {
        refuse(name, choice_issue(allowed));
        return std::nullopt;
    }
    return value;
}

std::optional<std::int64_t> Query::integer(std::string_view name, std::int64_t min,
                                           std::int64_t max)
{
    const auto text = string(name);
    if (!text) return std::nullopt;
    const auto value = parse_integer(*text);
    if (!value || *value < min || *value > max) {
        refuse(name, range_issue(min, max));
        return std::nullopt;
    }
    return value;
}

PageRequest Query::page()
{
    PageRequest page;
    if (const auto limit = integer("limit", 1, kPageItemsMax))
        page.limit = static_cast<int>(*limit);
    const auto cursor = string("cursor", kCursorCharactersMax);
    if (!cursor) return page;
    page.after = from_base64url(*cursor);
    const bool is_id = page.after && !page.after->empty() &&
                       std::all_of(page.after->begin(), page.after->end(),
                                   [](char c) { return c > ' ' && c < 0x7f; });
    if (!is_id) {
        refuse("cursor", "must be the next_cursor of a page before");
        page.after.reset();
    }
    return page;
}

void Query::refuse(std::string_view name, std::string issue)
{
    issues_.push_back({std::string{name}, std::move(issue)});
}

Result<void> Query::check() const
{
    auto issues = issues_;
    for (const auto& [name, value] : values_) {
        if (std::find(known_.begin(), known_.end(), name) == known_.end()) {
            issues.push_back({name, "isn't a known parameter"});
        }
    }
    return judge(std::move(issues));
}

std::string to_cursor(std::string_view id) { return to_base64url(id); }

}  // namespace accessd::http
