#include "contacts/email_address.h"

#include <idn2.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

namespace accessd::contacts {
namespace {

constexpr std::size_t kTextMax = 1000;    // Before normalisation; far above any real address.
constexpr std::size_t kAddressMax = 254;  // RFC 5321, 4.5.3.1.3 less the angle brackets.
constexpr std::size_t kLocalPartMax = 64;

Error refuse(std::string sentence)
{
    return Error{ErrorCode::InvalidEmail}.saying(std::move(sentence));
}

bool is_ascii(std::string_view text)
{
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// Characters that people don't see: two addresses that look alike must not differ in them.
bool has_invisible_character(std::string_view text)
{
    const auto length = static_cast<std::int32_t>(text.size());
    for (std::int32_t i = 0; i < length;) {
        UChar32 character = 0;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"  // ICU's macro narrows knowingly.
#pragma GCC diagnostic ignored "-Wsign-conversion"
        U8_NEXT(text.data(), i, length, character);
#pragma GCC diagnostic pop
        if (character < 0) return true;  // Not UTF-8.
        if (u_hasBinaryProperty(character, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0) return true;
        if (u_charType(character) == U_CONTROL_CHAR && u_isUWhiteSpace(character) == 0) return true;
    }
    return false;
}

/// NFKC and lower case, by Unicode's rules without any language's.
std::optional<std::string> normalise(std::string_view text)
{
    UErrorCode status = U_ZERO_ERROR;
    std::vector<UChar> wide(text.size() + 1);
    std::int32_t length = 0;
    u_strFromUTF8(wide.data(), static_cast<std::int32_t>(wide.size()), &length, text.data(),
                  static_cast<std::int32_t>(text.size()), &status);

    const auto* nfkc = unorm2_getNFKCInstance(&status);
    std::vector<UChar> composed(wide.size() * 18);  // No character grows to more under NFKC.
    length = unorm2_normalize(nfkc, wide.data(), length, composed.data(),
                              static_cast<std::int32_t>(composed.size()), &status);
    std::vector<UChar> lower(composed.size() * 3);
    length = u_strToLower(lower.data(), static_cast<std::int32_t>(lower.size()), composed.data(),
                          length, "", &status);
    std::string out(static_cast<std::size_t>(length) * 3 + 1, '\0');
    std::int32_t bytes = 0;
    u_strToUTF8(out.data(), static_cast<std::int32_t>(out.size()), &bytes, lower.data(), length,
                &status);
    if (U_FAILURE(status)) return std::nullopt;
    out.resize(static_cast<std::size_t>(bytes));
    return out;
}

std::string lower_ascii(std::string_view text)
{
    std::string out{text};
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

std::string_view trim(std::string_view text)
{
    constexpr std::string_view blanks = " \t\r\n\v\f";
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// A dot-atom (RFC 5322, 3.2.3) without %, | and `, which relays and shells have read as commands.
bool is_local_part(std::string_view text)
{
    if (text.empty() || text.size() > kLocalPartMax) return false;
    if (text.front() == '.' || text.back() == '.') return false;
    if (text.find("..") != std::string_view::npos) return false;
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               std::string_view{".!#$&'*+-/=?^_{}~"}.find(c) != std::string_view::npos;
    });
}

/// libidn2 drops other ASCII characters instead of refusing them, and one mailbox would have many
/// spellings.
bool has_only_host_characters(std::string_view domain)
{
    return std::all_of(domain.begin(), domain.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
               static_cast<unsigned char>(c) >= 0x80;
    });
}

/// IDNA 2008. Most domains are plain: what IDNA would change holds either other characters than ASCII or
/// "--", and asking libidn2 costs more than all the rest.
std::optional<std::string> to_idna(const std::string& domain)
{
    if (is_ascii(domain) && domain.find("--") == std::string::npos) return domain;
    char* raw = nullptr;
    const int status =
        idn2_to_ascii_8z(domain.c_str(), &raw, IDN2_NONTRANSITIONAL | IDN2_USE_STD3_ASCII_RULES);
    const std::unique_ptr<char, void (*)(void*)> owner{raw, idn2_free};
    if (status != IDN2_OK) return std::nullopt;
    return lower_ascii(raw);
}

/// The domain in ASCII, or nothing if it isn't one a mail could go to.
std::optional<std::string> to_ascii_domain(const std::string& domain)
{
    if (!has_only_host_characters(domain)) return std::nullopt;
    auto idna = to_idna(domain);
    if (!idna) return std::nullopt;
    auto& ascii = *idna;
    if (ascii.empty() || ascii.size() > 253 || ascii.front() == '.' || ascii.back() == '.') {
        return std::nullopt;
    }
    std::size_t labels = 0;
    std::string_view last;
    for (std::size_t start = 0; start <= ascii.size(); ++labels) {
        const auto end = std::min(ascii.find('.', start), ascii.size());
        last = std::string_view{ascii}.substr(start, end - start);
        if (last.empty() || last.size() > 63 || last.front() == '-' || last.back() == '-') {
            return std::nullopt;
        }
        start = end + 1;
    }
    const bool is_number =
        std::all_of(last.begin(), last.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (labels < 2 || is_number) return std::nullopt;  // A bare host, or an IP address.
    return ascii;
}

}  // namespace

Result<EmailAddress> EmailAddress::parse(std::string_view text)
{
    if (text.size() > kTextMax) return refuse("The email address is too long.");

    std::string normal;
    if (is_ascii(text)) {
        normal = lower_ascii(trim(text));  // NFKC changes no ASCII; most addresses stop here.
    } else {
        if (has_invisible_character(text)) {
            return refuse("The email address contains invisible characters.");
        }
        const auto composed = normalise(text);
        if (!composed) return refuse("The email address isn't valid text.");
        normal = trim(*composed);
    }

    const auto at = normal.find('@');
    if (at == std::string::npos || normal.find('@', at + 1) != std::string::npos) {
        return refuse("An email address has one @ between a name and a domain.");
    }
    if (!is_local_part(std::string_view{normal}.substr(0, at))) {
        return refuse("The part of the email address before the @ isn't one we can deliver to.");
    }
    const auto domain = to_ascii_domain(normal.substr(at + 1));
    if (!domain) return refuse("The domain of the email address isn't valid.");

    auto canonical = normal.substr(0, at + 1) + *domain;
    if (canonical.size() > kAddressMax) return refuse("The email address is too long.");
    return EmailAddress{std::move(canonical)};
}

std::string_view EmailAddress::local_part() const
{
    return std::string_view{text_}.substr(0, text_.find('@'));
}

std::string_view EmailAddress::domain() const
{
    return std::string_view{text_}.substr(text_.find('@') + 1);
}

std::string EmailAddress::limit_key() const
{
    std::string local{local_part()};
    // A plus at the start belongs to the name: there must be one left.
    if (const auto plus = local.find('+', 1); plus != std::string::npos) local.resize(plus);
    if (domain() == "gmail.com" || domain() == "googlemail.com") std::erase(local, '.');
    return local + "@" + std::string{domain()};
}

std::string EmailAddress::masked() const { return masked_email(text_); }

std::string masked_email(std::string_view canonical)
{
    const auto at = canonical.find('@');
    if (at == std::string_view::npos) return "•••";
    return std::string{canonical.substr(0, 1)} + "•••" + std::string{canonical.substr(at)};
}

}  // namespace accessd::contacts
