#include "projects/project_handlers.h"

#include "base/url.h"
#include "contacts/email_address.h"
#include "events/audit_handlers.h"
#include "http/entity_tag.h"
#include "http/fields.h"
#include "http/render.h"
#include "projects/project_json.h"
#include "projects/project_rules.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace accessd::projects {
namespace {

constexpr int kRetentionDaysMax = 3650;

bool is_color(std::string_view text)
{
    return text.size() == 7 && text[0] == '#' &&
           std::all_of(text.begin() + 1, text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
           });
}

bool is_country(std::string_view text)
{
    return text.size() == 2 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

/// Reads a text field that null clears, into `out` where the field is there.
template <class Check>
void read_text(http::Fields& body, std::string_view name, std::string& out, Check is_ok,
               std::string_view rule)
{
    if (!body.has(name)) return;
    auto text = body.string(name, {.min = 1, .max = 2000, .nullable = true});
    if (text && !is_ok(*text)) body.refuse(name, std::string{rule});
    out = std::move(text).value_or("");
}

void read_url(http::Fields& body, std::string_view name, std::string& out)
{
    read_text(body, name, out, is_web_url, "must be an https URL (http only to loopback)");
}

void read_branding(http::Fields& body, Branding& branding)
{
    auto nested = body.object("branding");
    if (!nested) return;
    read_url(*nested, "logo_url", branding.logo_url);
    read_url(*nested, "image_url", branding.image_url);
    constexpr std::string_view rule = "must be a colour like #1a73e8";
    read_text(*nested, "primary_color", branding.primary_color, is_color, rule);
    read_text(*nested, "background_color", branding.background_color, is_color, rule);
    read_text(*nested, "text_color", branding.text_color, is_color, rule);
    body.absorb(*nested);
}

void read_retention(http::Fields& body, Retention& retention)
{
    auto nested = body.object("retention");
    if (!nested) return;
    const auto read_days = [&](std::string_view name, int& days) {
        if (const auto value = nested->integer(name, {.min = 1, .max = kRetentionDaysMax})) {
            days = static_cast<int>(*value);
        }
    };
    read_days("unused_faces_days", retention.unused_faces);
    read_days("validations_days", retention.validations);
    read_days("messages_days", retention.messages);
    read_days("client_addresses_days", retention.client_addresses);
    read_days("events_days", retention.events);
    read_days("audit_days", retention.audit);
    read_days("inbox_days", retention.inbox);
    body.absorb(*nested);
}

void read_lists(http::Fields& body, Project& project)
{
    if (auto countries = body.strings("allowed_countries", false, 250, 2)) {
        const bool is_any = *countries == std::vector<std::string>{"*"};
        if (!is_any && !std::all_of(countries->begin(), countries->end(), is_country)) {
            body.refuse("allowed_countries", R"(must be ISO codes like "ES", or ["*"])");
        }
        project.allowed_countries = std::move(*countries);
    }
    if (auto origins = body.strings("allowed_origins", false, 50, 300)) {
        if (!std::all_of(origins->begin(), origins->end(), is_web_origin)) {
            body.refuse("allowed_origins", "must be origins like https://www.example.com");
        }
        project.allowed_origins = std::move(*origins);
    }
}

/// Reads what a caller may say of a project over `project`, remembering problems in `body`.
void read_project(http::Fields& body, bool is_new, Project& project)
{
    if (auto name = body.string("name", {.required = is_new, .min = 1, .max = 60})) {
        project.name = std::move(*name);
    }
    if (auto slug = body.string("slug", {.min = 1, .max = 60})) {
        if (!is_slug(*slug)) body.refuse("slug", "must be 3-40 of a-z, 0-9 and inner hyphens");
        project.slug = std::move(*slug);
    }
    if (const auto language = body.choice("default_language", false, {"en", "es", "pt"})) {
        project.default_language = *contacts::parse_language(*language);
    }
    if (const auto mode = body.choice("mode", false, {"test", "live"})) {
        project.mode = *parse_mode(*mode);
    }
    read_text(
        body, "contact_email", project.contact_email,
        [](std::string_view text) { return contacts::EmailAddress::parse(text).has_value(); },
        "isn't an email address");
    if (auto email = contacts::EmailAddress::parse(project.contact_email)) {
        project.contact_email = email->text();
    }
    read_url(body, "privacy_url", project.privacy_url);
    read_url(body, "terms_url", project.terms_url);
    read_lists(body, project);
    read_branding(body, project.branding);
    read_retention(body, project.retention);
}

}  // namespace

ProjectHandlers::ProjectHandlers(Projects& projects, HasEmailSender has_email_sender,
                                 CountWebhooks count_webhooks)
    : projects_(projects),
      has_email_sender_(std::move(has_email_sender)),
      count_webhooks_(std::move(count_webhooks))
{
}

/// POST /v2/access/projects   {"name": "Shop"}
Result<http::Response> ProjectHandlers::create(const http::Request& request)
{
    if (!request.scope().is_all()) {
        return Error{ErrorCode::InsufficientScope}.saying(
            "Only a key for all projects can create projects; this token is bound to some.");
    }
    ACCESSD_TRY(auto body, http::Fields::parse(request));
    Project project;
    read_project(body, true, project);
    ACCESSD_CHECK(body.check());

    ACCESSD_TRY(const auto setup,
                projects_.create(std::move(project), events::audit_of(request, "project.created")));
    auto data = to_json(setup.project);
    data["default_flow_id"] = setup.flows.front().id;
    data["default_source_id"] = setup.sources.front().id;
    return http::success(data, "Project created", 201)
        .with_header("ETag", http::entity_tag(to_json(setup.project)));
}

/// GET /v2/access/projects
Result<http::Response> ProjectHandlers::list(const http::Request& request)
{
    http::Query query{request};
    const auto page = query.page();
    ACCESSD_CHECK(query.check());

    ACCESSD_TRY(const auto projects, projects_.list(request.scope(), page));
    auto items = nlohmann::json::array();
    for (const auto& project : projects.items) items.push_back(to_json(project));
    return http::success(http::page_json(std::move(items), projects.next), "Projects");
}

/// GET /v2/access/projects/{project_id}
Result<http::Response> ProjectHandlers::get(const http::Request& request)
{
    ACCESSD_TRY(const auto setup, projects_.get(request.parameter("project_id"), request.scope()));
    return http::tagged(to_json(setup->project), "Project");
}

/// PATCH /v2/access/projects/{project_id}   {"mode": "live"}
Result<http::Response> ProjectHandlers::change(const http::Request& request)
{
    {  // Problems of the body come first, and don't depend on what is stored.
        ACCESSD_TRY(auto body, http::Fields::parse(request));
        Project scratch;
        read_project(body, false, scratch);
        ACCESSD_CHECK(body.check());
    }
    ACCESSD_TRY(const auto if_match, http::IfMatch::parse(request));
    ACCESSD_TRY(const auto project,
                projects_.change(
                    request.parameter("project_id"), request.scope(),
                    [&](Project& stored) {
                        auto body = http::Fields::parse(request);
                        read_project(*body, false, stored);
                    },
                    [&](const Project& stored) { return if_match.check(to_json(stored)); },
                    events::audit_of(request, "project.changed")));
    return http::tagged(to_json(project), "Project changed");
}

/// DELETE /v2/access/projects/{project_id}
Result<http::Response> ProjectHandlers::remove(const http::Request& request)
{
    const auto& id = request.parameter("project_id");
    ACCESSD_TRY(const auto if_match, http::IfMatch::parse(request));
    Condition<Project> condition;
    if (if_match.is_present()) {
        condition = [&](const Project& stored) { return if_match.check(to_json(stored)); };
    }
    ACCESSD_CHECK(projects_.remove(id, request.scope(), condition,
                                   events::audit_of(request, "project.deleted")));
    return http::success({{"project_id", id}, {"deleted", true}},
                         "Project deleted, with all it owned");
}

/// GET /v2/access/projects/{project_id}/setup
Result<http::Response> ProjectHandlers::setup(const http::Request& request)
{
    ACCESSD_TRY(const auto setup, projects_.get(request.parameter("project_id"), request.scope()));
    ACCESSD_TRY(const bool has_sender, has_email_sender_(setup->project.id));
    ACCESSD_TRY(const auto webhooks, count_webhooks_(setup->project.id));
    auto steps = nlohmann::json::array();
    bool is_ready = true;
    for (const auto& step : setup_steps(*setup, has_sender, webhooks)) {
        is_ready = is_ready && step.state != SetupStep::State::Missing;
        steps.push_back({{"step", step.step},
                         {"title", step.title},
                         {"status", to_text(step.state)},
                         {"next", http::or_null(step.next)}});
    }
    return http::success({{"steps", std::move(steps)}, {"ready", is_ready}}, "Set-up");
}

}  // namespace accessd::projects
