#include "access/otp_handlers.h"

#include "access/browser_logins.h"
#include "access/login_json.h"
#include "base/log.h"
#include "contacts/email_address.h"
#include "contacts/phone_number.h"
#include "http/fields.h"

#include <nlohmann/json.hpp>

#include <arpa/inet.h>

#include <algorithm>
#include <array>

namespace accessd::access {
namespace {

constexpr std::size_t kMetadataBytesMax = 1024;     // Source: api.md, section 4.
constexpr std::size_t kContactBytesMax = 8 * 1024;  // As JSON; a contact takes far less.
constexpr std::size_t kUserAgentMax = 512;

bool is_ip_address(const std::string& text)
{
    std::array<unsigned char, sizeof(in6_addr)> address{};
    return inet_pton(AF_INET, text.c_str(), address.data()) == 1 ||
           inet_pton(AF_INET6, text.c_str(), address.data()) == 1;
}

/// The person, as the business's server says; of a browser, who is connected.
struct Client {
    std::string ip;
    std::string user_agent;
};

Client read_client(http::Fields& body)
{
    Client read;
    auto client = body.object("client");
    if (!client) return read;
    if (auto ip = client->string("ip", {.min = 1, .max = 45, .nullable = true})) {
        if (!is_ip_address(*ip)) client->refuse("ip", "isn't an IPv4 or IPv6 address");
        read.ip = std::move(*ip);
    }
    read.user_agent =
        client->string("user_agent", {.min = 1, .max = kUserAgentMax, .nullable = true})
            .value_or("");
    body.absorb(*client);
    return read;
}

/// What only a business's server may say is refused from browsers, so that none is led to believe it counts.
Client read_browser(const http::Request& request, http::Fields& body)
{
    for (const auto* name : {"client", "metadata", "redirect_url"}) {
        if (body.has(name))
            body.refuse(name, "isn't for browsers: their connection or login says it");
    }
    Client read{request.peer, {}};
    for (const char c : request.header("User-Agent").value_or(std::string_view{})) {
        if (read.user_agent.size() < kUserAgentMax && c >= ' ' && c <= '~') read.user_agent += c;
    }
    return read;
}

std::string_view field_of(contacts::Channel channel)
{
    return contacts::is_phone(channel) ? "phone" : "email";
}

/// Text with whatever is in it: what isn't a contact becomes INVALID_EMAIL or INVALID_PHONE, not
/// INVALID_REQUEST.
std::optional<std::string> read_contact(http::Fields& body, contacts::Channel channel)
{
    const auto name = field_of(channel);
    const auto value = body.json(name, true, kContactBytesMax, false);
    if (!value) return std::nullopt;
    if (value->is_string()) return value->get<std::string>();
    body.refuse(name, "must be a string");
    return std::nullopt;
}

Result<Contact> parse_contact(const std::string& text, contacts::Channel channel)
{
    if (contacts::is_phone(channel)) {
        ACCESSD_TRY(auto phone, contacts::PhoneNumber::parse(text));
        return Contact{std::move(phone), channel};
    }
    ACCESSD_TRY(auto email, contacts::EmailAddress::parse(text));
    return Contact{std::move(email)};
}

std::optional<OtpAccess::TypedOtp> read_otp(http::Fields& body)
{
    constexpr std::string_view rule = "must be the digits of the code";
    const auto value = body.json("otp", true, 32, false);
    if (!value) return std::nullopt;
    if (value->is_number_unsigned()) return OtpAccess::TypedOtp{value->dump(), true};
    if (value->is_string()) {
        auto text = value->get<std::string>();
        const bool is_digits =
            !text.empty() && text.size() <= 10 &&
            std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
        if (is_digits) return OtpAccess::TypedOtp{std::move(text), false};
    }
    body.refuse("otp", std::string{rule});
    return std::nullopt;
}

std::string seconds_text(std::chrono::milliseconds time)
{
    return std::to_string(std::chrono::ceil<std::chrono::seconds>(time).count());
}

}  // namespace

OtpHandlers::OtpHandlers(OtpAccess& access) : access_(access) {}

/// POST /v2/access/email/send-otp   {"email": "ana@example.com", "project_id": "prj_..."}
Result<http::Response> OtpHandlers::send_email(const http::Request& request)
{
    return send(request, contacts::Channel::Email);
}

/// POST /v2/access/phone/send-sms   {"phone": "+34 600 123 456", "project_id": "prj_..."}
Result<http::Response> OtpHandlers::send_sms(const http::Request& request)
{
    return send(request, contacts::Channel::Sms);
}

/// POST /v2/access/phone/send-whatsapp   {"phone": "+34 600 123 456", "project_id": "prj_..."}
Result<http::Response> OtpHandlers::send_whatsapp(const http::Request& request)
{
    return send(request, contacts::Channel::WhatsApp);
}

Result<http::Response> OtpHandlers::send(const http::Request& request, contacts::Channel channel)
{
    ACCESSD_TRY(auto body, http::Fields::parse(request));
    const auto& browser = request.authenticated().browser;
    const auto contact_text = read_contact(body, channel);
    const auto project_id = body.string("project_id", {.required = !browser, .min = 1, .max = 64});
    const auto language = body.choice("language", false, {"en", "es", "pt"});
    const auto flow_id = body.string("flow_id", {.min = 1, .max = 64});
    const auto login_id = body.string("login_id", {.min = 1, .max = 64});
    const auto redirect_url = body.string("redirect_url", {.min = 1, .max = 2000});
    const auto metadata = body.json("metadata", false, kMetadataBytesMax);
    auto client = browser ? read_browser(request, body) : read_client(body);
    ACCESSD_CHECK(body.check());
    if (browser) ACCESSD_CHECK(check_own(*browser, project_id, flow_id, login_id));
    ACCESSD_TRY(auto contact, parse_contact(*contact_text, channel));
    OtpRequest extras{.project_id = browser ? browser->project_id : *project_id,
                      .contact = std::move(contact),
                      .flow_id = flow_id,
                      .login_id = login_id,
                      .language = {},
                      .redirect_url = redirect_url,
                      .client_ip = std::move(client.ip),
                      .user_agent = std::move(client.user_agent),
                      .metadata = {}};
    if (browser) {
        extras.flow_id = browser->flow_id;
        extras.login_id = browser->login_id;
        extras.from_browser = true;
    }
    if (language) extras.language = contacts::parse_language(*language);
    if (metadata) extras.metadata = metadata->dump();

    ACCESSD_TRY(auto made,
                access_.prepare_send(extras, request.scope(), request.authenticated().subject));
    const bool into_inbox = made.into_inbox;
    const auto prepared = std::make_shared<const SendCode>(std::move(made));
    return http::answer_later<Result<SentCode>>(
        [this, prepared](std::function<void(Result<SentCode>)> done) {
            access_.commit(prepared, std::move(done));
        },
        [this, into_inbox, id = request.id,
         destination = extras.contact.masked()](Result<SentCode>& sent) {
            return answer_sent(access_.complete(std::move(sent), into_inbox), destination, id);
        });
}

Result<http::Response> OtpHandlers::answer_sent(Result<SentOtp> result,
                                                const std::string& destination,
                                                const std::string& request_id)
{
    ACCESSD_TRY(const auto sent, std::move(result));
    const auto& validation = sent.validation;
    log::info("code requested", {{"request_id", request_id},
                                 {"project_id", validation.project_id},
                                 {"validation_id", validation.id}});
    return http::success({{"validation_id", validation.id},
                          {"status", "pending"},
                          {"expires_at", to_rfc3339(validation.expires_at)},
                          {"channel", contacts::to_text(validation.channel)},
                          {"destination", destination},
                          {"attempts_remaining", validation.attempts_remaining},
                          {"resend_after_seconds", sent.resend_after.count()},
                          {"login_id", validation.login_id}},
                         "Code sent")
        .with_header("RateLimit-Limit", std::to_string(sent.limit.limit))
        .with_header("RateLimit-Remaining", std::to_string(sent.limit.remaining))
        .with_header("RateLimit-Reset", seconds_text(sent.limit.reset));
}

/// POST /v2/access/email/verify-otp
///     {"email": "ana@example.com", "otp": "123456", "validation_id": "val_..."}
Result<http::Response> OtpHandlers::verify_email(const http::Request& request)
{
    return verify(request, contacts::Channel::Email);
}

/// POST /v2/access/phone/verify-otp
///     {"phone": "+34 600 123 456", "otp": "123456", "validation_id": "val_..."}
Result<http::Response> OtpHandlers::verify_phone(const http::Request& request)
{
    return verify(request, contacts::Channel::Sms);  // Of a number, whichever way the code came.
}

Result<http::Response> OtpHandlers::verify(const http::Request& request, contacts::Channel channel)
{
    ACCESSD_TRY(auto body, http::Fields::parse(request));
    const auto contact_text = read_contact(body, channel);
    const auto otp = read_otp(body);
    const auto validation_id =
        body.string("validation_id", {.required = true, .min = 1, .max = 64});
    const auto& browser = request.authenticated().browser;
    const auto client = browser ? read_browser(request, body) : read_client(body);
    ACCESSD_CHECK(body.check());
    ACCESSD_TRY(const auto contact, parse_contact(*contact_text, channel));

    ACCESSD_TRY(auto made,
                access_.prepare_use(contact, *otp, *validation_id, request.scope(), client.ip,
                                    browser ? browser->login_id : std::string{}));
    const auto prepared = std::make_shared<const OtpAccess::PreparedUse>(std::move(made));
    return http::answer_later<Result<UsedCode>>(
        [this, prepared](std::function<void(Result<UsedCode>)> done) {
            access_.commit(prepared, std::move(done));
        },
        [this, prepared, is_browser = browser.has_value(),
         id = request.id](Result<UsedCode>& used) {
            return answer_validated(access_.complete(*prepared, std::move(used)), is_browser, id);
        });
}

Result<http::Response> OtpHandlers::answer_validated(Result<ValidatedOtp> result, bool is_browser,
                                                     const std::string& request_id)
{
    ACCESSD_TRY(const auto done, std::move(result));
    log::info("code accepted", {{"request_id", request_id},
                                {"project_id", done.validation.project_id},
                                {"validation_id", done.validation.id}});
    const bool is_complete = done.login.status == LoginStatus::Complete;
    nlohmann::json data{{"validation_id", done.validation.id},
                        {"status", to_text(done.validation.status)},
                        {"login", login_json(done.login, done.remaining)}};
    if (is_browser) {
        if (is_complete) data["redirect_url"] = done.redirect_url;
        return http::success(data, is_complete ? "Login complete" : "Code accepted");
    }
    data["user"] = user_json(done.user);
    if (done.token) add_token(data, *done.token);
    return http::success(data, is_complete ? "Login complete" : "Code accepted");
}

}  // namespace accessd::access
