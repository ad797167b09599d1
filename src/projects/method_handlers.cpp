#include "projects/method_handlers.h"

#include "contacts/email_address.h"
#include "events/audit_handlers.h"
#include "http/entity_tag.h"
#include "http/fields.h"
#include "projects/project_json.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>

namespace accessd::projects {
namespace {

void read_int(http::Fields& body, std::string_view name, std::int64_t min, std::int64_t max,
              int& out)
{
    if (const auto value = body.integer(name, {.min = min, .max = max})) {
        out = static_cast<int>(*value);
    }
}

void read_seconds(http::Fields& body, std::string_view name, std::int64_t min, std::int64_t max,
                  std::chrono::seconds& out)
{
    if (const auto value = body.integer(name, {.min = min, .max = max})) {
        out = std::chrono::seconds{*value};
    }
}

void read_bool(http::Fields& body, std::string_view name, bool& out)
{
    out = body.boolean(name).value_or(out);
}

/// What one-time codes have in common, whichever way they go.
template <class Method>
void read_otp(http::Fields& body, Method& method)
{
    read_bool(body, "enabled", method.enabled);
    read_int(body, "otp_length", 6, 8, method.otp_length);
    read_seconds(body, "otp_ttl_seconds", 60, 600, method.otp_ttl);
    read_int(body, "max_attempts", 1, 10, method.max_attempts);
}

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return is_upper(c) || (c >= 'a' && c <= 'z'); }

/// Source: 3GPP TS 23.040, 9.1.2.5: 11 characters at most where it has letters.
bool is_sender_id(std::string_view text)
{
    constexpr std::size_t letters_max = 11;
    constexpr std::size_t digits_max = 15;
    const auto number = text.starts_with('+') ? text.substr(1) : text;
    if (!number.empty() && std::all_of(number.begin(), number.end(), is_digit)) {
        return number.size() <= digits_max;
    }
    return !text.empty() && text.size() <= letters_max &&
           std::any_of(text.begin(), text.end(), is_letter) &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return is_letter(c) || is_digit(c) || c == ' ' || c == '.' || c == '-' || c == '_';
           });
}

bool is_template_name(std::string_view text)
{
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return is_letter(c) || is_digit(c) || c == '_'; });
}

bool is_channel(std::string_view text) { return text == "sms" || text == "whatsapp"; }

void read_fallback(http::Fields& body, PhoneMethod& method)
{
    if (body.is_null("fallback")) return;
    auto nested = body.object("fallback");
    if (!nested) return;
    PhoneMethod::Fallback fallback;
    read_seconds(*nested, "after_seconds", 10, 300, fallback.after);
    fallback.to = nested->choice("to", true, {"sms", "whatsapp"}).value_or("");
    body.absorb(*nested);
    method.fallback = std::move(fallback);
}

EmailMethod read_email_method(http::Fields& body)
{
    EmailMethod method;
    read_otp(body, method);
    read_bool(body, "magic_link", method.magic_link);
    return method;
}

/// {"ES": "SHOP", "*": "+15005550006"}: what a provider takes as the origin of an SMS.
std::map<std::string, std::string> read_sender_ids(http::Fields& body)
{
    constexpr std::size_t ids_max = 50;
    const auto value = body.json("sender_ids", false, 4096);
    if (!value) return {};
    std::map<std::string, std::string> ids;
    for (const auto& [country, id] : value->items()) {
        const bool is_country =
            country == "*" || (country.size() == 2 && is_upper(country[0]) && is_upper(country[1]));
        if (!is_country) body.refuse("sender_ids." + country, "isn't a country (ES) or *");
        if (!id.is_string() || !is_sender_id(id.get<std::string>())) {
            body.refuse(
                "sender_ids." + country,
                "must be a number (+34600123456), a short code, or up to 11 letters, digits, "
                "spaces, dots, hyphens and underscores");
            continue;
        }
        ids.emplace(country, id.get<std::string>());
    }
    if (ids.size() > ids_max) body.refuse("sender_ids", "has more than 50 entries");
    return ids;
}

/// {"es": "login_code", "*": "login_code"}: names of templates registered with WhatsApp.
std::map<std::string, std::string> read_whatsapp_templates(http::Fields& body)
{
    auto nested = body.object("whatsapp_templates");
    if (!nested) return {};
    std::map<std::string, std::string> names;
    for (const auto* language : {"*", "en", "es", "pt"}) {
        if (auto name = nested->string(language, {.min = 1, .max = 512})) {
            if (!is_template_name(*name)) {
                nested->refuse(language, "must be of a-z, A-Z, 0-9 and _");
            }
            names.emplace(language, std::move(*name));
        }
    }
    body.absorb(*nested);
    return names;
}

PhoneMethod read_phone_method(http::Fields& body)
{
    PhoneMethod method;
    read_otp(body, method);
    if (auto channels = body.strings("channels", false, 2, 20)) {
        if (channels->empty() || !std::all_of(channels->begin(), channels->end(), is_channel)) {
            body.refuse("channels", "must name sms, whatsapp or both");
        }
        method.channels = std::move(*channels);
    }
    read_fallback(body, method);
    method.sender_ids = read_sender_ids(body);
    method.whatsapp_templates = read_whatsapp_templates(body);
    if (const auto host = body.string("origin_host", {.min = 1, .max = 253, .nullable = true})) {
        const auto email = contacts::EmailAddress::parse("x@" + *host);
        if (!email) body.refuse("origin_host", "must be a host name like www.example.com");
        if (email) method.origin_host = email->domain();
    }
    return method;
}

BiometricMethod read_biometric_method(http::Fields& body)
{
    BiometricMethod method;
    read_bool(body, "enabled", method.enabled);
    read_bool(body, "liveness_required", method.liveness_required);
    if (!body.is_null("min_assurance")) {
        if (const auto text = body.choice("min_assurance", false, {"low", "passive", "active"})) {
            method.min_assurance = parse_assurance(*text);
        }
    }
    read_bool(body, "accept_low_assurance", method.accept_low_assurance);
    if (!body.is_null("match_fmr")) method.match_fmr = body.number("match_fmr", false, 1e-5, 1e-2);
    read_seconds(body, "validation_ttl_seconds", 60, 900, method.validation_ttl);
    read_int(body, "max_attempts", 1, 10, method.max_attempts);
    read_bool(body, "require_consent", method.require_consent);
    read_bool(body, "biometric_only", method.biometric_only);
    read_bool(body, "reject_duplicate_faces", method.reject_duplicate_faces);
    read_bool(body, "refresh_faces", method.refresh_faces);
    return method;
}

nlohmann::json method_json(const Flow& flow, Method method, Mode mode)
{
    switch (method) {
    case Method::Email: return to_json(flow.email);
    case Method::Phone: return to_json(flow.phone);
    case Method::Biometric: return to_json(flow.biometric, mode, flow.policy);
    }
    return nullptr;
}

Result<Method> method_of(const http::Request& request)
{
    const auto method = parse_method(request.parameter("method"));
    if (!method) return ErrorCode::NotFound;
    return *method;
}

}  // namespace

MethodHandlers::MethodHandlers(Projects& projects, bool has_passive)
    : projects_(projects), has_passive_(has_passive)
{
}

/// GET /v2/access/flows/{flow_id}/methods/{method}
Result<http::Response> MethodHandlers::get(const http::Request& request)
{
    ACCESSD_TRY(const auto method, method_of(request));
    ACCESSD_TRY(const auto flow, projects_.get_flow(request.parameter("flow_id"), request.scope()));
    ACCESSD_TRY(const auto setup, projects_.get(flow.project_id, request.scope()));
    return http::tagged(method_json(flow, method, setup->project.mode), "Method");
}

/// PUT /v2/access/flows/{flow_id}/methods/{method}   {"enabled": true, "otp_length": 6}
/// The whole method: what isn't named gets its default.
Result<http::Response> MethodHandlers::put(const http::Request& request)
{
    ACCESSD_TRY(const auto method, method_of(request));
    ACCESSD_TRY(auto body, http::Fields::parse(request));
    EmailMethod email;
    PhoneMethod phone;
    BiometricMethod biometric;
    if (method == Method::Email) email = read_email_method(body);
    if (method == Method::Phone) phone = read_phone_method(body);
    if (method == Method::Biometric) biometric = read_biometric_method(body);
    ACCESSD_CHECK(body.check());

    const auto change = [&](Flow& stored) {
        if (method == Method::Email) stored.email = email;
        if (method == Method::Phone) stored.phone = phone;
        if (method == Method::Biometric) stored.biometric = biometric;
    };
    const auto& id = request.parameter("flow_id");
    // A level that nothing on this server can reach is refused even in a draft. Should the model go later, logins are
    // asked for the challenge, which shows more.
    if (biometric.min_assurance == Assurance::Passive && !has_passive_) {
        ACCESSD_CHECK(projects_.get_flow(id, request.scope()));
        return Error{ErrorCode::FlowNotReady}.with(
            "missing", std::vector<std::string>{"install a presentation-attack model, or set "
                                                "min_assurance to low or active"});
    }
    const auto audit =
        events::audit_of(request, "flow." + std::string{to_text(method)} + "_method_changed");
    ACCESSD_TRY(const auto if_match, http::IfMatch::parse(request));
    const auto condition = [&](const Flow& stored) -> Result<void> {
        ACCESSD_TRY(const auto setup, projects_.get(stored.project_id, request.scope()));
        return if_match.check(method_json(stored, method, setup->project.mode));
    };
    ACCESSD_TRY(const auto flow,
                projects_.change_flow(id, request.scope(), change, condition, audit));
    ACCESSD_TRY(const auto setup, projects_.get(flow.project_id, request.scope()));
    return http::tagged(method_json(flow, method, setup->project.mode), "Method changed");
}

}  // namespace accessd::projects
