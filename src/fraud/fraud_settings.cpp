#include "fraud/fraud_settings.h"

#include <nlohmann/json.hpp>

#include <cstdlib>

namespace accessd::fraud {

std::string_view to_text(Mode mode)
{
    switch (mode) {
    case Mode::On: return "on";
    case Mode::DryRun: return "dry_run";
    case Mode::Off: return "off";
    }
    std::abort();
}

std::optional<Mode> parse_mode(std::string_view text)
{
    for (const auto mode : {Mode::On, Mode::DryRun, Mode::Off}) {
        if (text == to_text(mode)) return mode;
    }
    return std::nullopt;
}

std::int64_t price_of(const Settings& settings, const std::string& phone)
{
    std::size_t longest = 0;
    std::int64_t price = 0;
    for (const auto& [start, each] : settings.prices) {
        const bool fits = start == "*" || phone.starts_with(start);
        if (fits && start.size() > longest) {
            longest = start.size();
            price = each;
        }
    }
    return price;
}

std::string to_document(const Settings& settings)
{
    return nlohmann::json{
        {"block", to_text(settings.block)},        {"range", to_text(settings.range)},
        {"country", to_text(settings.country)},    {"client", to_text(settings.client)},
        {"caps", to_text(settings.caps)},          {"messages_per_day", settings.messages_per_day},
        {"spend_per_day", settings.spend_per_day}, {"prices", settings.prices}}
        .dump();
}

Settings parse_settings(std::string_view document)
{
    Settings settings;
    const auto json = nlohmann::json::parse(document, nullptr, false);
    if (!json.is_object()) return settings;
    const auto read_mode = [&](const char* name, Mode& mode) {
        mode = parse_mode(json.value(name, std::string{})).value_or(mode);
    };
    try {
        read_mode("block", settings.block);
        read_mode("range", settings.range);
        read_mode("country", settings.country);
        read_mode("client", settings.client);
        read_mode("caps", settings.caps);
        settings.messages_per_day = json.value("messages_per_day", settings.messages_per_day);
        settings.spend_per_day = json.value("spend_per_day", settings.spend_per_day);
        settings.prices = json.value("prices", settings.prices);
    } catch (const std::exception&) {  // Written by another release, or changed by hand.
        return Settings{};
    }
    return settings;
}

}  // namespace accessd::fraud
