#include "delivery/mail_headers.h"

#include "base/encoding.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <iterator>

namespace accessd::delivery {
namespace {

constexpr std::size_t kAnswerMax = 200;

/// RFC 2047, 2: an encoded word has at most 75 characters; "=?UTF-8?B?" and "?=" take 12 of them,
/// which leaves 60 of base64 (a multiple of 4) for 45 bytes.
constexpr std::size_t kWordBytesMax = 45;

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7f'; }

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; }

bool is_ascii(std::string_view text)
{
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string without_controls(std::string_view text)
{
    std::string clean;
    std::copy_if(text.begin(), text.end(), std::back_inserter(clean),
                 [](char c) { return !is_control(c); });
    return clean;
}

/// Encoded words of whole characters, each on a line of its own.
std::string encoded_words(std::string_view text)
{
    std::string words;
    while (!text.empty()) {
        auto length = std::min(text.size(), kWordBytesMax);
        // At most three bytes back: text that isn't UTF-8 must not shrink to nothing.
        for (int i = 0; i < 3 && length < text.size() && is_continuation(text[length]); ++i)
            --length;
        if (!words.empty()) words += "\r\n ";
        words += "=?UTF-8?B?" + to_base64(text.substr(0, length)) + "?=";
        text.remove_prefix(length);
    }
    return words;
}

/// A header of free text. "=?" is encoded as well: readers would take it for an encoded word.
std::string unstructured(std::string_view text)
{
    const auto clean = without_controls(text);
    // RFC 5322, 2.1.1: lines should stay within 78 characters, "Subject: " included.
    const bool is_simple =
        is_ascii(clean) && clean.size() <= 69 && clean.find("=?") == std::string::npos;
    return is_simple ? clean : encoded_words(clean);
}

/// A display name before an address: quoted, or encoded where it isn't ASCII.
std::string display_name(std::string_view name)
{
    const auto clean = without_controls(name);
    if (!is_ascii(clean) || clean.find("=?") != std::string::npos) return encoded_words(clean);
    std::string quoted = "\"";
    for (const char c : clean) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted + '"';
}

std::string mailbox(std::string_view name, std::string_view address)
{
    const auto clean = without_controls(address);
    if (name.empty()) return clean;
    const auto shown = display_name(name);
    const auto* gap = shown.size() + clean.size() > 68 ? "\r\n " : " ";
    return shown + gap + '<' + clean + '>';
}

/// RFC 5322, 3.3: "Sun, 01 Mar 2026 09:30:00 +0000". Written out, as strftime follows the locale.
std::string to_mail_date(TimePoint time)
{
    static constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{std::chrono::floor<std::chrono::seconds>(time - day)};
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d +0000",
                  kDays[std::chrono::weekday{day}.c_encoding()], static_cast<unsigned>(date.day()),
                  kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                  static_cast<int>(clock.hours().count()),
                  static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()));
    return text.data();
}

}  // namespace

std::vector<std::string> mail_headers(const OutgoingMail& mail)
{
    const auto domain = domain_of(mail.from);
    std::vector<std::string> lines{
        "From: " + mailbox(mail.from_name, mail.from),
        "To: " + mailbox({}, mail.recipient),
        "Subject: " + unstructured(mail.subject),
        "Date: " + to_mail_date(mail.date),
        "Message-ID: <" + without_controls(mail.message_id) + '@' + without_controls(domain) + '>',
        "Auto-Submitted: auto-generated",
        "Content-Language: " + std::string{contacts::to_text(mail.language)}};
    if (!mail.reply_to.empty()) lines.push_back("Reply-To: " + mailbox({}, mail.reply_to));
    return lines;
}

std::string_view domain_of(std::string_view address)
{
    const auto at = address.rfind('@');
    return at == std::string_view::npos ? std::string_view{} : address.substr(at + 1);
}

bool is_plain_address(std::string_view address)
{
    const auto is_special = [](char c) {
        return is_control(c) || c == ' ' || c == '<' || c == '>';
    };
    return address.find('@') != std::string_view::npos &&
           std::none_of(address.begin(), address.end(), is_special);
}

std::string without_addresses(std::string_view answer)
{
    // What may stand around an address; everything between two of these goes if it has an '@'.
    constexpr std::string_view kAround = " \t<>()[]{},;:\"'";
    std::string clean;
    for (std::size_t i = 0; i < answer.size();) {
        if (kAround.find(answer[i]) != std::string_view::npos) {
            clean += answer[i++];
            continue;
        }
        const auto end = std::min(answer.find_first_of(kAround, i), answer.size());
        const auto word = answer.substr(i, end - i);
        i = end;
        if (word.find('@') == std::string_view::npos) {
            clean += word;
            continue;
        }
        const bool has_brackets = clean.ends_with('<') && i < answer.size() && answer[i] == '>';
        clean += has_brackets ? "address" : "<address>";
    }
    clean = without_controls(clean);
    // It ends up in JSON, and nobody promises that it is UTF-8.
    std::replace_if(
        clean.begin(), clean.end(),
        [](char c) {
            return !is_ascii({&c, 1});
        },
        '?');
    return clean.substr(0, kAnswerMax);
}

}  // namespace accessd::delivery
