#include "access/validation_handlers.h"

#include "access/flow.h"
#include "access/timeline.h"
#include "base/id.h"
#include "contacts/email_address.h"
#include "contacts/phone_number.h"
#include "http/fields.h"
#include "http/render.h"

#include <nlohmann/json.hpp>

namespace accessd::access {
namespace {

std::string masked(const Validation& validation)
{
    // Of a face: what names a person who isn't there must not look like it.
    if (validation.channel == contacts::Channel::Biometric) return "•••";
    return contacts::masked_contact(validation.recipient);
}

nlohmann::json client_json(const Validation& validation)
{
    if (validation.client_ip.empty() && validation.user_agent.empty()) return nullptr;
    return {{"ip", http::or_null(validation.client_ip)},
            {"user_agent", http::or_null(validation.user_agent)}};
}

nlohmann::json to_json(const Validation& validation, TimePoint now)
{
    const auto status = validation.status_at(now);
    auto ended_at = validation.ended_at;
    if (!ended_at && status == ValidationStatus::Expired) ended_at = validation.expires_at;
    return {{"validation_id", validation.id},
            {"project_id", validation.project_id},
            {"flow_id", validation.flow_id},
            {"login_id", validation.login_id},
            {"channel", contacts::to_text(validation.channel)},
            {"destination", masked(validation)},
            {"user_id", http::or_null(validation.user_id)},
            {"status", to_text(status)},
            {"attempts_remaining", validation.attempts_remaining},
            {"max_attempts", validation.max_attempts},
            {"language", contacts::to_text(validation.language)},
            {"metadata", validation.metadata.empty() ? nlohmann::json(nullptr)
                                                     : nlohmann::json::parse(validation.metadata)},
            {"client", client_json(validation)},
            {"created_at", to_rfc3339(validation.created_at)},
            {"expires_at", to_rfc3339(validation.expires_at)},
            {"ended_at", http::or_null(ended_at)}};
}

/// What a browser is told of its own validations: nothing by which it could tell who has an account.
nlohmann::json browser_json(const Validation& validation, TimePoint now)
{
    const auto whole = to_json(validation, now);
    nlohmann::json shown;
    for (const auto* name : {"validation_id", "login_id", "channel", "destination", "status",
                             "attempts_remaining", "max_attempts", "created_at", "expires_at"}) {
        shown[name] = whole.at(name);
    }
    return shown;
}

/// Whether it is outside what a browser's token reaches: its own login.
bool is_hidden(const http::Request& request, const std::string& login_id)
{
    const auto& browser = request.authenticated().browser;
    return browser && browser->login_id != login_id;
}

nlohmann::json to_json(const TimelineEntry& entry, const Validation& validation)
{
    nlohmann::json shown{{"at", to_rfc3339(entry.at)},
                         {"type", entry.type},
                         {"text", entry.text},
                         {"channel", contacts::to_text(validation.channel)}};
    if (!entry.reason.empty()) shown["reason"] = entry.reason;
    if (!entry.provider_answer.empty()) shown["provider_answer"] = entry.provider_answer;
    return shown;
}

/// The channels that the server went to by itself.
nlohmann::json fallbacks_json(const std::vector<delivery::Message>& messages)
{
    auto list = nlohmann::json::array();
    for (const auto& message : messages) {
        if (!message.is_fallback) continue;
        list.push_back({{"at", to_rfc3339(message.created_at)},
                        {"channel", contacts::to_text(message.channel)}});
    }
    return list;
}

nlohmann::json names_of(const std::vector<projects::Method>& methods)
{
    auto names = nlohmann::json::array();
    for (const auto method : methods) names.push_back(projects::to_text(method));
    return names;
}

}  // namespace

ValidationHandlers::ValidationHandlers(ValidationStore& validations, events::EventStore& events,
                                       delivery::OutboxStore& outbox,
                                       delivery::ReceiptStore& receipts,
                                       projects::ProjectLookup& projects, Clock& clock)
    : validations_(validations),
      events_(events),
      outbox_(outbox),
      receipts_(receipts),
      projects_(projects),
      clock_(clock)
{
}

/// GET /v2/access/validations/{validation_id}
Result<http::Response> ValidationHandlers::get(const http::Request& request)
{
    const auto& id = request.parameter("validation_id");
    if (!looks_like_id(id, "val_")) return ErrorCode::ValidationNotFound;
    ACCESSD_TRY(const auto validation, validations_.find(id, request.scope()));
    if (!validation || is_hidden(request, validation->login_id)) {
        return ErrorCode::ValidationNotFound;
    }
    if (request.authenticated().browser) {
        return http::success(browser_json(*validation, clock_.now()), "Validation");
    }
    const auto& project_id = validation->project_id;
    ACCESSD_TRY(const auto events, events_.of_validation(project_id, id));
    ACCESSD_TRY(const auto messages, outbox_.of_validation(project_id, id));
    ACCESSD_TRY(const auto attempts, outbox_.attempts_of_validation(project_id, id));
    ACCESSD_TRY(const auto receipts, receipts_.of_validation(project_id, id));

    const auto now = clock_.now();
    auto data = to_json(*validation, now);
    auto& timeline = data["timeline"] = nlohmann::json::array();
    auto entries = build_timeline(*validation, events, messages, attempts, now);
    add_receipts(entries, receipts);
    for (const auto& entry : entries) {
        timeline.push_back(to_json(entry, *validation));
    }
    data["fallbacks"] = fallbacks_json(messages);
    return http::success(data, "Validation");
}

/// GET /v2/access/validations?project_id=&flow_id=&login_id=&user_id=&email=&phone=&status=
Result<http::Response> ValidationHandlers::list(const http::Request& request)
{
    http::Query query{request};
    ValidationFilter filter;
    filter.project_id = query.string("project_id", 64);
    filter.flow_id = query.string("flow_id", 64);
    filter.login_id = query.string("login_id", 64);
    filter.user_id = query.string("user_id", 128);
    if (const auto text = query.string("email", 1000)) {
        const auto email = contacts::EmailAddress::parse(*text);
        if (!email) query.refuse("email", "isn't an email address");
        if (email) filter.recipient = email->text();
    }
    if (const auto text = query.string("phone", 64)) {
        const auto phone = contacts::PhoneNumber::parse_parameter(*text);
        if (!phone) query.refuse("phone", "isn't a phone number");
        if (phone && filter.recipient) query.refuse("phone", "can't be combined with email");
        if (phone) filter.recipient = phone->text();
    }
    if (const auto status =
            query.choice("status", {"pending", "validated", "failed", "expired", "canceled"})) {
        filter.status = parse_validation_status(*status);
    }
    const auto page = query.page();
    ACCESSD_CHECK(query.check());
    if (filter.project_id && !request.scope().allows(*filter.project_id)) {
        return ErrorCode::ProjectNotFound;
    }

    const auto now = clock_.now();
    ACCESSD_TRY(const auto found, validations_.list(request.scope(), filter, page, now));
    auto items = nlohmann::json::array();
    for (const auto& validation : found.items) items.push_back(to_json(validation, now));
    return http::success(http::page_json(std::move(items), found.next), "Validations");
}

/// POST /v2/access/validations/{validation_id}/cancel
Result<http::Response> ValidationHandlers::cancel(const http::Request& request)
{
    ACCESSD_TRY(const auto body, http::Fields::parse(request, true));
    ACCESSD_CHECK(body.check());
    const auto& id = request.parameter("validation_id");
    if (!looks_like_id(id, "val_")) return ErrorCode::ValidationNotFound;

    const bool is_browser = request.authenticated().browser.has_value();
    if (is_browser) {  // A validation never changes its login, so looking first is safe.
        ACCESSD_TRY(const auto found, validations_.find(id, request.scope()));
        if (!found || is_hidden(request, found->login_id)) return ErrorCode::ValidationNotFound;
    }
    const auto now = clock_.now();
    ACCESSD_TRY(const auto validation, validations_.cancel(id, request.scope(), now));
    return http::success(is_browser ? browser_json(validation, now) : to_json(validation, now),
                         "Validation canceled");
}

Result<nlohmann::json> ValidationHandlers::login_json(const Login& login, TimePoint now)
{
    ACCESSD_TRY(const auto setup, projects_.find(login.project_id));
    const auto* flow = setup ? setup->flow(login.flow_id) : nullptr;
    auto remaining = nlohmann::json::array();
    if (flow != nullptr && login.status != LoginStatus::Complete) {
        remaining = names_of(remaining_methods(flow->policy, login.methods_done));
    }
    return nlohmann::json{{"login_id", login.id},
                          {"project_id", login.project_id},
                          {"flow_id", login.flow_id},
                          {"opened_by", login.opened_by},
                          {"user_id", http::or_null(login.user_id)},
                          {"status", to_text(login.status_at(now))},
                          {"methods_done", names_of(login.methods_done)},
                          {"remaining_methods", std::move(remaining)},
                          {"created_at", to_rfc3339(login.created_at)},
                          {"expires_at", to_rfc3339(login.expires_at)},
                          {"completed_at", http::or_null(login.completed_at)}};
}

/// GET /v2/access/logins/{login_id}
Result<http::Response> ValidationHandlers::get_login(const http::Request& request)
{
    const auto& id = request.parameter("login_id");
    if (!looks_like_id(id, "login_")) return ErrorCode::LoginNotFound;
    ACCESSD_TRY(const auto login, validations_.find_login(id, request.scope()));
    if (!login || is_hidden(request, login->id)) return ErrorCode::LoginNotFound;
    ACCESSD_TRY(auto data, login_json(*login, clock_.now()));
    if (request.authenticated().browser) {
        for (const auto* name : {"project_id", "flow_id", "opened_by", "user_id"}) {
            data.erase(name);
        }
    }
    return http::success(data, "Login");
}

/// GET /v2/access/logins?project_id=&flow_id=&user_id=&status=
Result<http::Response> ValidationHandlers::list_logins(const http::Request& request)
{
    http::Query query{request};
    LoginFilter filter;
    filter.project_id = query.string("project_id", 64);
    filter.flow_id = query.string("flow_id", 64);
    filter.user_id = query.string("user_id", 128);
    if (const auto status = query.choice("status", {"pending", "complete", "failed", "expired"})) {
        filter.status = parse_login_status(*status);
    }
    const auto page = query.page();
    ACCESSD_CHECK(query.check());
    if (filter.project_id && !request.scope().allows(*filter.project_id)) {
        return ErrorCode::ProjectNotFound;
    }

    const auto now = clock_.now();
    ACCESSD_TRY(const auto logins, validations_.list_logins(request.scope(), filter, page, now));
    auto items = nlohmann::json::array();
    for (const auto& login : logins.items) {
        ACCESSD_TRY(auto shown, login_json(login, now));
        items.push_back(std::move(shown));
    }
    return http::success(http::page_json(std::move(items), logins.next), "Logins");
}

}  // namespace accessd::access
