#include "biometrics/caller_field_handlers.h"

#include "access/browser_logins.h"
#include "base/time_text.h"
#include "users/directory.h"

#include <nlohmann/json.hpp>

#include <arpa/inet.h>

#include <array>
#include <chrono>
#include <utility>

namespace accessd::biometrics {
namespace {

constexpr std::size_t kMetadataBytesMax = 1024;  // Source: api.md, section 4.
constexpr std::size_t kUserAgentMax = 512;
/// Clocks of customers' servers differ a little from ours.
constexpr auto kClockDifferenceMax = std::chrono::minutes{5};

bool is_ip_address(const std::string& text)
{
    std::array<unsigned char, sizeof(in6_addr)> address{};
    return inet_pton(AF_INET, text.c_str(), address.data()) == 1 ||
           inet_pton(AF_INET6, text.c_str(), address.data()) == 1;
}

std::optional<std::string> read_ip(http::Fields& body)
{
    auto ip = body.string("ip", {.min = 1, .max = 45, .nullable = true});
    if (ip && !is_ip_address(*ip)) body.refuse("ip", "isn't an IPv4 or IPv6 address");
    return ip;
}

bool is_person(const http::Request& request)
{
    return request.authenticated().browser || request.authenticated().validation;
}

/// What the business's server says of the person.
void read_client(http::Fields& body, FaceRequest& where)
{
    auto client = body.object("client");
    if (!client) return;
    where.client_ip = read_ip(*client).value_or("");
    where.user_agent =
        client->string("user_agent", {.min = 1, .max = kUserAgentMax, .nullable = true})
            .value_or("");
    body.absorb(*client);
}

/// What only a business's server may say is refused from browsers, so that none is led to believe it counts.
void read_browser(const http::Request& request, http::Fields& body, FaceRequest& where)
{
    for (const auto* name : {"client", "metadata"}) {
        if (body.has(name)) body.refuse(name, "isn't for browsers: their connection says it");
    }
    where.client_ip = request.peer;
    for (const char c : request.header("User-Agent").value_or(std::string_view{})) {
        if (where.user_agent.size() < kUserAgentMax && c >= ' ' && c <= '~') where.user_agent += c;
    }
}

std::string seconds_text(std::chrono::milliseconds time)
{
    return std::to_string(std::chrono::ceil<std::chrono::seconds>(time).count());
}

}  // namespace

FaceRequest read_where(const http::Request& request, http::Fields& body)
{
    FaceRequest where;
    where.browser = request.authenticated().browser;
    const auto& browser = where.browser;
    where.project_id =
        body.string("project_id", {.required = !browser, .min = 1, .max = 64}).value_or("");
    where.flow_id = body.string("flow_id", {.min = 1, .max = 64});
    where.login_id = body.string("login_id", {.min = 1, .max = 64});
    if (browser) {
        read_browser(request, body, where);
        return where;
    }
    read_client(body, where);
    if (const auto metadata = body.json("metadata", false, kMetadataBytesMax)) {
        where.metadata = metadata->dump();
    }
    return where;
}

Result<void> check_own_login(const http::Request& request, const FaceRequest& where)
{
    const auto& browser = request.authenticated().browser;
    if (!browser) return {};
    const auto project_id =
        where.project_id.empty() ? std::nullopt : std::optional{where.project_id};
    return access::check_own(*browser, project_id, where.flow_id, where.login_id);
}

std::string read_client_ip(const http::Request& request, http::Fields& body)
{
    if (is_person(request)) {
        if (body.has("client")) {
            body.refuse("client", "isn't for browsers: their connection says it");
        }
        return request.peer;
    }
    FaceRequest where;
    read_client(body, where);
    return where.client_ip;
}

std::optional<std::string> read_user_id(http::Fields& body, bool required)
{
    auto id = body.string("user_id", {.required = required, .min = 1, .max = 128});
    if (id && !users::is_user_id(*id)) {
        body.refuse("user_id",
                    "must be 1-128 of A-Z a-z 0-9 . _ @ : + - and more than one or two dots");
    }
    return id;
}

std::optional<GivenConsent> read_consent(http::Fields& body, TimePoint now)
{
    auto object = body.object("consent");
    if (!object) return std::nullopt;
    GivenConsent consent;
    consent.text_version =
        object->string("text_version", {.required = true, .min = 1, .max = 100}).value_or("");
    if (const auto text = object->string("accepted_at", {.required = true, .min = 1, .max = 40})) {
        const auto accepted_at = parse_rfc3339(*text);
        if (!accepted_at) {
            object->refuse("accepted_at", "must be RFC 3339 in UTC: 2026-03-01T09:30:00Z");
        } else if (*accepted_at > now + kClockDifferenceMax) {
            object->refuse("accepted_at", "lies in the future");
        }
        consent.accepted_at = accepted_at.value_or(now);
    }
    consent.client_ip = read_ip(*object).value_or("");
    body.absorb(*object);
    return consent;
}

http::Response with_limit(http::Response response, const http::Request& request,
                          const limits::Decision& limit)
{
    if (request.authenticated().browser) return response;
    return std::move(response)
        .with_header("RateLimit-Limit", std::to_string(limit.limit))
        .with_header("RateLimit-Remaining", std::to_string(limit.remaining))
        .with_header("RateLimit-Reset", seconds_text(limit.reset));
}

}  // namespace accessd::biometrics
