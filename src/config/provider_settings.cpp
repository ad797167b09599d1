#include "config/provider_settings.h"

#include <string>
#include <string_view>

namespace accessd::config {
namespace {

/// Adds the settings of a provider of phone messages, which are kept by name.
class ProviderGroup {
public:
    ProviderGroup(std::vector<Setting>& table, std::string_view name, Provider Config::*section)
        : table_(table), name_(name), section_(section)
    {
    }

    Setting& text(std::string_view key, std::string_view help)
    {
        auto& setting = add(key, help);
        setting.get = [s = section_, name = std::string{key}](const Config& c) -> Value {
            const auto& values = (c.*s).values;
            const auto found = values.find(name);
            return found == values.end() ? std::string{} : found->second;
        };
        setting.set = [s = section_, name = std::string{key}](Config& c, const Value& value) {
            const auto& text = std::get<std::string>(value);
            if (text.empty())
                (c.*s).values.erase(name);
            else
                (c.*s).values.insert_or_assign(name, text);
        };
        return setting;
    }

    void secret(std::string_view key, std::string_view help)
    {
        auto& setting = add(key, help);
        setting.is_secret = true;
        setting.get = [s = section_, name = std::string{key}](const Config& c) -> Value {
            const auto& secrets = (c.*s).secrets;
            const auto found = secrets.find(name);
            return found == secrets.end() ? std::string{} : found->second.reveal();
        };
        setting.set = [s = section_, name = std::string{key}](Config& c, const Value& value) {
            (c.*s).secrets.insert_or_assign(name, Secret{std::get<std::string>(value)});
        };
    }

    void usual()
    {
        text(
            "prefixes",
            "Starts of the numbers that this account is for, such as +34 +351. Of several accounts the "
            "longest start that fits is tried first. Empty: all numbers.");
    }

private:
    Setting& add(std::string_view key, std::string_view help)
    {
        auto& setting = table_.emplace_back();
        setting.section = name_;
        setting.key = key;
        setting.kind = Kind::Text;
        setting.help = help;
        return setting;
    }

    std::vector<Setting>& table_;
    std::string_view name_;
    Provider Config::*section_;
};

void add_languages(ProviderGroup& group)
{
    group.text("language_en",
               "The language that the English template is registered under. Empty: en.");
    group.text("language_es", "Empty: es.");
    group.text("language_pt", "Empty: pt_BR.");
}

}  // namespace

void add_providers(std::vector<Setting>& table)
{
    constexpr auto channel = "sms or whatsapp. Empty: sms.";
    ProviderGroup twilio{table, "twilio", &Config::twilio};
    twilio.text("account_sid", "The account, AC and 32 digits. Empty: there is none.");
    twilio.secret("auth_token", "Better kept out of this file: in the environment variable.");
    twilio.text("channel", channel);
    twilio.text("from", "Number or name that messages come from.");
    twilio.text("messaging_service_sid",
                "A messaging service, which chooses the number, in place of from.");
    twilio.text("content_sid", "The approved WhatsApp template; needs one variable, the code.");
    twilio.text("base_url", "Of another region. Empty: https://api.twilio.com.");
    twilio.usual();

    ProviderGroup vonage{table, "vonage", &Config::vonage};
    vonage.text("api_key", "The account. Empty: there is none.");
    vonage.secret("api_secret", "Better kept out of this file: in the environment variable.");
    vonage.secret("signature_secret", "Signs receipts. Empty: none are taken.");
    vonage.text("channel", channel);
    vonage.text("from", "Number or name that messages come from. Required.");
    vonage.text("template", "The approved WhatsApp template of category authentication.");
    add_languages(vonage);
    vonage.text("base_url", "Of another region. Empty: https://api.nexmo.com.");
    vonage.usual();

    ProviderGroup http{table, "sms_http", &Config::sms_http};
    http.text("url",
              "Where a message is handed over, with places such as {{to}}. Empty: there is none.");
    http.text("method", "POST, PUT or GET. Empty: POST.");
    http.secret("headers", "A JSON object: {\"Authorization\": \"Bearer ...\"}.");
    http.text("content", "json or form. Empty: json.");
    http.text("body", "A JSON object with places; docs/phone.md has them.");
    http.text("from", "What {{from}} stands for.");
    http.text("success_pointer", "JSON Pointer to what tells success. Empty: any 2xx is one.");
    http.text("success_value", "What it is then.");
    http.text("id_pointer", "JSON Pointer to the provider's id of the message.");
    http.text("receipts", "yes: receipts are posted to us. Empty: no.");
    http.secret("receipt_secret", "Signs them, 32 characters at least.");
    http.text("channel", channel);
    http.usual();

    ProviderGroup whatsapp{table, "whatsapp", &Config::whatsapp};
    whatsapp.text("phone_number_id", "The sender's id at Meta. Empty: there is none.");
    whatsapp.secret("access_token", "Better kept out of this file: in the environment variable.");
    whatsapp.secret("app_secret", "Signs receipts. Empty: none are taken.");
    whatsapp.secret("verify_token", "What Meta shows when the address of receipts is set.");
    whatsapp.text("template", "The approved template of category authentication. Required.");
    add_languages(whatsapp);
    whatsapp.text("version", "Of the Graph API. Empty: v21.0.");
    whatsapp.text("base_url", "Empty: https://graph.facebook.com.");
    whatsapp.usual();
}

}  // namespace accessd::config
