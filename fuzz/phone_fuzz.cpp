// Phone numbers: texts whose one canonical form decides whose window of sends it is.

#include "fuzz.h"

#include "contacts/phone_number.h"

#include <algorithm>

namespace accessd::fuzz {
namespace {

using contacts::PhoneNumber;

void check_phone(std::string_view text)
{
    const auto number = PhoneNumber::parse(text);
    if (!number) {
        require(number.error().code == ErrorCode::InvalidPhone, "a refusal is INVALID_PHONE");
        require(!number.error().message.empty(), "a refusal says why");
        return;
    }
    require(contacts::is_e164(number->text()), "a number is E.164");
    require(std::all_of(text.begin(), text.end(),
                        [](char c) {
                            return std::string_view{"+0123456789 ()./-\t"}.find(c) !=
                                   std::string_view::npos;
                        }),
            "a number has nothing but digits and formatting");
    const auto again = PhoneNumber::parse(number->text());
    require(again.has_value() && *again == *number, "a canonical number is its own");
    const auto parameter = PhoneNumber::parse_parameter(" " + number->text().substr(1));
    require(parameter.has_value() && *parameter == *number, "a URL's space is a plus");
    require(number->masked().find(number->text().substr(1)) == std::string::npos,
            "a mask hides the number");
    static_cast<void>(number->plan());
}

}  // namespace
}  // namespace accessd::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    accessd::fuzz::check_phone(accessd::fuzz::to_view(data, size));
    return 0;
}
