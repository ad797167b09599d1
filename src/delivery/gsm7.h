#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace accessd::delivery {

/// How many septets a text takes in the alphabet that every phone knows; nothing if it has other
/// characters, which turn the whole message into UCS-2. Source: 3GPP TS 23.038, 6.2.1.
std::optional<int> gsm7_septets(std::string_view utf8);

/// How many messages the networks cut a text into, and bill: 160 septets or 70 UCS-2 units in one, 153 or
/// 67 in each of several.
int sms_segments(std::string_view utf8);

/// The text with what the alphabet lacks written as it has it where that is possible: "Café Ñandú" is
/// "Café Ñandu". What can't be ("日本") stays.
std::string to_gsm7_letters(std::string_view utf8);

}  // namespace accessd::delivery
