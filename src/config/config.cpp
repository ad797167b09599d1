#include "config/config.h"

#include <sstream>
#include <utility>

namespace accessd::config {
namespace {

/// What stands between spaces and commas.
std::vector<std::string> words_of(std::string text)
{
    for (auto& c : text) {
        if (c == ',') c = ' ';
    }
    std::istringstream in{text};
    std::vector<std::string> words;
    for (std::string word; in >> word;) words.push_back(word);
    return words;
}

}  // namespace

std::string Config::public_url() const
{
    if (!server.public_url.empty()) return server.public_url;
    const bool is_tls = !server.tls_certificate_file.empty();
    const bool is_ipv6 = server.address.find(':') != std::string::npos;
    std::string url = is_tls ? "https://" : "http://";
    url += is_ipv6 ? "[" + server.address + "]" : server.address;
    // Browsers leave out the scheme's own port, and `iss` must be one text everywhere.
    if (server.port != (is_tls ? 443 : 80)) url += ":" + std::to_string(server.port);
    return url;
}

std::vector<NamedSmtp> Config::mail_accounts() const
{
    std::vector<NamedSmtp> accounts;
    const auto add = [&](const char* name, const Smtp& account) {
        if (!account.host.empty()) accounts.push_back({name, account});
    };
    add("smtp", smtp);
    add("smtp2", smtp2);
    add("smtp3", smtp3);
    return accounts;
}

std::vector<NamedProvider> Config::providers() const
{
    std::vector<NamedProvider> found;
    const auto add = [&](const char* name, const char* kind, const Provider& provider,
                         const char* account, const char* channel) {
        if (provider.values.count(account) == 0) return;
        NamedProvider named{name, kind, channel, {}, provider.values, provider.secrets};
        if (const auto own = named.settings.extract("channel")) named.channel = own.mapped();
        if (const auto prefixes = named.settings.extract("prefixes")) {
            named.prefixes = words_of(prefixes.mapped());
        }
        found.push_back(std::move(named));
    };
    add("twilio", "twilio", twilio, "account_sid", "sms");
    add("vonage", "vonage", vonage, "api_key", "sms");
    add("sms_http", "http", sms_http, "url", "sms");
    add("whatsapp", "whatsapp_cloud", whatsapp, "phone_number_id", "whatsapp");
    return found;
}

std::string Config::master_key_file() const
{
    if (!keys.master_key_file.empty()) return keys.master_key_file;
    return store.data_dir + "/master.key";
}

}  // namespace accessd::config
