#include "app/command_access.h"

#include "app/store_place.h"
#include "app/terminal.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

namespace accessd::app {

std::optional<config::Config> find_config(const ConfigChoice& choice, Missing missing, int& status)
{
    const auto loaded = load_config(choice);
    status = kExitUsage;
    if (!loaded) return std::nullopt;
    const auto& path = loaded->config.store.data_dir;
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) return loaded->config;
    if (missing == Missing::Made) {
        print_error("There is no data folder " + printable(path) + " yet; making it.");
        return loaded->config;
    }
    print_error("There is no data folder " + printable(path) +
                ". Run accessd init, or say where it is with --config or --data-dir.");
    status = kExitFailed;
    return std::nullopt;
}

std::unique_ptr<AdminAccess> open_access(const ConfigChoice& choice, Missing missing, int& status)
{
    const auto config = find_config(choice, missing, status);
    if (!config) return nullptr;
    auto access = AdminAccess::open(place_of(*config), config->public_url());
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

std::string text_of(const nlohmann::json& json, const char* name)
{
    const auto found = json.find(name);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

void print_table(const std::vector<std::vector<std::string>>& rows)
{
    std::vector<std::size_t> widths(rows.front().size());
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
    }
    for (const auto& row : rows) {
        std::string line;
        // The last one ends the line: its width on a screen isn't its number of bytes.
        for (std::size_t i = 0; i + 1 < row.size(); ++i) {
            line += row[i] + std::string(widths[i] - row[i].size() + 2, ' ');
        }
        print_out(line + row.back() + "\n");
    }
}

Result<nlohmann::json> all_items(AdminAccess& access, const std::string& command)
{
    auto items = nlohmann::json::array();
    nlohmann::json request{{"command", command}};
    for (;;) {
        ACCESSD_TRY(const auto page, access.call(request));
        for (const auto& item : page.at("items")) items.push_back(item);
        if (page.at("next").is_null()) return items;
        request["after"] = page.at("next");
    }
}

}  // namespace accessd::app
