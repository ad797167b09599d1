#include "users/user_handlers.h"

#include "base/json.h"
#include "contacts/email_address.h"
#include "contacts/phone_number.h"
#include "events/audit_handlers.h"
#include "http/entity_tag.h"
#include "http/fields.h"
#include "http/render.h"
#include "users/contact_text.h"
#include "users/user_csv.h"

#include <nlohmann/json.hpp>

#include <iterator>
#include <utility>
#include <vector>

namespace accessd::users {
namespace {

constexpr std::size_t kClaimsBytesMax = 4096;  // They travel in every login token.

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

std::optional<std::string> read_phone(http::Fields& body)
{
    const auto text = body.string("phone", {.min = 1, .max = 32, .nullable = true});
    if (!text) return std::nullopt;
    const auto phone = contacts::PhoneNumber::parse(*text);
    if (!phone) {
        body.refuse("phone", "isn't a phone number: " + phone.error().message);
        return std::nullopt;
    }
    return phone->text();
}

std::optional<std::string> read_claims(http::Fields& body)
{
    const auto claims = body.json("claims", false, kClaimsBytesMax);
    if (!claims) return std::nullopt;
    for (const auto& [name, value] : claims->items()) {
        if (is_registered_claim(name)) {
            body.refuse("claims." + name, "is a registered claim's name");
        }
    }
    return claims->dump();
}

/// The beginning of a contact as a support person types it: "Ana@Exam", "+34 600".
std::optional<std::string> read_search(http::Query& query)
{
    auto text = query.string("search", 200);
    if (!text) return text;
    while (text->starts_with(' ')) text->erase(0, 1);
    while (text->ends_with(' ')) text->pop_back();
    if (text->empty()) query.refuse("search", "is empty");
    if (text->starts_with('+')) {
        std::erase_if(*text, [](char c) { return c != '+' && (c < '0' || c > '9'); });
    } else if (text->find('@') != std::string::npos) {
        for (char& c : *text) {
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
        }
    }
    return text;
}

nlohmann::json shown(const PersonRecords::Value& value)
{
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    if (const auto* number = std::get_if<std::int64_t>(&value)) return *number;
    if (const auto* time = std::get_if<TimePoint>(&value)) return to_rfc3339(*time);
    return nullptr;
}

nlohmann::json shown(const PersonRecords::Section& section)
{
    auto items = nlohmann::json::array();
    for (const auto& record : section.records) {
        auto item = nlohmann::json::object();
        for (const auto& [name, value] : record) item[name] = shown(value);
        items.push_back(std::move(item));
    }
    return {{"items", std::move(items)}, {"is_cut", section.is_cut}};
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

UserHandlers::UserHandlers(Directory& directory, UserStore& store, Clock& clock, int backup_days,
                           FindProject find_project)
    : directory_(directory),
      store_(store),
      clock_(clock),
      backup_life_(backup_days),
      find_project_(std::move(find_project))
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
            body.refuse(
                "user_id",
                "must be 1-128 of A-Z a-z 0-9 . _ @ : + - and neither dots alone nor export");
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

/// GET /v2/access/projects/{project_id}/users?email=&phone=&user_id=&search=
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
    if (const auto text = query.string("phone", 64)) {
        const auto phone = contacts::PhoneNumber::parse_parameter(*text);
        if (!phone) query.refuse("phone", "isn't a phone number");
        if (phone) filter.phone = phone->text();
    }
    filter.user_id = query.string("user_id", 128);
    filter.search = read_search(query);
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

/// GET /v2/access/projects/{project_id}/users/{user_id}/export   everything that is held about one person
Result<http::Response> UserHandlers::export_one(const http::Request& request)
{
    ACCESSD_TRY(const auto project, project_of(request));
    const auto& user_id = request.parameter("user_id");
    ACCESSD_TRY(const auto user, directory_.get(project.id, user_id));
    ACCESSD_TRY(const auto records, store_.records_of(project.id, user_id));
    nlohmann::json data{{"user", to_json(user)}};
    for (const auto& section : records.sections) data[section.name] = shown(section);
    return http::success(data, "All that is held about this person");
}

/// GET /v2/access/projects/{project_id}/users/export   CSV, as an import takes it
Result<http::Response> UserHandlers::export_all(const http::Request& request)
{
    ACCESSD_TRY(const auto project, project_of(request));
    http::Query query{request};
    PageRequest page = query.page();
    ACCESSD_CHECK(query.check());

    constexpr int batch = 1000;
    page.limit = batch;
    std::vector<User> users;
    std::optional<std::string> next;
    do {
        ACCESSD_TRY(auto found, store_.list(project.id, {}, page));
        users.insert(users.end(), std::make_move_iterator(found.items.begin()),
                     std::make_move_iterator(found.items.end()));
        next = page.after = found.next;
    } while (next && users.size() < kExportMax);
    auto response = http::plain(to_csv(users), "text/csv; charset=utf-8")
                        .with_header("Content-Disposition", "attachment; filename=\"users.csv\"");
    if (!next) return response;
    const auto url =
        "/v2/access/projects/" + project.id + "/users/export?cursor=" + http::to_cursor(*next);
    return std::move(response).with_header("Link", "<" + url + ">; rel=\"next\"");
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
    nlohmann::json lapse;
    if (backup_life_.count() > 0) lapse = to_rfc3339(clock_.now() + backup_life_);
    return http::success({{"user_id", user_id},
                          {"erased",
                           {{"users", erased.users},
                            {"validations", erased.validations},
                            {"logins", erased.logins},
                            {"messages", erased.messages},
                            {"events", erased.events},
                            {"faces", erased.faces}}},
                          {"backups_lapse_at", std::move(lapse)}},
                         "User erased");
}

}  // namespace accessd::users
