#pragma once

#include "base/result.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace accessd::fraud {

/// What a rule does where it finds something.
enum class Mode {
    On,      ///< Stops messages.
    DryRun,  ///< Says what it would have stopped.
    Off,
};
std::string_view to_text(Mode mode);  ///< "on", "dry_run", "off".
std::optional<Mode> parse_mode(std::string_view text);

/// A project's guard of its phone messages. Money is in millionths of the price table's currency.
struct Settings {
    Mode block = Mode::On;  ///< fraud_rules.h has what these four count.
    Mode range = Mode::On;
    Mode country = Mode::On;
    Mode client = Mode::On;
    Mode caps = Mode::On;  ///< Of the two below.
    /// Messages in a day (UTC). A day of a small business has far fewer, and of a large one somebody looks.
    std::int64_t messages_per_day = 10'000;
    std::int64_t spend_per_day = 0;  ///< 0: no cap.
    std::map<std::string, std::int64_t>
        prices;                ///< Of a message by the number's start: "+34", or "*".
    std::int64_t version = 0;  ///< From 1; 0: nobody has changed anything.
};

/// The price of a message to this number: that of the longest start that fits; 0 where none does.
std::int64_t price_of(const Settings& settings, const std::string& phone);

/// As the store keeps them: a JSON object.
std::string to_document(const Settings& settings);
/// The standard for text that isn't such a document.
Settings parse_settings(std::string_view document);

}  // namespace accessd::fraud
