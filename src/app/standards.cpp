#include "app/standards.h"

#include "base/url.h"

#include <nlohmann/json.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace accessd::app {
namespace {

using nlohmann::json;

constexpr int kFailuresMax = 100;  // NIST SP 800-63B-4, 3.2.2.
constexpr int kFaceFailuresMax =
    5;  // The same, 3.2.3; ten where presentation attacks are detected.
constexpr int kFaceFailuresLivenessMax = 10;
constexpr double kFmrMax = 1e-4;            // The same, 3.2.3: one in ten thousand.
constexpr std::int64_t kCodeLifeMax = 600;  // ASVS 6.5.5 and NIST 3.1.3: ten minutes.

/// One line of a standard: what it asks for, and what breaks it here; empty: it is met.
Finding line(std::string_view number, std::string_view asks, const std::string& broken_by)
{
    const std::string check{number};
    if (broken_by.empty()) return Finding::ok(check, "met: " + std::string{asks});
    return Finding::warn(check, "broken: " + std::string{asks}, "By " + broken_by + ".");
}

/// The flows of which this is true, as what breaks a line.
std::string flows_where(const json& rules, const std::function<bool(const json&)>& is_so)
{
    std::string names;
    for (const auto& rule : rules) {
        if (is_so(rule)) names += (names.empty() ? "flow " : ", ") + rule.value("flow_id", "");
    }
    return names;
}

bool says(const json& rule, const char* name) { return rule.value(name, false); }

std::string joined(std::initializer_list<std::string> parts)
{
    std::string text;
    for (const auto& part : parts) {
        if (!part.empty()) text += (text.empty() ? "" : "; ") + part;
    }
    return text;
}

/// "10.1.2.3" of "postgresql://u:p@10.1.2.3:5432/db?..."; a folder or nothing is this machine.
std::string database_host(const std::string& url)
{
    const auto begin = url.find("://");
    if (begin == std::string::npos) return {};
    auto rest = url.substr(begin + 3);
    rest = rest.substr(0, rest.find_first_of("/?"));
    if (const auto at = rest.rfind('@'); at != std::string::npos) rest = rest.substr(at + 1);
    return rest.substr(0, rest.find_first_of(":,", rest.starts_with('[') ? rest.find(']') : 0));
}

bool is_away(const std::string& host) { return !host.empty() && !is_loopback_host(host); }

std::string plain_listener(const config::Server& server)
{
    if (server.public_url.starts_with("http://") && is_away(database_host(server.public_url))) {
        return "server.public_url, which begins with http://";
    }
    if (server.tls_certificate_file.empty() && !is_loopback_host(server.address)) {
        return "server.address without server.tls_certificate_file";
    }
    return {};
}

std::string plain_mail(const config::Config& config)
{
    for (const auto& [name, account] : config.mail_accounts()) {
        if (account.security == config::Smtp::Security::None && is_away(account.host)) {
            return name + ".security = \"none\"";
        }
    }
    return {};
}

std::string database_without(const config::Config& config, std::string_view mode)
{
    const auto& url = config.store.url.reveal();
    if (url.empty() || !is_away(database_host(url)) || url.find(mode) != std::string::npos)
        return {};
    return "store.url, which lacks " + std::string{mode};
}

std::string plain_database(const config::Config& config)
{
    const auto& url = config.store.url.reveal();
    if (url.find("sslmode=require") != std::string::npos ||
        url.find("sslmode=verify-") != std::string::npos) {
        return {};
    }
    return database_without(config, "sslmode=verify-full");
}

std::string open_operations(const config::Server& server)
{
    return is_loopback_host(server.operations_address) ? "" : "server.operations_address";
}

std::string setting_out_of(std::string_view name, int value, int max)
{
    if (value > 0 && value <= max) return {};
    return std::string{name} + " = " + std::to_string(value) +
           (value == 0 ? ", which is off" : ", more than " + std::to_string(max));
}

void add_asvs(std::vector<Finding>& all, const config::Config& config, const json& rules)
{
    const auto& limits = config.limits;
    all.push_back(line("asvs.6.3.6", "no codes by email",
                       flows_where(rules, [](const json& rule) { return says(rule, "email"); })));
    all.push_back(
        line("asvs.6.3.8", "who has an account can't be learned",
             flows_where(rules, [](const json& rule) { return says(rule, "reveals_users"); })));
    all.push_back(line("asvs.6.5.5", "codes live ten minutes at most",
                       flows_where(rules, [](const json& rule) {
                           return rule.value("otp_ttl_seconds", std::int64_t{0}) > kCodeLifeMax;
                       })));
    all.push_back(
        line("asvs.6.5.7", "faces only beside another method",
             flows_where(rules, [](const json& rule) { return says(rule, "face_alone"); })));
    all.push_back(line("asvs.6.6.1", "codes by SMS have an alternative beside them",
                       flows_where(rules, [](const json& rule) {
                           return says(rule, "sms") && !says(rule, "has_alternative");
                       })));
    all.push_back(line("asvs.6.6.3", "guessing is limited",
                       limits.failures_before_lock > 0 ? "" : "limits.failures_before_lock = 0"));
    all.push_back(
        line("asvs.12.2.1", "people reach the server by TLS alone", plain_listener(config.server)));
    all.push_back(
        line("asvs.12.3.1", "connections to mail relays, database and monitoring are encrypted",
             joined({plain_mail(config), plain_database(config), open_operations(config.server)})));
    all.push_back(line("asvs.12.3.2", "the database's certificate is checked",
                       database_without(config, "sslmode=verify-full")));
    all.push_back(line("asvs.13.4.2", "nothing runs in a debug mode",
                       config.log.level == log::Level::Debug ? "log.level = \"debug\"" : ""));
    all.push_back(
        line("asvs.13.4.5", "documents of the API and monitoring aren't exposed",
             joined({config.server.docs ? "server.docs" : "", open_operations(config.server)})));
}

void add_nist(std::vector<Finding>& all, const config::Config& config, const json& rules)
{
    const auto& limits = config.limits;
    const bool has_liveness = flows_where(rules, [](const json& rule) {
                                  return says(rule, "face") && !says(rule, "face_liveness");
                              }).empty();
    const int face_max = has_liveness ? kFaceFailuresLivenessMax : kFaceFailuresMax;
    all.push_back(line("nist.3.1.3", "codes live ten minutes at most",
                       flows_where(rules, [](const json& rule) {
                           return rule.value("otp_ttl_seconds", std::int64_t{0}) > kCodeLifeMax;
                       })));
    all.push_back(line("nist.3.1.3.1", "no codes by email",
                       flows_where(rules, [](const json& rule) { return says(rule, "email"); })));
    all.push_back(line(
        "nist.3.2.2", "a hundred failures in a row at most",
        setting_out_of("limits.failures_before_lock", limits.failures_before_lock, kFailuresMax)));
    all.push_back(line(
        "nist.3.2.3", "faces only beside another method, at one false match in ten thousand",
        joined({flows_where(rules, [](const json& rule) { return says(rule, "face_alone"); }),
                flows_where(rules,
                            [](const json& rule) {
                                return says(rule, "face") && rule.value("face_fmr", 0.0) > kFmrMax;
                            }),
                setting_out_of("limits.face_failures_before_wait", limits.face_failures_before_wait,
                               face_max)})));
    all.push_back(line("nist.3.2.9", "whoever gets codes by SMS is offered something else",
                       flows_where(rules, [](const json& rule) {
                           return says(rule, "sms") && !says(rule, "has_alternative");
                       })));
}

}  // namespace

std::vector<Finding> judge_standards(const config::Config& config, const json& rules)
{
    std::vector<Finding> all;
    add_asvs(all, config, rules);
    add_nist(all, config, rules);
    return all;
}

}  // namespace accessd::app
