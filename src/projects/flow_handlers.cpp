#include "projects/flow_handlers.h"

#include "base/url.h"
#include "contacts/email_address.h"
#include "events/audit_handlers.h"
#include "http/entity_tag.h"
#include "http/fields.h"
#include "projects/project_json.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace accessd::projects {
namespace {

void read_policy(http::Fields& body, Policy& policy)
{
    auto nested = body.object("policy");
    if (!nested) return;
    const auto any = nested->strings("any", false, 3, 20);
    const auto all = nested->strings("all", false, 3, 20);
    body.absorb(*nested);
    if (any.has_value() == all.has_value()) {
        body.refuse("policy", R"(must be {"any": [...]} or {"all": [...]})");
        return;
    }
    Policy read{any ? Policy::Kind::Any : Policy::Kind::All, {}};
    for (const auto& name : any ? *any : *all) {
        const auto method = parse_method(name);
        if (!method) body.refuse("policy", "names a method that isn't email, phone or biometric");
        if (method) read.methods.push_back(*method);
    }
    if (read.methods.empty()) body.refuse("policy", "must name at least one method");
    if (all && read.methods == std::vector{Method::Biometric}) {
        body.refuse("policy", R"(a face completes a login alone only as {"any": ["biometric"]})");
    }
    policy = std::move(read);
}

void read_lists(http::Fields& body, Flow& flow)
{
    if (auto urls = body.strings("redirect_urls", false, 50, 2000)) {
        if (!std::all_of(urls->begin(), urls->end(), is_web_url)) {
            body.refuse("redirect_urls", "must be https URLs (http only to loopback), no fragment");
        }
        flow.redirect_urls = std::move(*urls);
    }
    if (const auto domains = body.strings("allowed_email_domains", false, 100, 253)) {
        flow.allowed_email_domains.clear();
        for (const auto& domain : *domains) {
            const auto email = contacts::EmailAddress::parse("x@" + domain);
            if (!email) {
                body.refuse("allowed_email_domains", "must be domains like example.com");
                return;
            }
            flow.allowed_email_domains.emplace_back(email->domain());
        }
    }
}

/// Reads what a caller may say of a flow over `flow`, remembering problems in `body`.
void read_flow(http::Fields& body, bool is_new, Flow& flow)
{
    body.choice("type", false, {"login"});
    if (auto name = body.string("name", {.required = is_new, .min = 1, .max = 60})) {
        flow.name = std::move(*name);
    }
    if (const auto status = body.choice("status", false, {"draft", "active", "paused"})) {
        flow.status = *parse_flow_status(*status);
    }
    if (body.has("source_id")) {
        flow.source_id =
            body.string("source_id", {.min = 1, .max = 64, .nullable = true}).value_or("");
    }
    const auto read_bool = [&](std::string_view name, bool& out) {
        out = body.boolean(name).value_or(out);
    };
    read_bool("reveal_unknown_users", flow.reveal_unknown_users);
    read_bool("add_missing_contacts", flow.add_missing_contacts);
    read_bool("suggest_face_enrolment", flow.suggest_face_enrolment);
    read_policy(body, flow.policy);
    read_lists(body, flow);
}

}  // namespace

FlowHandlers::FlowHandlers(Projects& projects) : projects_(projects) {}

Result<http::Response> FlowHandlers::show(const Flow& flow, std::string_view message, int status)
{
    ACCESSD_TRY(const auto setup, projects_.get(flow.project_id, ProjectScope::all()));
    return http::tagged(to_json(flow, setup->project.mode), message, status);
}

/// What If-Match asks of the flow; nothing without the header.
/// Errors: InvalidRequest.
Result<Condition<Flow>> FlowHandlers::condition_of(const http::Request& request)
{
    ACCESSD_TRY(auto if_match, http::IfMatch::parse(request));
    if (!if_match.is_present()) return Condition<Flow>{};
    return Condition<Flow>{[this, if_match](const Flow& stored) -> Result<void> {
        ACCESSD_TRY(const auto setup, projects_.get(stored.project_id, ProjectScope::all()));
        return if_match.check(to_json(stored, setup->project.mode));
    }};
}

/// POST /v2/access/projects/{project_id}/flows   {"name": "Staff", "source_id": "src_..."}
Result<http::Response> FlowHandlers::create(const http::Request& request)
{
    ACCESSD_TRY(auto body, http::Fields::parse(request));
    Flow flow;
    read_flow(body, true, flow);
    ACCESSD_CHECK(body.check());

    ACCESSD_TRY(const auto created,
                projects_.create_flow(request.parameter("project_id"), request.scope(),
                                      std::move(flow), events::audit_of(request, "flow.created")));
    return show(created, "Flow created", 201);
}

/// GET /v2/access/projects/{project_id}/flows
Result<http::Response> FlowHandlers::list(const http::Request& request)
{
    http::Query query{request};
    const auto page = query.page();
    ACCESSD_CHECK(query.check());

    const auto& project_id = request.parameter("project_id");
    ACCESSD_TRY(const auto setup, projects_.get(project_id, request.scope()));
    ACCESSD_TRY(const auto flows, projects_.list_flows(project_id, request.scope(), page));
    auto items = nlohmann::json::array();
    for (const auto& flow : flows.items) items.push_back(to_json(flow, setup->project.mode));
    return http::success(http::page_json(std::move(items), flows.next), "Flows");
}

/// GET /v2/access/flows/{flow_id}
Result<http::Response> FlowHandlers::get(const http::Request& request)
{
    ACCESSD_TRY(const auto flow, projects_.get_flow(request.parameter("flow_id"), request.scope()));
    return show(flow, "Flow");
}

/// PATCH /v2/access/flows/{flow_id}   {"status": "active"}
Result<http::Response> FlowHandlers::change(const http::Request& request)
{
    {  // Problems of the body come first, and don't depend on what is stored.
        ACCESSD_TRY(auto body, http::Fields::parse(request));
        Flow scratch;
        read_flow(body, false, scratch);
        ACCESSD_CHECK(body.check());
    }
    ACCESSD_TRY(const auto condition, condition_of(request));
    ACCESSD_TRY(const auto flow, projects_.change_flow(
                                     request.parameter("flow_id"), request.scope(),
                                     [&](Flow& stored) {
                                         auto body = http::Fields::parse(request);
                                         read_flow(*body, false, stored);
                                     },
                                     condition, events::audit_of(request, "flow.changed")));
    return show(flow, "Flow changed");
}

/// DELETE /v2/access/flows/{flow_id}
Result<http::Response> FlowHandlers::remove(const http::Request& request)
{
    const auto& id = request.parameter("flow_id");
    ACCESSD_TRY(const auto condition, condition_of(request));
    ACCESSD_CHECK(projects_.remove_flow(id, request.scope(), condition,
                                        events::audit_of(request, "flow.deleted")));
    return http::success({{"flow_id", id}, {"deleted", true}}, "Flow deleted");
}

}  // namespace accessd::projects
