#include "app/key_commands.h"

#include "app/command_access.h"
#include "app/store_place.h"
#include "app/terminal.h"
#include "base/clock.h"
#include "store/open.h"

#include <nlohmann/json.hpp>

#include <vector>

namespace accessd::app {
namespace {

/// What is wrong with the wish; empty: nothing.
std::string refusal_of(const KeyWish& wish)
{
    if (auto refusal = refusal_of_key(wish.name, wish.scope); !refusal.empty()) return refusal;
    if (wish.project_id.empty() != wish.is_for_all_projects) {
        return "say what the key is for: --project with the project's id, or --all-projects.";
    }
    return {};
}

std::vector<std::string> to_row(const nlohmann::json& key)
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

void print_keys(const nlohmann::json& keys)
{
    std::vector<std::vector<std::string>> rows{
        {"ID", "SCOPE", "PROJECT", "LAST USED", "STATE", "NAME"}};
    for (const auto& key : keys) rows.push_back(to_row(key));
    print_table(rows);
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
    const auto keys = all_items(*access, "key.list");
    if (!keys) return fail(keys.error());

    if (output == Output::Json) {
        print_json(*keys);
    } else if (keys->empty()) {
        print_out("There are no keys. Make one: accessd key create --name shop --all-projects\n");
    } else {
        print_keys(*keys);
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
    const auto config = find_config(choice, Missing::Made, status);
    if (!config) return status;
    const auto report = store::migrate(place_of(*config), SystemClock{});
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
