#include "app/reload.h"

#include "base/log.h"
#include "config/setting_table.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace accessd::app {
namespace {

constexpr std::array<std::string_view, 7> kSenderSections{"smtp",   "smtp2",    "smtp3",   "twilio",
                                                          "vonage", "whatsapp", "sms_http"};

bool is_of_senders(const std::string& setting)
{
    const auto section = setting.substr(0, setting.find('.'));
    return std::find(kSenderSections.begin(), kSenderSections.end(), section) !=
           kSenderSections.end();
}

std::string joined(const std::vector<std::string>& names)
{
    std::string text;
    for (const auto& name : names) text += (text.empty() ? "" : " ") + name;
    return text;
}

}  // namespace

std::vector<std::string> changed_settings(const config::Config& before, const config::Config& after)
{
    std::vector<std::string> names;
    for (const auto& setting : config::settings()) {
        if (setting.get(before) != setting.get(after)) names.push_back(setting.name());
    }
    return names;
}

bool is_reloadable(const std::string& setting)
{
    return setting.starts_with("log.") || is_of_senders(setting);
}

Reload::Reload(Parts& parts, config::Config running, ReadConfig read)
    : parts_(parts), running_(std::move(running)), read_(std::move(read))
{
}

void Reload::run()
{
    const auto wanted = read_();
    if (!wanted) {
        log::warn("the configuration has problems, so the old one stays in effect");
        return;
    }
    std::vector<std::string> applied;
    std::vector<std::string> waiting;
    for (const auto& name : changed_settings(running_, *wanted)) {
        (is_reloadable(name) ? applied : waiting).push_back(name);
        if (!is_reloadable(name)) continue;
        const auto dot = name.find('.');
        const auto* setting = config::find_setting(name.substr(0, dot), name.substr(dot + 1));
        setting->set(running_, setting->get(*wanted));
    }
    apply(applied);
    log::info("configuration read again", {{"changed", joined(applied)}});
    if (!waiting.empty()) {
        log::warn("these settings change with the next restart", {{"settings", joined(waiting)}});
    }
}

void Reload::apply(const std::vector<std::string>& changed)
{
    log::configure(running_.log.level, running_.log.format);
    if (std::none_of(changed.begin(), changed.end(), is_of_senders)) return;
    const auto accounts = running_.mail_accounts();
    const auto providers = running_.providers();
    parts_.sender_pool.replace_operators(accounts, providers);
    parts_.receipt_handlers.replace_operators(accounts, providers);
}

}  // namespace accessd::app
