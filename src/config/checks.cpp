#include "config/checks.h"

#include "base/url.h"
#include "config/setting_table.h"
#include "config/value_rules.h"

#include <cerrno>
#include <filesystem>
#include <initializer_list>
#include <string_view>
#include <utility>

namespace accessd::config {
namespace {

constexpr std::size_t kReceiptSecretMin =
    32;  // Characters: 128 bits and more, if they are random hex.

/// Collects problems; each says where the settings at odds were made.
class Collector {
public:
    Collector(const Config& config, const Origins& origins) : config_(config), origins_(origins) {}

    /// A problem of `setting`, caused by it and `others`.
    void add(std::string_view section, std::string_view key, std::string issue,
             std::initializer_list<std::string> others = {})
    {
        const auto* setting = find_setting(section, key);
        Problem problem{.setting = setting->name(), .issue = std::move(issue)};
        problem.source = source_of(problem.setting);
        for (const auto& other : others) {
            if (problem.source.empty()) problem.source = source_of(other);
        }
        if (problem.source.empty()) problem.source = "default";
        const auto value = setting->get(config_);
        if (!setting->is_secret && value != Value{std::string{}}) problem.value = to_toml(value);
        found_.push_back(std::move(problem));
    }

    std::vector<Problem> take() { return std::move(found_); }

private:
    std::string source_of(std::string_view name) const
    {
        const auto found = origins_.find(name);
        return found == origins_.end() ? std::string{} : found->second;
    }

    const Config& config_;
    const Origins& origins_;
    std::vector<Problem> found_;
};

void check_files(const Config& config, Collector& collector)
{
    for (const auto& setting : settings()) {
        if (setting.kind != Kind::ExistingFile) continue;
        const auto path = std::get<std::string>(setting.get(config));
        if (path.empty()) continue;
        std::error_code error;
        const auto status = std::filesystem::status(path, error);
        // A folder closed to whoever checks says nothing about the server's own user.
        if (error.value() == EACCES) continue;
        if (!std::filesystem::exists(status)) {
            collector.add(setting.section, setting.key, "there is no such file");
        } else if (std::filesystem::is_directory(status)) {
            collector.add(setting.section, setting.key, "is a folder, not a file");
        }
    }
}

void check_server(const Config& config, Collector& collector)
{
    const auto& server = config.server;
    constexpr auto both = "is missing: certificate and key come together, or neither does";
    if (server.tls_certificate_file.empty() && !server.tls_key_file.empty()) {
        collector.add("server", "tls_certificate_file", both, {"server.tls_key_file"});
    }
    if (server.tls_key_file.empty() && !server.tls_certificate_file.empty()) {
        collector.add("server", "tls_key_file", both, {"server.tls_certificate_file"});
    }
    if (server.port != 0 && server.port == server.operations_port &&
        server.address == server.operations_address) {
        collector.add("server", "operations_port",
                      "must differ from server.port: two listeners can't share it",
                      {"server.port"});
    }
}

void check_smtp(const Config& config, Collector& collector, const std::string& section,
                const Smtp& smtp)
{
    const auto name = [&](const char* key) { return section + "." + key; };
    if (!smtp.host.empty() && smtp.from.empty()) {
        collector.add(section, "from",
                      "is missing: mail through " + name("host") +
                          " needs a sender, such as "
                          "\"codes@example.com\"",
                      {name("host")});
    }
    if (smtp.user.empty() && !smtp.password.empty()) {
        collector.add(section, "user", "is missing: there is a password and nobody to use it",
                      {name("password"), name("password_file")});
    }
    if (!smtp.user.empty() && smtp.password.empty() && smtp.password_file.empty()) {
        collector.add(section, "password",
                      "is missing for " + name("user") + "; set it, or " + name("password_file") +
                          ", or " + find_setting(section, "password")->variable(),
                      {name("user")});
    }
    if (smtp.security == Smtp::Security::None && !smtp.password.empty() &&
        !is_loopback_host(smtp.host)) {
        collector.add(
            section, "security",
            "would send the password readable to everyone on the way; use \"starttls\" or "
            "\"tls\"",
            {name("host")});
    }
    if (!smtp.receipt_secret.empty() && smtp.receipt_secret.reveal().size() < kReceiptSecretMin) {
        collector.add(section, "receipt_secret", "must have 32 characters or more");
    }
    // A worker starts a mail in the first half of its lease and must be done by the end.
    const bool is_used = section == "smtp" || !smtp.host.empty();
    if (is_used && config.delivery.lease < 2 * smtp.timeout) {
        collector.add("delivery", "lease_seconds",
                      "must be at least twice " + name("timeout_seconds") +
                          ", or a slow mail goes out twice",
                      {name("timeout_seconds")});
    }
}

/// An account is whole or not there at all.
void check_provider(Collector& collector, const std::string& section, const Provider& provider,
                    const std::string& account, std::initializer_list<const char*> required)
{
    if (provider.values.count(account) == 0) return;
    for (const auto* key : required) {
        const auto secret = provider.secrets.find(key);
        const bool is_there = provider.values.count(key) != 0 ||
                              (secret != provider.secrets.end() && !secret->second.empty());
        if (!is_there) {
            collector.add(section, key, "is missing for " + section + "." + account,
                          {section + "." + account});
        }
    }
    const auto channel = provider.values.find("channel");
    if (channel != provider.values.end() && channel->second != "sms" &&
        channel->second != "whatsapp") {
        collector.add(section, "channel", "must be sms or whatsapp");
    }
}

std::string host_of(std::string_view origin)
{
    origin.remove_prefix(origin.find("://") + 3);
    const auto bracket = origin.starts_with('[') ? origin.find(']') : 0;
    return std::string{origin.substr(0, origin.find(':', bracket))};
}

}  // namespace

std::vector<Problem> find_conflicts(const Config& config, const Origins& origins)
{
    Collector collector{config, origins};
    check_files(config, collector);
    check_server(config, collector);
    check_smtp(config, collector, "smtp", config.smtp);
    check_smtp(config, collector, "smtp2", config.smtp2);
    check_smtp(config, collector, "smtp3", config.smtp3);
    check_provider(collector, "twilio", config.twilio, "account_sid", {"auth_token"});
    check_provider(collector, "vonage", config.vonage, "api_key", {"api_secret", "from"});
    check_provider(collector, "whatsapp", config.whatsapp, "phone_number_id",
                   {"access_token", "template"});
    check_provider(collector, "sms_http", config.sms_http, "url", {});
    return collector.take();
}

std::vector<Problem> find_warnings(const Config& config, const Origins& origins)
{
    Collector collector{config, origins};
    const auto& server = config.server;
    if (server.public_url.empty() && (server.address == "0.0.0.0" || server.address == "::")) {
        collector.add("server", "public_url",
                      "is empty, and server.address is no address that others could use: links and "
                      "the issuer of tokens will only work on this machine",
                      {"server.address"});
    }
    if (server.public_url.starts_with("http://") && !is_loopback_host(host_of(server.public_url))) {
        collector.add("server", "public_url",
                      "has no TLS: codes and tokens can be read by everyone on the way");
    }
    for (const auto& [name, account] : config.mail_accounts()) {
        if (account.security == Smtp::Security::None && account.password.empty() &&
            !is_loopback_host(account.host)) {
            collector.add(name, "security", "sends codes readable to everyone on the way",
                          {name + ".host"});
        }
    }
    return collector.take();
}

}  // namespace accessd::config
