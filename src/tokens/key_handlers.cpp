#include "tokens/key_handlers.h"

#include "events/audit_handlers.h"
#include "http/entity_tag.h"
#include "http/fields.h"
#include "http/render.h"
#include "tokens/scope_text.h"

#include <nlohmann/json.hpp>

namespace accessd::tokens {
namespace {

nlohmann::json to_json(const ApiKey& key)
{
    return {{"key_id", key.id},
            {"name", key.name},
            {"scope", scope_text(key.scopes)},
            {"project_id", http::or_null(key.project_id)},
            {"created_at", to_rfc3339(key.created_at)},
            {"revoked_at", http::or_null(key.revoked_at)},
            {"last_used_at", http::or_null(key.last_used_at)}};
}

/// Of the admins, only owners manage keys: an editor's key would outlive the editor. Errors:
/// InsufficientScope.
Result<void> check_may_manage_keys(const Caller& caller)
{
    if (!caller.is_person || caller.may_administer()) return {};
    return Error{ErrorCode::InsufficientScope}.saying("Only owners manage API keys.");
}

}  // namespace

KeyHandlers::KeyHandlers(ApiKeys& keys) : keys_(keys) {}

/// POST /v2/access/keys   {"name": "shop", "scope": "access read", "project_id": "prj_..."}
Result<http::Response> KeyHandlers::create(const http::Request& request)
{
    ACCESSD_CHECK(check_may_manage_keys(request.authenticated()));
    ACCESSD_TRY(auto body, http::Fields::parse(request));
    const auto name = body.string("name", {.required = true, .min = 1, .max = 60});
    const auto scope = body.string("scope", {.min = 1, .max = 60});
    const auto project_id = body.string("project_id", {.min = 1, .max = 64, .nullable = true});
    const auto scopes = parse_scope_text(scope.value_or("access read"));
    if (!scopes) body.refuse("scope", "must be some of access, manage, read, separated by spaces");
    const auto& caller = request.authenticated();
    if (!project_id && !caller.projects.is_all()) {
        body.refuse("project_id", "is required: this token is bound to projects");
    }
    ACCESSD_CHECK(body.check());
    // Nobody hands out more than they hold.
    for (const auto wanted : {http::Scope::Access, http::Scope::Manage, http::Scope::Read}) {
        if ((*scopes & static_cast<std::uint8_t>(wanted)) != 0 && !caller.may(wanted)) {
            return Error{ErrorCode::InsufficientScope}.saying(
                "A token can't make a key with a scope that it lacks itself.");
        }
    }
    if (project_id && !caller.projects.allows(*project_id)) return ErrorCode::ProjectNotFound;

    ACCESSD_TRY(const auto created, keys_.create(*name, *scopes, project_id.value_or(""),
                                                 events::audit_of(request, "key.created")));
    auto data = to_json(created.key);
    data["client_id"] = created.key.id;
    data["client_secret"] = created.secret.reveal();
    return http::success(data, "Key created; its secret is shown this once", 201)
        .with_header("ETag", http::entity_tag(to_json(created.key)));
}

/// GET /v2/access/keys?project_id=prj_...
Result<http::Response> KeyHandlers::list(const http::Request& request)
{
    http::Query query{request};
    const auto project_id = query.string("project_id", 64);
    const auto page = query.page();
    ACCESSD_CHECK(query.check());

    ACCESSD_TRY(const auto keys, keys_.list(request.scope(), project_id.value_or(""), page));
    auto items = nlohmann::json::array();
    for (const auto& key : keys.items) items.push_back(to_json(key));
    return http::success(http::page_json(std::move(items), keys.next), "Keys");
}

/// GET /v2/access/keys/{key_id}
Result<http::Response> KeyHandlers::get(const http::Request& request)
{
    ACCESSD_TRY(const auto key, keys_.get(request.parameter("key_id"), request.scope()));
    return http::tagged(to_json(key), "Key");
}

/// PATCH /v2/access/keys/{key_id}   {"name": "shop"}
Result<http::Response> KeyHandlers::rename(const http::Request& request)
{
    ACCESSD_CHECK(check_may_manage_keys(request.authenticated()));
    ACCESSD_TRY(auto body, http::Fields::parse(request));
    const auto name = body.string("name", {.required = true, .min = 1, .max = 60});
    ACCESSD_CHECK(body.check());
    ACCESSD_TRY(const auto if_match, http::IfMatch::parse(request));

    ACCESSD_TRY(const auto key,
                keys_.rename(
                    request.parameter("key_id"), request.scope(), *name,
                    [&](const ApiKey& stored) { return if_match.check(to_json(stored)); },
                    events::audit_of(request, "key.changed")));
    return http::tagged(to_json(key), "Key renamed");
}

/// DELETE /v2/access/keys/{key_id}
Result<http::Response> KeyHandlers::revoke(const http::Request& request)
{
    ACCESSD_CHECK(check_may_manage_keys(request.authenticated()));
    ACCESSD_TRY(const auto if_match, http::IfMatch::parse(request));
    ACCESSD_TRY(const auto key,
                keys_.revoke(
                    request.parameter("key_id"), request.scope(),
                    [&](const ApiKey& stored) { return if_match.check(to_json(stored)); },
                    events::audit_of(request, "key.revoked")));
    return http::success({{"key_id", key.id}, {"revoked_at", http::or_null(key.revoked_at)}},
                         "Key revoked, and every token made from it");
}

}  // namespace accessd::tokens
