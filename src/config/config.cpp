#include "config/config.h"

namespace accessd::config {

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

std::string Config::master_key_file() const
{
    if (!keys.master_key_file.empty()) return keys.master_key_file;
    return store.data_dir + "/master.key";
}

}  // namespace accessd::config
