#pragma once

#include "base/result.h"

#include <string>
#include <string_view>

namespace accessd::contacts {

/// What a number is by its country's numbering plan.
enum class LineType {
    Mobile,
    FixedOrMobile,  ///< The plan doesn't tell them apart, as in the United States.
    Fixed,
    Other,  ///< Toll-free, premium rate, pagers, voice over IP and the like.
};

/// What the numbering plan says of a number.
struct PhonePlan {
    bool is_valid = false;  ///< The plan has such numbers. The rest holds only of those.
    std::string country;    ///< ISO 3166-1 alpha-2; empty for numbers of no country (+883).
    LineType line = LineType::Other;
};

/// A phone number in its one canonical form, E.164, which identity, limits, storage and delivery share.
class PhoneNumber {
public:
    /// Takes a plus, digits and the formatting that people write between them: spaces, dashes, dots,
    /// brackets, slashes. What isn't in that alphabet never reaches a library. A zero that is dialled
    /// only within its country ("+44 (0)20 …") is dropped where the country's plan says so.
    /// Errors: InvalidPhone. Source: api.md, section 5.
    static Result<PhoneNumber> parse(std::string_view text);
    /// As parse(), of a parameter in a URL, where a plus that wasn't written as %2B has become a space.
    static Result<PhoneNumber> parse_parameter(std::string text);
    /// For text that is known to be canonical: what a store kept. Nothing checks it.
    static PhoneNumber from_canonical(std::string text) { return PhoneNumber{std::move(text)}; }

    const std::string& text() const { return text_; }
    /// Threads: safe to call concurrently; costs some microseconds.
    PhonePlan plan() const;
    std::string masked() const;

    bool operator==(const PhoneNumber&) const = default;

private:
    explicit PhoneNumber(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

/// "+34•••••89": the country and the end, which the person knows. For canonical text.
std::string masked_phone(std::string_view canonical);

/// A plus and 8 to 15 digits, the first of which isn't 0.
bool is_e164(std::string_view text);

/// The calling code at the start of a canonical number: "34" of "+34…"; empty for a code nobody has.
std::string calling_code(std::string_view canonical);

}  // namespace accessd::contacts
