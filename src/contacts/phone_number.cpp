#include "contacts/phone_number.h"

#include <phonenumbers/phonenumberutil.h>

#include <algorithm>
#include <iterator>
#include <set>

namespace accessd::contacts {
namespace {

using i18n::phonenumbers::PhoneNumberUtil;
using Parsed = i18n::phonenumbers::PhoneNumber;

/// Source: api.md, section 5: a plus and a digit, then 5 to 24 digits or formatting characters.
constexpr std::size_t kRestMin = 5;
constexpr std::size_t kRestMax = 24;
/// Source: ITU-T E.164 has 15 at most; shorter than 8 are short codes, which no code is sent to.
constexpr std::size_t kDigitsMin = 8;
constexpr std::size_t kDigitsMax = 15;
constexpr std::string_view kFormatting = " ()./-";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view trimmed(std::string_view text)
{
    const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

Error refuse(std::string sentence)
{
    return Error{ErrorCode::InvalidPhone}.saying(std::move(sentence));
}

bool has_form(std::string_view text)
{
    if (text.size() < 2 + kRestMin || text.size() > 2 + kRestMax) return false;
    if (text[0] != '+' || !is_digit(text[1])) return false;
    return std::all_of(text.begin() + 2, text.end(), [](char c) {
        return is_digit(c) || kFormatting.find(c) != std::string_view::npos;
    });
}

/// Brackets open and close, and hold digits: else what is between them is anybody's guess.
bool has_whole_brackets(std::string_view text)
{
    bool is_open = false;
    bool holds_digits = false;
    for (const char c : text) {
        if (c == '(') {
            if (is_open) return false;
            is_open = true;
            holds_digits = false;
        } else if (c == ')') {
            if (!is_open || !holds_digits) return false;
            is_open = false;
        } else {
            holds_digits = holds_digits || is_digit(c);
        }
    }
    return !is_open;
}

std::string digits_of(std::string_view text)
{
    std::string digits{"+"};
    std::copy_if(text.begin(), text.end(), std::back_inserter(digits), is_digit);
    return digits;
}

bool parse_canonical(const std::string& canonical, Parsed& number)
{
    const auto& util = *PhoneNumberUtil::GetInstance();
    return util.Parse(canonical, "ZZ", &number) == PhoneNumberUtil::NO_PARSING_ERROR;
}

LineType line_of(PhoneNumberUtil::PhoneNumberType type)
{
    switch (type) {
    case PhoneNumberUtil::MOBILE: return LineType::Mobile;
    case PhoneNumberUtil::FIXED_LINE_OR_MOBILE: return LineType::FixedOrMobile;
    case PhoneNumberUtil::FIXED_LINE: return LineType::Fixed;
    default: return LineType::Other;
    }
}

}  // namespace

bool is_e164(std::string_view text)
{
    return text.size() > kDigitsMin && text.size() <= 1 + kDigitsMax && text[0] == '+' &&
           text[1] != '0' && std::all_of(text.begin() + 1, text.end(), is_digit);
}

Result<PhoneNumber> PhoneNumber::parse(std::string_view text)
{
    text = trimmed(text);
    if (text.starts_with("00")) {
        return refuse("Write the number with a plus in place of 00: +34600123456.");
    }
    if (!has_form(text) || !has_whole_brackets(text)) {
        return refuse("A phone number is a plus, the country's code and digits: +34600123456.");
    }
    auto digits = digits_of(text);
    if (!is_e164(digits)) {
        return refuse("A phone number has 8 to 15 digits, the first of which is not 0.");
    }
    // "+44 (0)20…" and "+4420…" are one number, which must not have two forms, or it would have two limits.
    Parsed number;
    if (!parse_canonical(digits, number)) return PhoneNumber{std::move(digits)};
    std::string formatted;
    const auto& util = *PhoneNumberUtil::GetInstance();
    if (!util.IsValidNumber(number)) return PhoneNumber{std::move(digits)};
    util.Format(number, PhoneNumberUtil::E164, &formatted);
    if (!is_e164(formatted)) return PhoneNumber{std::move(digits)};
    return PhoneNumber{std::move(formatted)};
}

Result<PhoneNumber> PhoneNumber::parse_parameter(std::string text)
{
    if (text.starts_with(' ')) text.front() = '+';
    return parse(text);
}

PhonePlan PhoneNumber::plan() const
{
    PhonePlan plan;
    Parsed number;
    if (!parse_canonical(text_, number)) return plan;
    const auto& util = *PhoneNumberUtil::GetInstance();
    plan.is_valid = util.IsPossibleNumber(number) && util.IsValidNumber(number);
    if (!plan.is_valid) return plan;
    util.GetRegionCodeForNumber(number, &plan.country);
    if (plan.country == "001" || plan.country == "ZZ") plan.country.clear();
    plan.line = line_of(util.GetNumberType(number));
    return plan;
}

std::string PhoneNumber::masked() const { return masked_phone(text_); }

std::string masked_phone(std::string_view canonical)
{
    constexpr std::size_t shown_last = 2;
    const auto code = calling_code(canonical);
    if (!canonical.starts_with('+') || canonical.size() < 1 + code.size() + shown_last) {
        return "•••";
    }
    return "+" + code + "•••••" + std::string{canonical.substr(canonical.size() - shown_last)};
}

std::string calling_code(std::string_view canonical)
{
    // No code is the start of another (ITU-T E.164, 6.2.1), so the first that fits is it.
    static const auto known = [] {
        std::set<int> codes;
        PhoneNumberUtil::GetInstance()->GetSupportedCallingCodes(&codes);
        return codes;
    }();
    constexpr std::size_t longest = 3;
    if (!canonical.starts_with('+')) return {};
    int code = 0;
    for (std::size_t i = 1; i < canonical.size() && i <= longest && is_digit(canonical[i]); ++i) {
        code = code * 10 + (canonical[i] - '0');
        if (known.count(code) != 0) return std::to_string(code);
    }
    return {};
}

}  // namespace accessd::contacts
