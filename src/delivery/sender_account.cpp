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

std::string to_document(const SenderAccount& account)
{
    if (account.kind == SenderKind::Smtp) return to_document(account.smtp);
    return nlohmann::json{{"settings", account.settings}, {"prefixes", account.prefixes}}.dump();
}

void read_document(std::string_view document, SenderAccount& account)
{
    if (account.kind == SenderKind::Smtp) {
        account.smtp = parse_smtp_settings(document).value_or(SmtpSettings{});
        return;
    }
    const auto json = nlohmann::json::parse(document, nullptr, false);
    if (!json.is_object()) return;
    try {
        json.at("settings").get_to(account.settings);
        json.at("prefixes").get_to(account.prefixes);
    } catch (const std::exception&) {  // Written by another release, or changed by hand.
        return;
    }
}

Secret to_secrets_text(const std::map<std::string, Secret>& secrets)
{
    auto json = nlohmann::json::object();
    for (const auto& [name, secret] : secrets) json[name] = secret.reveal();
    return Secret{json.dump()};
}

std::map<std::string, Secret> from_secrets_text(const Secret& text)
{
    std::map<std::string, Secret> secrets;
    const auto json = nlohmann::json::parse(text.reveal(), nullptr, false);
    if (!json.is_object()) return secrets;
    for (const auto& [name, value] : json.items()) {
        if (value.is_string()) secrets.emplace(name, Secret{value.get<std::string>()});
    }
    return secrets;
}

Result<ProviderAccount> open_account(const SenderAccount& account, const crypto::Keyring& keyring)
{
    ProviderAccount opened{account.kind, account.channel, account.settings, {}};
    if (account.sealed_secrets.empty()) return opened;
    ACCESSD_TRY(const auto text,
                keyring.unseal(account.sealed_secrets, sender_context(account.id, "secrets")));
    opened.secrets = from_secrets_text(text);
    return opened;
}

}  // namespace accessd::delivery
