#include "app/admins_by_command.h"

#include "admin/admin_handlers.h"
#include "app/terminal.h"
#include "contacts/email_address.h"
#include "events/audit.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <vector>

namespace accessd::app {
namespace {

constexpr int kPageSize = 200;
constexpr std::size_t kNameMax = 60;  // As for POST /v2/access/admins.

Error refuse(const std::string& sentence)
{
    return Error{ErrorCode::InvalidRequest, sentence}.saying(sentence);
}

std::string text_of(const nlohmann::json& request, const char* name)
{
    return request.value(name, std::string{});
}

/// Errors: InvalidRequest.
Result<std::string> email_of(const nlohmann::json& request)
{
    const auto text = text_of(request, "email");
    const auto email = contacts::EmailAddress::parse(text);
    if (!email) return refuse("--email " + printable(text) + " isn't an email address.");
    return email->text();
}

std::vector<std::string> ids_of(const std::string& text)
{
    std::vector<std::string> ids;
    for (std::size_t start = 0; start < text.size();) {
        const auto end = std::min(text.find_first_of(" ,", start), text.size());
        if (end > start) ids.push_back(text.substr(start, end - start));
        start = end + 1;
    }
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    return ids;
}

/// Errors: InvalidRequest.
Result<admin::Admins::NewAdmin> wish_of(const nlohmann::json& request)
{
    admin::Admins::NewAdmin wish;
    ACCESSD_TRY(wish.email, email_of(request));
    if (const auto name = text_of(request, "name"); !name.empty()) {
        if (name.size() > kNameMax || printable(name) != name) {
            return refuse("--name must have at most 60 characters, on one line.");
        }
        wish.name = name;
    }
    const auto role = admin::parse_role(text_of(request, "role"));
    if (!role) return refuse("--role must be owner, editor or viewer.");
    wish.role = *role;
    const auto projects = text_of(request, "projects");
    const auto ids = ids_of(projects);
    const bool is_for_all = projects.empty() || projects == "*";
    if (wish.role == admin::Role::Owner && !is_for_all) {
        return refuse("An owner is one of all projects: leave --projects out.");
    }
    if (!is_for_all && ids.empty()) return refuse("--projects names no project.");
    wish.projects = is_for_all ? ProjectScope::all() : ProjectScope::only(ids);
    return wish;
}

}  // namespace

AdminsByCommand::AdminsByCommand(admin::Admins& admins, admin::ConsoleSessions& sessions,
                                 std::string url)
    : admins_(admins), sessions_(sessions), url_(std::move(url))
{
}

std::optional<Result<nlohmann::json>> AdminsByCommand::run(std::string_view command,
                                                           const nlohmann::json& request)
{
    if (command == "admin.invite") return invite(request);
    if (command == "admin.link") return link(request);
    if (command == "admin.list") return list(request);
    if (command == "admin.remove") return remove(request);
    if (command == "admin.drop_factor") return drop_factor(request);
    return std::nullopt;
}

Result<nlohmann::json> AdminsByCommand::invite(const nlohmann::json& request)
{
    ACCESSD_TRY(auto wish, wish_of(request));
    ACCESSD_TRY(const auto invited, admins_.invite(admin::operator_caller(), std::move(wish),
                                                   events::audit_of_command("admin.created")));
    auto json = admin::to_json(invited.admin);
    json["url"] = admin::link_url(url_, invited.link);
    json["expires_at"] = to_rfc3339(invited.link_expires_at);
    return json;
}

Result<nlohmann::json> AdminsByCommand::link(const nlohmann::json& request)
{
    ACCESSD_TRY(const auto email, email_of(request));
    ACCESSD_TRY(const auto admin, admins_.get_by_email(admin::operator_caller(), email));
    ACCESSD_TRY(const auto link,
                sessions_.make_link(admin.id, admin::ConsoleSessions::kSignInLinkLife,
                                    events::audit_of_command("admin.link_made")));
    auto json = admin::to_json(admin);
    json["url"] = admin::link_url(url_, link.secret);
    json["expires_at"] = to_rfc3339(link.expires_at);
    return json;
}

Result<nlohmann::json> AdminsByCommand::list(const nlohmann::json& request)
{
    PageRequest page{.limit = kPageSize};
    if (request.contains("after")) page.after = text_of(request, "after");
    ACCESSD_TRY(const auto admins, admins_.list(admin::operator_caller(), page));
    nlohmann::json answer{{"items", nlohmann::json::array()}, {"next", nullptr}};
    for (const auto& admin : admins.items) answer["items"].push_back(admin::to_json(admin));
    if (admins.next) answer["next"] = *admins.next;
    return answer;
}

Result<nlohmann::json> AdminsByCommand::remove(const nlohmann::json& request)
{
    ACCESSD_TRY(const auto email, email_of(request));
    ACCESSD_TRY(const auto admin, admins_.get_by_email(admin::operator_caller(), email));
    ACCESSD_CHECK(admins_.remove(admin::operator_caller(), admin.id, {},
                                 events::audit_of_command("admin.deleted")));
    return admin::to_json(admin);
}

Result<nlohmann::json> AdminsByCommand::drop_factor(const nlohmann::json& request)
{
    ACCESSD_TRY(const auto email, email_of(request));
    ACCESSD_TRY(const auto admin, admins_.get_by_email(admin::operator_caller(), email));
    ACCESSD_TRY(const bool was_there,
                admins_.remove_factor(admin::operator_caller(), admin.id,
                                      events::audit_of_command("admin.factor_removed")));
    return nlohmann::json{{"email", admin.email}, {"removed", was_there}};
}

}  // namespace accessd::app
