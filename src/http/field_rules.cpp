#include "http/field_rules.h"

namespace accessd::http {
namespace {

constexpr std::size_t kIssuesMax = 50;
/// Names come from the caller and go back to it; nobody needs all of a long one.
constexpr std::size_t kNameBytesMax = 128;

std::string length_issue(std::size_t min, std::size_t max)
{
    const auto most = std::to_string(max) + (max == 1 ? " character" : " characters");
    if (min == max) return "must be " + most;
    if (min == 0) return "must be at most " + most;
    return "must be " + std::to_string(min) + " to " + most;
}

/// Whether a byte of UTF-8 belongs to the character that began before it.
bool is_inner(char byte) { return (static_cast<unsigned char>(byte) & 0xc0U) == 0x80U; }

/// Whether the character that begins at `at` is of the general category Cc: C0, delete or C1.
bool is_control(const std::string& text, std::size_t at)
{
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte == 0xc2) return static_cast<unsigned char>(text[at + 1]) < 0xa0;
    return byte < 0x20 || byte == 0x7f;
}

void shorten(std::string& name)
{
    if (name.size() <= kNameBytesMax) return;
    auto end = kNameBytesMax;
    while (end > 0 && is_inner(name[end])) --end;
    name.resize(end);
    name += "...";
}

}  // namespace

std::optional<std::string> find_text_issue(const std::string& text, std::size_t min,
                                           std::size_t max, Lines lines)
{
    std::size_t characters = 0;
    bool has_controls = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (is_inner(text[i])) continue;
        ++characters;
        const bool is_welcome = lines == Lines::Several && (text[i] == '\n' || text[i] == '\t');
        if (is_control(text, i) && !is_welcome) has_controls = true;
    }
    if (characters < min || characters > max) return length_issue(min, max);
    if (has_controls) return "must not contain control characters";
    return std::nullopt;
}

std::string range_issue(std::int64_t min, std::int64_t max)
{
    const bool has_min = min != INT64_MIN;
    const bool has_max = max != INT64_MAX;
    if (has_min && has_max) return "must be " + std::to_string(min) + " to " + std::to_string(max);
    if (has_min) return "must be at least " + std::to_string(min);
    if (has_max) return "must be at most " + std::to_string(max);
    return "must fit into 64 bits";
}

std::string choice_issue(std::initializer_list<std::string_view> allowed)
{
    std::string issue = allowed.size() == 1 ? "must be " : "must be one of ";
    for (const auto* word = allowed.begin(); word != allowed.end(); ++word) {
        if (word != allowed.begin()) issue += ", ";
        issue += *word;
    }
    return issue;
}

Result<void> judge(std::vector<FieldIssue> issues)
{
    if (issues.empty()) return {};
    Error error{ErrorCode::InvalidRequest};
    if (issues.size() > kIssuesMax) {
        const auto omitted = issues.size() - kIssuesMax;
        error.details.emplace_back("fields_omitted", static_cast<std::int64_t>(omitted));
        issues.resize(kIssuesMax);
    }
    for (auto& issue : issues) shorten(issue.field);
    error.fields = std::move(issues);
    return error;
}

}  // namespace accessd::http
