#include "app/admin_commands.h"

#include "app/faces_by_command.h"
#include "app/login_rules.h"
#include "app/sender_checks.h"
#include "app/terminal.h"
#include "app/version.h"
#include "crypto/key_material_store.h"
#include "events/audit.h"
#include "http/render.h"
#include "projects/project_store.h"
#include "tokens/api_tokens.h"
#include "tokens/scope_text.h"

#include <nlohmann/json.hpp>

#include <unistd.h>

#include <algorithm>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace accessd::app {
namespace {

constexpr std::size_t kNameMax = 60;  // As for POST /v2/access/keys.
constexpr int kPageSize = 200;

Error refuse(const std::string& sentence)
{
    return Error{ErrorCode::InvalidRequest, sentence}.saying(sentence);
}

/// Only these, all of them texts.
Result<void> check_fields(const nlohmann::json& request,
                          std::initializer_list<std::string_view> known)
{
    for (const auto& [name, value] : request.items()) {
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            return refuse("The command has no field " + printable(name) + ".");
        }
        if (!value.is_string()) return refuse("The field " + printable(name) + " must be a text.");
    }
    return {};
}

/// Empty if it is missing.
std::string text_of(const nlohmann::json& request, const char* name)
{
    const auto found = request.find(name);
    return found != request.end() && found->is_string() ? found->get<std::string>() : std::string{};
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

/// How active flows make codes, each way once with one of its flows.
Result<nlohmann::json> code_rules(projects::ProjectStore& store)
{
    std::map<std::tuple<std::string_view, int, int>, std::string> flows;
    PageRequest request{.limit = kPageSize};
    do {
        ACCESSD_TRY(const auto page, store.list(ProjectScope::all(), request));
        for (const auto& project : page.items) {
            ACCESSD_TRY(const auto setup, store.setup(project.id));
            if (!setup) continue;
            for (const auto& flow : setup->flows) {
                if (flow.status != projects::FlowStatus::Active) continue;
                const auto& email = flow.email;
                const auto& phone = flow.phone;
                if (email.enabled) {
                    flows.try_emplace({"email", email.otp_length, email.max_attempts}, flow.id);
                }
                if (phone.enabled) {
                    flows.try_emplace({"phone", phone.otp_length, phone.max_attempts}, flow.id);
                }
            }
        }
        request.after = page.next;
    } while (request.after);
    auto rules = nlohmann::json::array();
    for (const auto& [rule, flow_id] : flows) {
        const auto& [method, otp_length, max_attempts] = rule;
        rules.push_back({{"method", method},
                         {"otp_length", otp_length},
                         {"max_attempts", max_attempts},
                         {"flow_id", flow_id}});
    }
    return rules;
}

}  // namespace

std::string refusal_of_key(const std::string& name, const std::string& scope)
{
    const bool has_controls = printable(name) != name;
    if (name.empty() || name.size() > kNameMax || has_controls) {
        return "--name must have 1 to 60 characters, on one line.";
    }
    if (!tokens::parse_scope_text(scope)) {
        return "--scope must be some of access, manage, read, separated by spaces, such as "
               "\"access read\".";
    }
    return {};
}

AdminCommands::AdminCommands(tokens::ApiKeys& keys, admin::Admins& admins,
                             admin::ConsoleSessions& sessions, store::Stores& stores,
                             std::string url)
    : keys_(keys), admins_(admins, sessions, std::move(url)), stores_(stores)
{
}

Result<nlohmann::json> AdminCommands::run(const nlohmann::json& request)
{
    if (!request.is_object()) return refuse("A command is a JSON object.");
    const auto command = text_of(request, "command");
    if (command == "status") {
        ACCESSD_CHECK(check_fields(request, {"command"}));
        return status();
    }
    if (command == "inspect") {
        ACCESSD_CHECK(check_fields(request, {"command"}));
        return inspect();
    }
    if (command == "senders") {
        ACCESSD_CHECK(check_fields(request, {"command", "after"}));
        return list_active_senders(stores_.projects(), stores_.senders(),
                                   text_of(request, "after"));
    }
    // AdminSocket answers these where a server runs.
    if (command == "api" || command == "sender.check") {
        return refuse("This works through a running server, and none runs here: start it first.");
    }
    if (command == "key.create") {
        ACCESSD_CHECK(check_fields(request, {"command", "name", "scope", "project_id"}));
        return create_key(request);
    }
    if (command == "key.list") {
        ACCESSD_CHECK(check_fields(request, {"command", "after"}));
        return list_keys(request);
    }
    if (command == "key.revoke") {
        ACCESSD_CHECK(check_fields(request, {"command", "id"}));
        return revoke_key(request);
    }
    if (command == "faces.reenrol-report") {
        ACCESSD_CHECK(check_fields(request, {"command", "model"}));
        return reenrolment_report(stores_.faces(), text_of(request, "model"));
    }
    if (command.starts_with("admin.")) {
        ACCESSD_CHECK(
            check_fields(request, {"command", "email", "name", "role", "projects", "after"}));
        if (auto answer = admins_.run(command, request)) return *std::move(answer);
    }
    return refuse("The server, version " + std::string{version()} + ", has no command " +
                  printable(command) + ". Is this program of the same version?");
}

Result<nlohmann::json> AdminCommands::status()
{
    return nlohmann::json{{"version", version()},
                          {"process_id", ::getpid()},
                          {"store_healthy", stores_.is_healthy()}};
}

Result<nlohmann::json> AdminCommands::inspect()
{
    ACCESSD_TRY(const auto material, stores_.key_material().list());
    ACCESSD_TRY(const auto signing_keys, stores_.signing_keys().list());
    ACCESSD_TRY(auto rules, code_rules(stores_.projects()));
    ACCESSD_TRY(auto logins, login_rules(stores_.projects()));
    auto keys = nlohmann::json::array();
    for (const auto& key : signing_keys) {
        keys.push_back({{"created_at", unix_millis(key.created_at)},
                        {"active_from", unix_millis(key.active_from)}});
    }
    return nlohmann::json{{"store_healthy", stores_.is_healthy()},
                          {"master_id", material.empty() ? "" : material.front().master_id},
                          {"signing_keys", std::move(keys)},
                          {"code_rules", std::move(rules)},
                          {"login_rules", std::move(logins)}};
}

Result<nlohmann::json> AdminCommands::create_key(const nlohmann::json& request)
{
    const auto name = text_of(request, "name");
    const auto scope = text_of(request, "scope");
    if (const auto refusal = refusal_of_key(name, scope); !refusal.empty()) return refuse(refusal);
    ACCESSD_TRY(const auto created,
                keys_.create(name, *tokens::parse_scope_text(scope), text_of(request, "project_id"),
                             events::audit_of_command("key.created")));
    auto json = to_json(created.key);
    json["client_id"] = created.key.id;
    json["client_secret"] = created.secret.reveal();
    return json;
}

Result<nlohmann::json> AdminCommands::list_keys(const nlohmann::json& request)
{
    PageRequest page{.limit = kPageSize};
    if (request.contains("after")) page.after = text_of(request, "after");
    ACCESSD_TRY(const auto keys, keys_.list(ProjectScope::all(), {}, page));
    nlohmann::json answer{{"items", nlohmann::json::array()}, {"next", nullptr}};
    for (const auto& key : keys.items) answer["items"].push_back(to_json(key));
    if (keys.next) answer["next"] = *keys.next;
    return answer;
}

Result<nlohmann::json> AdminCommands::revoke_key(const nlohmann::json& request)
{
    ACCESSD_TRY(const auto key, keys_.revoke(text_of(request, "id"), ProjectScope::all(), {},
                                             events::audit_of_command("key.revoked")));
    return to_json(key);
}

}  // namespace accessd::app
