#include "app/doctor_command.h"

#include "app/admin_access.h"
#include "app/doctor_checks.h"
#include "app/doctor_network.h"
#include "app/face_workers.h"
#include "app/standards.h"
#include "app/store_place.h"
#include "app/terminal.h"
#include "base/clock.h"
#include "base/ip_network.h"
#include "config/setting_table.h"
#include "outbound/guard.h"
#include "store/backup.h"

#include <nlohmann/json.hpp>

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace accessd::app {
namespace {

void append(Findings& all, Findings more)
{
    all.insert(all.end(), std::make_move_iterator(more.begin()),
               std::make_move_iterator(more.end()));
}

/// All active senders of projects.
Result<std::vector<nlohmann::json>> list_senders(AdminAccess& access)
{
    std::vector<nlohmann::json> senders;
    nlohmann::json request{{"command", "senders"}};
    for (;;) {
        ACCESSD_TRY(const auto page, access.call(request));
        for (const auto& sender : page.at("items")) senders.push_back(sender);
        if (page.at("next").is_null()) return senders;
        request["after"] = page.at("next");
    }
}

/// What projects' own senders log in with, one after the other, for as long as people wait.
void check_senders(Findings& all, AdminAccess& access)
{
    constexpr auto time_max = std::chrono::seconds{60};
    const auto listed = list_senders(access);
    if (!listed) {
        all.push_back(
            Finding::fail("senders", sentence_of(listed.error()), "See the server's log."));
        return;
    }
    const auto deadline = std::chrono::steady_clock::now() + time_max;
    std::size_t tried = 0;
    for (const auto& sender : *listed) {
        if (std::chrono::steady_clock::now() >= deadline) break;
        auto request = sender;
        request["command"] = "sender.check";
        const auto answer = access.call(request);
        ++tried;
        if (!answer && answer.error().code == ErrorCode::SenderNotFound) continue;  // Just removed.
        if (!answer && answer.error().code == ErrorCode::InvalidRequest) {  // No server runs.
            all.push_back(Finding::warn(
                "senders", "those of projects weren't tried: " + sentence_of(answer.error()),
                "Run doctor again where the server runs."));
            return;
        }
        if (!answer) {
            all.push_back(
                Finding::warn("sender." + sender.value("sender_id", ""),
                              "not tried: " + sentence_of(answer.error()),
                              "See the server's log, and set the sender's secrets anew."));
            continue;
        }
        all.push_back(finding_from(*answer));
    }
    if (tried < listed->size()) {
        all.push_back(Finding::warn(
            "senders",
            "tried " + std::to_string(tried) + " of " + std::to_string(listed->size()) +
                " of projects in a minute",
            "Those that don't answer take the time: mend them, and run doctor again."));
    }
}

/// What only the store knows. Through the server if one runs, so that this disturbs nobody.
void check_store_contents(Findings& all, const config::Config& config, TimePoint now)
{
    const auto access = AdminAccess::open(place_of(config));
    if (!access) {
        all.push_back(Finding::fail("store", sentence_of(access.error()),
                                    "Run doctor again once that is settled."));
        return;
    }
    const auto store = (*access)->call({{"command", "inspect"}});
    if (!store) {
        all.push_back(Finding::fail("store", sentence_of(store.error()), "See the server's log."));
        return;
    }
    if (store->value("store_healthy", false)) {
        all.push_back(Finding::ok("store.write", "the store answers and takes writes"));
    } else {
        all.push_back(Finding::fail("store.write", "the store can't be written",
                                    "Look at the disk and the server's log."));
    }
    all.push_back(check_master_key(config, *store));
    all.push_back(check_signing_keys(config.tokens, *store, now));
    all.push_back(check_guess_chance(config.limits, *store));
    append(all, judge_standards(config, store->value("login_rules", nlohmann::json::array())));
    check_senders(all, **access);
}

/// Passwords in a file that everybody on the machine can read.
Finding check_config_file(const config::Loaded& loaded)
{
    for (const auto& setting : config::settings()) {
        const auto origin = loaded.origins.find(setting.name());
        if (!setting.is_secret || origin == loaded.origins.end()) continue;
        const auto file = origin->second.substr(0, origin->second.rfind(':'));  // Then the line.
        struct stat status {};
        if (::stat(file.c_str(), &status) != 0) continue;  // An environment variable.
        if ((status.st_mode & S_IROTH) != 0) {
            return Finding::warn(
                "config.mode", file + " holds " + setting.name() + " and can be read by everybody",
                "Run: chmod o-rwx " + file);
        }
    }
    return Finding::ok("config.mode", "no secret lies open in it");
}

void check_providers(Findings& all, const config::Config& config)
{
    const auto providers = config.providers();
    if (providers.empty()) return;
    const std::vector<IpNetwork> everywhere{*IpNetwork::parse("0.0.0.0/0"),
                                            *IpNetwork::parse("::/0")};
    const outbound::Guard guard{everywhere};  // Where the operator's own file says.
    const auto http = outbound::make_http_client(guard);
    for (const auto& provider : providers) all.push_back(check_provider(provider, *http));
}

void check_store(Findings& all, const config::Config& config, TimePoint now)
{
    const auto& data_dir = config.store.data_dir;
    if (!config.store.url.empty()) return check_store_contents(all, config, now);
    std::error_code ignored;
    if (!std::filesystem::exists(data_dir + "/accessd.db", ignored)) {
        all.push_back(Finding::warn("store", "there is no store in " + data_dir + " yet",
                                    "The first start makes it."));
        all.push_back(check_master_key(config, nlohmann::json::object()));
        return;
    }
    const auto sound = store::quick_check(data_dir);
    if (!sound) {
        all.push_back(Finding::fail("store", sentence_of(sound.error()),
                                    "Restore a backup: accessd restore FILE --replace"));
        return;
    }
    all.push_back(
        Finding::ok("store", "sound, schema version " + std::to_string(sound->schema_version)));
    check_store_contents(all, config, now);
}

Findings examine(const config::Loaded& loaded)
{
    const auto& config = loaded.config;
    const auto now = SystemClock{}.now();
    Findings all;
    if (loaded.warnings.empty()) all.push_back(Finding::ok("config", "nothing is wrong with it"));
    for (const auto& warning : loaded.warnings) {
        all.push_back(Finding::warn("config", to_text(warning), "See: accessd config print"));
    }
    all.push_back(check_config_file(loaded));
    append(all, check_data_folder(config.store.data_dir, now));
    check_store(all, config, now);
    all.push_back(check_dns(config));
    all.push_back(check_tls(config.server, now));
    all.push_back(check_biometrics(config));
    const auto accounts = config.mail_accounts();
    if (accounts.empty()) all.push_back(check_smtp(config.smtp));
    for (const auto& [section, account] : accounts) {
        all.push_back(check_smtp(account, section));
        append(all, check_mail_dns(account));
    }
    check_providers(all, config);
    return all;
}

void print_text(const Findings& findings)
{
    std::size_t width = 0;
    for (const auto& finding : findings) width = std::max(width, finding.check.size());
    for (const auto& finding : findings) {
        const std::string status{to_text(finding.status)};
        print_out(status + std::string(6 - status.size(), ' ') + finding.check +
                  std::string(width - finding.check.size() + 2, ' ') + printable(finding.text) +
                  "\n");
        if (!finding.advice.empty()) {
            print_out(std::string(width + 8, ' ') + printable(finding.advice) + "\n");
        }
    }
}

void print_json(const Findings& findings)
{
    auto list = nlohmann::json::array();
    for (const auto& finding : findings) list.push_back(to_json(finding));
    print_out(list.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

}  // namespace

int doctor(const ConfigChoice& choice, Output output)
{
    const auto loaded = load_config(choice);
    if (!loaded) return kExitFailed;
    const auto findings = examine(*loaded);
    if (output == Output::Json) {
        print_json(findings);
    } else {
        print_text(findings);
    }
    const bool is_well = std::none_of(findings.begin(), findings.end(), [](const Finding& finding) {
        return finding.status == Finding::Status::Fail;
    });
    return is_well ? kExitOk : kExitFailed;
}

}  // namespace accessd::app
