#include "delivery/sender_account.h"

#include <nlohmann/json.hpp>

#include <cstdlib>

namespace accessd::delivery {

using Security = config::Smtp::Security;

std::string_view to_text(Security security)
{
    switch (security) {
    case Security::StartTls: return "starttls";
    case Security::Tls: return "tls";
    case Security::None: return "none";
    }
    std::abort();
}

std::optional<Security> parse_security(std::string_view text)
{
    for (const auto security : {Security::StartTls, Security::Tls, Security::None}) {
        if (text == to_text(security)) return security;
    }
    return std::nullopt;
}

std::string to_document(const SmtpSettings& settings)
{
    return nlohmann::json{{"host", settings.host},
                          {"port", settings.port},
                          {"security", to_text(settings.security)},
                          {"user", settings.user},
                          {"from", settings.from},
                          {"from_name", settings.from_name},
                          {"reply_to", settings.reply_to}}
        .dump();
}

std::optional<SmtpSettings> parse_smtp_settings(std::string_view document)
{
    const auto json = nlohmann::json::parse(document, nullptr, false);
    if (!json.is_object()) return std::nullopt;
    SmtpSettings settings;
    try {
        settings.host = json.at("host").get<std::string>();
        settings.port = json.at("port").get<int>();
        settings.security = parse_security(json.at("security").get<std::string>()).value();
        settings.user = json.at("user").get<std::string>();
        settings.from = json.at("from").get<std::string>();
        settings.from_name = json.at("from_name").get<std::string>();
        settings.reply_to = json.at("reply_to").get<std::string>();
    } catch (const std::exception&) {  // Written by another release, or changed by hand.
        return std::nullopt;
    }
    return settings;
}

}  // namespace accessd::delivery
