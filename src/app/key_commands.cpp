#include "app/key_commands.h"

#include "app/admin_access.h"
#include "app/terminal.h"
#include "base/clock.h"
#include "store/open.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

namespace accessd::app {
namespace {

enum class Missing { Made, Refused };

/// The folder of the data. Who only looks must not leave an empty store in a wrong place, and who
/// makes one hears of it.
std::optional<std::string> find_data_dir(const ConfigChoice& choice, Missing missing, int& status)
{
    const auto loaded = load_config(choice);
    status = kExitUsage;
    if (!loaded) return std::nullopt;
    const auto& path = loaded->config.store.data_dir;
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) return path;
    if (missing == Missing::Made) {
        print_error("There is no data folder " + printable(path) + " yet; making it.");
        return path;
    }
    print_error("There is no data folder " + printable(path) +
                ". Run accessd init, or say where it is with --config or --data-dir.");
    status = kExitFailed;
    return std::nullopt;
}

/// Null, with the failure told, if neither a server nor the store can be had.
std::unique_ptr<AdminAccess> open_access(const ConfigChoice& choice, Missing missing, int& status)
{
    const auto data_dir = find_data_dir(choice, missing, status);
    if (!data_dir) return nullptr;
    auto access = AdminAccess::open(*data_dir);
    if (access) return *std::move(access);
    status = kExitFailed;
    print_error(sentence_of(access.error()));
    return nullptr;
}

int fail(const Error& error)
{
    print_error(sentence_of(error));
    return kExitFailed;
}

void print_json(const nlohmann::json& json)
{
    print_out(json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

/// What is wrong with the wish; empty: nothing.
std::string refusal_of(const KeyWish& wish)
{
    if (auto refusal = refusal_of_key(wish.name, wish.scope); !refusal.empty()) return refusal;
    if (wish.project_id.empty() != wish.is_for_all_projects) {
        return "say what the key is for: --project with the project's id, or --all-projects.";
    }
    return {};
}

/// The member's text; empty for null.
std::string text_of(const nlohmann::json& json, const char* name)
{
    const auto found = json.find(name);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

using Row = std::array<std::string, 6>;

Row to_row(const nlohmann::json& key)
{
    const auto day_of = [&](const char* name) { return text_of(key, name).substr(0, 10); };
    const auto project = text_of(key, "project_id");
    const auto used = day_of("last_used_at");
    const auto revoked = day_of("revoked_at");
    return {text_of(key, "key_id"),
            text_of(key, "scope"),
            project.empty() ? "all" : project,
            used.empty() ? "never" : used,
            revoked.empty() ? "active" : "revoked " + revoked,
            printable(text_of(key, "name"))};
}

void print_table(const nlohmann::json& keys)
{
    std::vector<Row> rows{{"ID", "SCOPE", "PROJECT", "LAST USED", "STATE", "NAME"}};
    for (const auto& key : keys) rows.push_back(to_row(key));
    std::array<std::size_t, 6> widths{};
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
    }
    for (const auto& row : rows) {
        std::string line;
        // The name ends the line: its width on a screen isn't its number of bytes.
        for (std::size_t i = 0; i + 1 < row.size(); ++i) {
            line += row[i] + std::string(widths[i] - row[i].size() + 2, ' ');
        }
        print_out(line + row.back() + "\n");
    }
}

/// All keys, page by page.
Result<nlohmann::json> all_keys(AdminAccess& access)
{
    auto keys = nlohmann::json::array();
    nlohmann::json request{{"command", "key.list"}};
    for (;;) {
        ACCESSD_TRY(const auto page, access.call(request));
        for (const auto& key : page.at("items")) keys.push_back(key);
        if (page.at("next").is_null()) return keys;
        request["after"] = page.at("next");
    }
}

}  // namespace

int create_key(const ConfigChoice& choice, const KeyWish& wish, Output output)
{
    if (const auto refusal = refusal_of(wish); !refusal.empty()) {
        print_error(refusal);
        return kExitUsage;
    }
    int status = kExitOk;
    const auto access = open_access(choice, Missing::Made, status);
    if (!access) return status;
    const auto created = access->call({{"command", "key.create"},
                                       {"name", wish.name},
                                       {"scope", wish.scope},
                                       {"project_id", wish.project_id}});
    if (!created && created.error().code == ErrorCode::ProjectNotFound) {
        print_error("There is no project " + printable(wish.project_id) + ".");
        return kExitFailed;
    }
    if (!created) return fail(created.error());

    if (output == Output::Json) {
        print_json(*created);
    } else {
        const auto project = text_of(*created, "project_id");
        print_out("client_id      " + text_of(*created, "client_id") + "\nclient_secret  " +
                  text_of(*created, "client_secret") + "\nscope          " +
                  text_of(*created, "scope") + "\nprojects       " +
                  (project.empty() ? "all" : project) + "\n");
    }
    print_error("Keep the secret now: it is shown this once.");
    return kExitOk;
}

int list_keys(const ConfigChoice& choice, Output output)
{
    int status = kExitOk;
    const auto access = open_access(choice, Missing::Refused, status);
    if (!access) return status;
    const auto keys = all_keys(*access);
    if (!keys) return fail(keys.error());

    if (output == Output::Json) {
        print_json(*keys);
    } else if (keys->empty()) {
        print_out("There are no keys. Make one: accessd key create --name shop --all-projects\n");
    } else {
        print_table(*keys);
    }
    return kExitOk;
}

int revoke_key(const ConfigChoice& choice, const std::string& id)
{
    int status = kExitOk;
    const auto access = open_access(choice, Missing::Refused, status);
    if (!access) return status;
    const auto revoked = access->call({{"command", "key.revoke"}, {"id", id}});
    if (!revoked && revoked.error().code == ErrorCode::KeyNotFound) {
        print_error("There is no key " + printable(id) + ". See: accessd key list");
        return kExitFailed;
    }
    if (!revoked) return fail(revoked.error());
    print_out("Revoked " + text_of(*revoked, "key_id") + " (" +
              printable(text_of(*revoked, "name")) + "), and every token made from it.\n");
    return kExitOk;
}

int migrate(const ConfigChoice& choice)
{
    int status = kExitOk;
    const auto data_dir = find_data_dir(choice, Missing::Made, status);
    if (!data_dir) return status;
    const auto report = store::migrate(*data_dir, SystemClock{});
    if (!report) return fail(report.error());
    if (report->from == 0) {
        print_out("The store is new, at version " + std::to_string(report->to) + ".\n");
    } else if (report->from == report->to) {
        print_out("The store is at version " + std::to_string(report->to) +
                  " already, which is this release's.\n");
    } else {
        print_out("The store went from version " + std::to_string(report->from) + " to " +
                  std::to_string(report->to) + ".\n");
    }
    return kExitOk;
}

}  // namespace accessd::app
