#include "delivery/delivery_report.h"

#include "delivery/receipt_forms.h"

#include <algorithm>
#include <array>

namespace accessd::delivery {
namespace {

constexpr std::size_t kFieldMax = 1000;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool begins_with(std::string_view text, std::string_view start)
{
    return text.size() >= start.size() &&
           std::equal(start.begin(), start.end(), text.begin(),
                      [](char a, char b) { return lower(a) == lower(b); });
}

std::string_view trimmed(std::string_view text)
{
    const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

/// Takes the next field off the front of `rest`, continued lines joined (RFC 5322, 2.2.3).
std::string next_line(std::string_view& rest)
{
    std::string line;
    while (true) {
        const auto end = std::min(rest.find('\n'), rest.size());
        if (line.size() < kFieldMax) {
            line += (line.empty() ? "" : " ") + std::string{trimmed(rest.substr(0, end))};
        }
        rest.remove_prefix(std::min(end + 1, rest.size()));
        const bool is_continued =
            !line.empty() && (rest.starts_with(' ') || rest.starts_with('\t'));
        if (!is_continued) return line.substr(0, kFieldMax);
    }
}

/// The value of a field with this name, behind its type ("smtp; 550 ..." is "550 ...").
std::optional<std::string> value_of(std::string_view line, std::string_view name)
{
    if (!begins_with(line, name) || line.size() <= name.size() || line[name.size()] != ':') {
        return std::nullopt;
    }
    return std::string{trimmed(line.substr(name.size() + 1))};
}

void read_action(std::string_view action, DeliveryReport& report)
{
    if (begins_with(action, "failed")) report.kind = Receipt::Kind::Bounced;
    if (begins_with(action, "delayed")) report.kind = Receipt::Kind::Deferred;
    if (begins_with(action, "delivered")) report.kind = Receipt::Kind::Delivered;
}

/// The fields after which the mail that the report is about may be named.
bool names_message(std::string_view line)
{
    constexpr std::array kNames{"Message-ID:", "Original-Envelope-Id:", "In-Reply-To:"};
    return std::any_of(kNames.begin(), kNames.end(),
                       [&](const char* name) { return begins_with(line, name); });
}

}  // namespace

std::optional<DeliveryReport> parse_delivery_report(std::string_view text)
{
    DeliveryReport report;
    bool has_action = false;
    while (!text.empty()) {
        const auto line = next_line(text);
        if (const auto action = value_of(line, "Action"); action && !has_action) {
            has_action = true;
            read_action(*action, report);
        } else if (const auto status = value_of(line, "Status"); status && report.status.empty()) {
            report.status = status->substr(0, status->find_first_of(" (;"));
        } else if (const auto words = value_of(line, "Diagnostic-Code");
                   words && report.diagnostic.empty()) {
            const auto type = words->find(';');
            report.diagnostic =
                trimmed(type == std::string::npos ? *words : words->substr(type + 1));
        } else if (names_message(line) && report.message_id.empty()) {
            report.message_id = find_message_id(line).value_or("");
        }
    }
    if (!has_action || report.message_id.empty()) return std::nullopt;
    return report;
}

}  // namespace accessd::delivery
