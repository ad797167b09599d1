#include "users/user_handlers.h"

#include "base/json.h"
#include "contacts/email_address.h"
#include "events/audit_handlers.h"
#include "http/entity_tag.h"
#include "http/fields.h"
#include "http/render.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace accessd::users {
namespace {

constexpr std::size_t kClaimsBytesMax = 4096;  // They travel in every login token.

// Names that a token's own claims have (RFC 7519, 4.1, and OpenID Connect Core, 2), which mapped
// claims must not look like. Source: api.md, section 7.
constexpr std::array<std::string_view, 13> kRegisteredClaims{
    "iss",       "sub", "aud", "exp", "nbf",      "iat", "jti",
    "auth_time", "amr", "acr", "azp", "login_id", "test"};

std::optional<std::string> read_email(http::Fields& body)
{
    const auto text = body.string("email", {.min = 1, .max = 1000, .nullable = true});
    if (!text) return std::nullopt;
    const auto email = contacts::EmailAddress::parse(*text);
    if (!email) {
        body.refuse("email", "isn't an email address: " + email.error().message);
        return std::nullopt;
    }
    return email->text();
}

/// E.164 (ITU-T E.164, 6.2): a plus and up to fifteen digits.
bool is_e164(std::string_view text)
{
    return text.size() >= 8 && text.size() <= 16 && text[0] == '+' && text[1] != '0' &&
           std::all_of(text.begin() + 1, text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<std::string> read_phone(http::Fields& body)
{
    const auto text = body.string("phone", {.min = 1, .max = 32, .nullable = true});
    if (!text) return std::nullopt;
    if (!is_e164(*text)) body.refuse("phone", "must be E.164: a plus and 7 to 15 digits");
    return text;
}

std::optional<std::string> read_claims(http::Fields& body)
{
    const auto claims = body.json("claims", false, kClaimsBytesMax);
    if (!claims) return std::nullopt;
    for (const auto& [name, value] : claims->items()) {
        if (std::find(kRegisteredClaims.begin(), kRegisteredClaims.end(), name) !=
            kRegisteredClaims.end()) {
            body.refuse("claims." + name, "is a registered claim's name");
        }
    }
    return claims->dump();
}

}  // namespace

nlohmann::json to_json(const User& user)
{
    return {{"user_id", user.user_id},
            {"project_id", user.project_id},
            {"email", http::or_null(user.email)},
            {"phone", http::or_null(user.phone)},
            {"name", http::or_null(user.name)},
            {"claims", nlohmann::json::parse(user.claims)},
            {"created_at", to_rfc3339(user.created_at)},
            {"updated_at", to_rfc3339(user.updated_at)}};
}

UserHandlers::UserHandlers(Directory& directory, UserStore& store, FindProject find_project)
    : directory_(directory), store_(store), find_project_(std::move(find_project))
{
}

Result<ProjectFacts> UserHandlers::project_of(const http::Request& request) const
{
    return find_project_(request.parameter("project_id"), request.scope());
}

/// POST /v2/access/projects/{project_id}/users   {"user_id": "42", "email": "ana@example.com"}
Result<http::Response> UserHandlers::create(const http::Request& request)
{
    ACCESSD_TRY(const auto project, project_of(request));
    ACCESSD_TRY(auto body, http::Fields::parse(request));
    Directory::NewUser user;
    if (const auto id = body.string("user_id", {.min = 1, .max = 128})) {
        if (!is_user_id(*id)) {
            body.refuse("user_id",
                        "must be 1-128 of A-Z a-z 0-9 . _ @ : + - and more than one or two dots");
        }
        user.user_id = *id;
    }
    user.email = read_email(body);
    user.phone = read_phone(body);
    user.name = body.string("name", {.min = 1, .max = 200, .nullable = true});
    user.claims = read_claims(body).value_or("{}");
    ACCESSD_CHECK(body.check());

    ACCESSD_TRY(const auto created, directory_.create(project.id, std::move(user), project.test,
                                                      events::audit_of(request, "user.created")));
    return http::tagged(to_json(created), "User created", 201);
}

/// GET /v2/access/projects/{project_id}/users?email=&phone=&user_id=
Result<http::Response> UserHandlers::list(const http::Request& request)
{
    ACCESSD_TRY(const auto project, project_of(request));
    http::Query query{request};
    UserFilter filter;
    if (const auto text = query.string("email", 1000)) {
        const auto email = contacts::EmailAddress::parse(*text);
        if (!email) query.refuse("email", "isn't an email address");
        if (email) filter.email = email->text();
    }
    filter.phone = query.string("phone", 32);
    filter.user_id = query.string("user_id", 128);
    const auto page = query.page();
    ACCESSD_CHECK(query.check());

    ACCESSD_TRY(const auto users, store_.list(project.id, filter, page));
    auto items = nlohmann::json::array();
    for (const auto& user : users.items) items.push_back(to_json(user));
    return http::success(http::page_json(std::move(items), users.next), "Users");
}

/// GET /v2/access/projects/{project_id}/users/{user_id}
Result<http::Response> UserHandlers::get(const http::Request& request)
{
    ACCESSD_TRY(const auto project, project_of(request));
    ACCESSD_TRY(const auto user, directory_.get(project.id, request.parameter("user_id")));
    return http::tagged(to_json(user), "User");
}

/// PATCH /v2/access/projects/{project_id}/users/{user_id}   null clears a field
Result<http::Response> UserHandlers::change(const http::Request& request)
{
    ACCESSD_TRY(const auto project, project_of(request));
    ACCESSD_TRY(auto body, http::Fields::parse(request));
    const bool has_email = body.has("email");
    const bool has_phone = body.has("phone");
    const bool has_name = body.has("name");
    const auto email = read_email(body);
    const auto phone = read_phone(body);
    const auto name = body.string("name", {.min = 1, .max = 200, .nullable = true});
    const auto claims = read_claims(body);
    ACCESSD_CHECK(body.check());
    ACCESSD_TRY(const auto if_match, http::IfMatch::parse(request));

    ACCESSD_TRY(const auto user,
                directory_.change(
                    project.id, request.parameter("user_id"), project.test,
                    [&](User& stored) {
                        if (has_email) stored.email = email;
                        if (has_phone) stored.phone = phone;
                        if (has_name) stored.name = name;
                        if (claims) stored.claims = *claims;
                    },
                    [&](const User& stored) { return if_match.check(to_json(stored)); },
                    events::audit_of(request, "user.changed")));
    return http::tagged(to_json(user), "User changed");
}

/// DELETE /v2/access/projects/{project_id}/users/{user_id}
Result<http::Response> UserHandlers::erase(const http::Request& request)
{
    ACCESSD_TRY(const auto project, project_of(request));
    const auto& user_id = request.parameter("user_id");
    ACCESSD_TRY(const auto if_match, http::IfMatch::parse(request));
    Condition<User> condition;
    if (if_match.is_present()) {
        condition = [&](const User& stored) { return if_match.check(to_json(stored)); };
    }
    ACCESSD_TRY(const auto erased, directory_.erase(project.id, user_id, project.test, condition,
                                                    events::audit_of(request, "user.erased")));
    return http::success(
        {{"user_id", user_id},
         {"erased",
          {{"users", erased.users},
           {"validations", erased.validations},
           {"logins", erased.logins},
           {"messages", erased.messages},
           {"events", erased.events},
           {"faces", erased.faces}}},
         // No backups are made by the server itself: nothing of the kind can lapse.
         {"backups_lapse_at", nullptr}},
        "User erased");
}

}  // namespace accessd::users
