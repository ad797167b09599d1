#include "app/key_commands.h"

#include "app/terminal.h"
#include "base/clock.h"
#include "base/random.h"
#include "http/render.h"
#include "store/open.h"
#include "store/stores.h"
#include "tokens/api_keys.h"
#include "tokens/api_tokens.h"
#include "tokens/scope_text.h"

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

constexpr std::size_t kNameMax = 60;  // As for POST /v2/access/keys.
constexpr int kPageSize = 200;

/// The store, opened for one command.
struct OpenStore {
    SystemClock clock;
    SystemRandom random;
    std::unique_ptr<store::Stores> stores;
    std::unique_ptr<tokens::Revocations> revocations;
    std::unique_ptr<tokens::ApiKeys> keys;
};

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

/// Null, with the failure told, if it can't be opened.
std::unique_ptr<OpenStore> open_store(const ConfigChoice& choice, Missing missing,
                                      std::string_view instead, int& status)
{
    const auto data_dir = find_data_dir(choice, missing, status);
    if (!data_dir) return nullptr;
    auto opened = std::make_unique<OpenStore>();
    auto stores = store::open(*data_dir, opened->clock, opened->random);
    if (!stores) {
        status = kExitFailed;
        auto sentence = sentence_of(stores.error());
        if (stores.error().code == ErrorCode::Busy) {
            sentence += " While a server runs, use " + std::string{instead} + " instead.";
        }
        print_error(sentence);
        return nullptr;
    }
    opened->stores = *std::move(stores);
    opened->revocations =
        std::make_unique<tokens::Revocations>(opened->stores->revocations(), opened->clock);
    opened->keys = std::make_unique<tokens::ApiKeys>(
        opened->stores->api_keys(), opened->stores->limits(), *opened->revocations, opened->clock,
        opened->random, tokens::TokenPolicy{}.api_token_life);
    return opened;
}

int fail(const Error& error)
{
    print_error(sentence_of(error));
    return kExitFailed;
}

nlohmann::json to_json(const tokens::ApiKey& key)
{
    return {{"key_id", key.id},
            {"name", key.name},
            {"scope", tokens::scope_text(key.scopes)},
            {"project_id", http::or_null(key.project_id)},
            {"created_at", to_rfc3339(key.created_at)},
            {"revoked_at", http::or_null(key.revoked_at)},
            {"last_used_at", http::or_null(key.last_used_at)}};
}

void print_json(const nlohmann::json& json)
{
    print_out(json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

/// What is wrong with the wish; empty: nothing.
std::string refusal_of(const KeyWish& wish)
{
    const bool has_controls = printable(wish.name) != wish.name;
    if (wish.name.empty() || wish.name.size() > kNameMax || has_controls) {
        return "--name must have 1 to 60 characters, on one line.";
    }
    if (!tokens::parse_scope_text(wish.scope)) {
        return "--scope must be some of access, manage, read, separated by spaces, such as "
               "\"access read\".";
    }
    if (wish.project_id.empty() != wish.is_for_all_projects) {
        return "say what the key is for: --project with the project's id, or --all-projects.";
    }
    return {};
}

using Row = std::array<std::string, 6>;

Row to_row(const tokens::ApiKey& key)
{
    const auto day_of = [](const std::optional<TimePoint>& time, std::string_view otherwise) {
        return time ? to_rfc3339(*time).substr(0, 10) : std::string{otherwise};
    };
    return {key.id,
            tokens::scope_text(key.scopes),
            key.project_id.empty() ? "all" : key.project_id,
            day_of(key.last_used_at, "never"),
            key.revoked_at ? "revoked " + day_of(key.revoked_at, "") : "active",
            printable(key.name)};
}

void print_table(const std::vector<tokens::ApiKey>& keys)
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

}  // namespace

int create_key(const ConfigChoice& choice, const KeyWish& wish, Output output)
{
    if (const auto refusal = refusal_of(wish); !refusal.empty()) {
        print_error(refusal);
        return kExitUsage;
    }
    int status = kExitOk;
    const auto store = open_store(choice, Missing::Made, "POST /v2/access/keys", status);
    if (!store) return status;
    const auto scopes = *tokens::parse_scope_text(wish.scope);
    const auto created = store->keys->create(wish.name, scopes, wish.project_id);
    if (!created && created.error().code == ErrorCode::ProjectNotFound) {
        print_error("There is no project " + printable(wish.project_id) + ".");
        return kExitFailed;
    }
    if (!created) return fail(created.error());

    const auto& key = created->key;
    if (output == Output::Json) {
        auto json = to_json(key);
        json["client_id"] = key.id;
        json["client_secret"] = created->secret.reveal();
        print_json(json);
    } else {
        print_out("client_id      " + key.id + "\nclient_secret  " + created->secret.reveal() +
                  "\nscope          " + tokens::scope_text(key.scopes) + "\nprojects       " +
                  (key.project_id.empty() ? "all" : key.project_id) + "\n");
    }
    print_error("Keep the secret now: it is shown this once.");
    return kExitOk;
}

int list_keys(const ConfigChoice& choice, Output output)
{
    int status = kExitOk;
    const auto store = open_store(choice, Missing::Refused, "GET /v2/access/keys", status);
    if (!store) return status;
    std::vector<tokens::ApiKey> keys;
    PageRequest request{.limit = kPageSize};
    do {
        auto page = store->keys->list(ProjectScope::all(), {}, request);
        if (!page) return fail(page.error());
        for (auto& key : page->items) keys.push_back(std::move(key));
        request.after = page->next;
    } while (request.after);

    if (output == Output::Json) {
        auto list = nlohmann::json::array();
        for (const auto& key : keys) list.push_back(to_json(key));
        print_json(list);
    } else if (keys.empty()) {
        print_out("There are no keys. Make one: accessd key create --name shop --all-projects\n");
    } else {
        print_table(keys);
    }
    return kExitOk;
}

int revoke_key(const ConfigChoice& choice, const std::string& id)
{
    int status = kExitOk;
    const auto store =
        open_store(choice, Missing::Refused, "DELETE /v2/access/keys/{key_id}", status);
    if (!store) return status;
    const auto revoked = store->keys->revoke(id, ProjectScope::all());
    if (!revoked && revoked.error().code == ErrorCode::KeyNotFound) {
        print_error("There is no key " + printable(id) + ". See: accessd key list");
        return kExitFailed;
    }
    if (!revoked) return fail(revoked.error());
    print_out("Revoked " + revoked->id + " (" + printable(revoked->name) +
              "), and every token made from it.\n");
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
