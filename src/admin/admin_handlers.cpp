#include "admin/admin_handlers.h"

#include "contacts/email_address.h"
#include "events/audit_handlers.h"
#include "http/entity_tag.h"
#include "http/fields.h"
#include "http/render.h"

#include <nlohmann/json.hpp>

namespace accessd::admin {
namespace {

constexpr std::size_t kProjectsMax = 200;

std::optional<Role> read_role(http::Fields& body, bool is_required)
{
    const auto text = body.choice("role", is_required, {"owner", "editor", "viewer"});
    return text ? parse_role(*text) : std::nullopt;
}

/// "*" or a list of ids.
std::optional<ProjectScope> read_projects(http::Fields& body, const http::Request& request)
{
    const auto json = nlohmann::json::parse(request.body, nullptr, false);
    if (json.is_object() && json.contains("projects") && json["projects"].is_string()) {
        if (body.choice("projects", false, {"*"})) return ProjectScope::all();
        return std::nullopt;
    }
    auto ids = body.strings("projects", false, kProjectsMax, 64);
    if (!ids) return std::nullopt;
    if (ids->empty()) body.refuse("projects", R"(must be "*" or name at least one project)");
    return ProjectScope::only(std::move(*ids));
}

void check_owner(http::Fields& body, Role role, const std::optional<ProjectScope>& projects)
{
    if (role == Role::Owner && projects && !projects->is_all()) {
        body.refuse("projects", R"(must be "*" for an owner, or be left out)");
    }
}

}  // namespace

nlohmann::json to_json(const Admin& admin)
{
    nlohmann::json projects = "*";
    if (!admin.projects.is_all()) projects = admin.projects.ids();
    return {{"admin_id", admin.id},
            {"email", admin.email},
            {"name", http::or_null(admin.name)},
            {"role", to_text(admin.role)},
            {"projects", std::move(projects)},
            {"has_second_factor", admin.has_totp},
            {"created_at", to_rfc3339(admin.created_at)},
            {"updated_at", to_rfc3339(admin.updated_at)}};
}

std::string link_url(const std::string& url, const Secret& link)
{
    return url + "/console/link/" + link.reveal();
}

AdminHandlers::AdminHandlers(Admins& admins, std::string url)
    : admins_(admins), url_(std::move(url))
{
}

/// POST /v2/access/admins   {"email": "eva@example.com", "role": "editor", "projects": ["prj_..."]}
Result<http::Response> AdminHandlers::invite(const http::Request& request)
{
    ACCESSD_TRY(auto body, http::Fields::parse(request));
    Admins::NewAdmin wish;
    if (const auto text = body.string("email", {.required = true, .min = 1, .max = 1000})) {
        const auto email = contacts::EmailAddress::parse(*text);
        if (!email) body.refuse("email", "isn't an email address: " + email.error().message);
        if (email) wish.email = email->text();
    }
    wish.name = body.string("name", {.min = 1, .max = 60, .nullable = true});
    wish.role = read_role(body, true).value_or(Role::Viewer);
    const auto projects = read_projects(body, request);
    if (wish.role != Role::Owner && !body.has("projects")) {
        body.refuse("projects", R"(is required: "*" or a list of ids)");
    }
    check_owner(body, wish.role, projects);
    ACCESSD_CHECK(body.check());
    wish.projects = projects.value_or(ProjectScope::all());

    ACCESSD_TRY(const auto invited, admins_.invite(request.authenticated(), std::move(wish),
                                                   events::audit_of(request, "admin.created")));
    auto data = to_json(invited.admin);
    data["link"] = {{"url", link_url(url_, invited.link)},
                    {"expires_at", to_rfc3339(invited.link_expires_at)}};
    return http::success(data, "Admin created; the link signs in once and is shown this once", 201)
        .with_header("ETag", http::entity_tag(to_json(invited.admin)));
}

/// GET /v2/access/admins
Result<http::Response> AdminHandlers::list(const http::Request& request)
{
    http::Query query{request};
    const auto page = query.page();
    ACCESSD_CHECK(query.check());

    ACCESSD_TRY(const auto admins, admins_.list(request.authenticated(), page));
    auto items = nlohmann::json::array();
    for (const auto& admin : admins.items) items.push_back(to_json(admin));
    return http::success(http::page_json(std::move(items), admins.next), "Admins");
}

/// GET /v2/access/admins/{admin_id}
Result<http::Response> AdminHandlers::get(const http::Request& request)
{
    ACCESSD_TRY(const auto admin,
                admins_.get(request.authenticated(), request.parameter("admin_id")));
    return http::tagged(to_json(admin), "Admin");
}

/// PATCH /v2/access/admins/{admin_id}   {"role": "viewer"}
Result<http::Response> AdminHandlers::change(const http::Request& request)
{
    ACCESSD_TRY(auto body, http::Fields::parse(request));
    const bool has_name = body.has("name");
    const auto name = body.string("name", {.min = 1, .max = 60, .nullable = true});
    const auto role = read_role(body, false);
    const auto projects = read_projects(body, request);
    if (role) check_owner(body, *role, projects);
    ACCESSD_CHECK(body.check());
    ACCESSD_TRY(const auto if_match, http::IfMatch::parse(request));

    ACCESSD_TRY(const auto admin,
                admins_.change(
                    request.authenticated(), request.parameter("admin_id"),
                    [&](Admin& stored) {
                        if (has_name) stored.name = name;
                        if (role) stored.role = *role;
                        if (projects) stored.projects = *projects;
                    },
                    [&](const Admin& stored) { return if_match.check(to_json(stored)); },
                    events::audit_of(request, "admin.changed")));
    return http::tagged(to_json(admin), "Admin changed");
}

/// DELETE /v2/access/admins/{admin_id}
Result<http::Response> AdminHandlers::remove(const http::Request& request)
{
    const auto& id = request.parameter("admin_id");
    ACCESSD_TRY(const auto if_match, http::IfMatch::parse(request));
    ACCESSD_CHECK(admins_.remove(
        request.authenticated(), id,
        [&](const Admin& stored) { return if_match.check(to_json(stored)); },
        events::audit_of(request, "admin.deleted")));
    return http::success({{"admin_id", id}, {"deleted", true}},
                         "Admin removed, and signed out everywhere");
}

/// DELETE /v2/access/admins/{admin_id}/factor
Result<http::Response> AdminHandlers::remove_factor(const http::Request& request)
{
    const auto audit = events::audit_of(request, "admin.factor_removed");
    ACCESSD_TRY(const bool was_there, admins_.remove_factor(request.authenticated(),
                                                            request.parameter("admin_id"), audit));
    return http::success({{"removed", was_there}}, "The admin signs in without a second factor");
}

}  // namespace accessd::admin
