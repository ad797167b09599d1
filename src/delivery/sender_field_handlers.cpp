#include "delivery/sender_field_handlers.h"

#include "contacts/email_address.h"
#include "http/fields.h"

#include <algorithm>
#include <array>
#include <utility>

namespace accessd::delivery {
namespace {

using Security = config::Smtp::Security;

constexpr std::array kMailPorts{25, 465, 587, 2525};
constexpr int kFreePortMin = 1024;
constexpr int kPortMax = 65535;
constexpr int kSubmissionPort = 587;
constexpr int kTlsPort = 465;

bool is_mail_port(int port)
{
    return port >= kFreePortMin ||
           std::find(kMailPorts.begin(), kMailPorts.end(), port) != kMailPorts.end();
}

/// A text that null clears.
void read_text(http::Fields& body, std::string_view name, std::size_t max, std::string& out)
{
    if (!body.has(name)) return;
    out = body.string(name, {.min = 1, .max = max, .nullable = true}).value_or("");
}

void read_address(http::Fields& body, std::string_view name, bool required, std::string& out)
{
    if (!required && !body.has(name)) return;
    const auto text =
        body.string(name, {.required = required, .min = 1, .max = 1000, .nullable = !required});
    if (!text) {
        out.clear();
        return;
    }
    const auto address = contacts::EmailAddress::parse(*text);
    if (!address) body.refuse(name, "isn't an email address that can be written to");
    if (address) out = address->text();
}

void read_secret(http::Fields& body, std::string_view name, std::optional<Secret>& out)
{
    if (!body.has(name)) return;
    const bool is_cleared = body.is_null(name);
    auto text = body.string(name, {.min = 1, .max = 1000, .nullable = true});
    if (text || is_cleared) out = Secret{std::move(text).value_or("")};
}

void read_settings(http::Fields& body, bool is_new, SmtpSettings& settings, SenderSecrets& secrets)
{
    auto nested = body.object("settings", is_new);
    if (!nested) return;
    if (auto host = nested->string("host", {.required = is_new, .min = 1, .max = 255})) {
        settings.host = std::move(*host);
    }
    if (const auto security = nested->choice("security", false, {"starttls", "tls", "none"})) {
        settings.security = *parse_security(*security);
    }
    if (is_new) settings.port = settings.security == Security::Tls ? kTlsPort : kSubmissionPort;
    if (const auto port = nested->integer("port", {.min = 1, .max = kPortMax})) {
        settings.port = static_cast<int>(*port);
    }
    read_text(*nested, "user", 200, settings.user);
    read_secret(*nested, "password", secrets.password);
    const bool has_from = is_new || nested->has("from");
    if (has_from) read_address(*nested, "from", true, settings.from);
    read_text(*nested, "from_name", 100, settings.from_name);
    read_address(*nested, "reply_to", false, settings.reply_to);
    body.absorb(*nested);
}

bool has_password(const SenderAccount& account, const SenderSecrets& secrets)
{
    return secrets.password ? !secrets.password->empty() : !account.sealed_password.empty();
}

Result<void> check_password(const SenderAccount& account, const SenderSecrets& secrets,
                            const SenderAccount* before)
{
    const bool has_one = has_password(account, secrets);
    if (account.smtp.user.empty() && has_one) {
        return Error::invalid("settings.user",
                              "is missing: there is a password and nobody to use it");
    }
    if (!account.smtp.user.empty() && !has_one) {
        return Error::invalid("settings.password", "is missing for settings.user");
    }
    if (before == nullptr || secrets.password || !has_one) return {};
    const auto& now = account.smtp;
    const auto& then = before->smtp;
    const bool goes_elsewhere = now.host != then.host || now.port != then.port ||
                                now.user != then.user || now.security != then.security;
    if (!goes_elsewhere) return {};
    return Error::invalid("settings.password",
                          "must be given again when host, port, user or security change");
}

/// Unencrypted mail, and its password, stays where the operator said that it may: at an address, as a name
/// could lead elsewhere tomorrow.
Result<void> check_security(const SmtpSettings& settings, const outbound::Guard::Host& host,
                            const outbound::Guard& guard)
{
    if (settings.security != Security::None) return {};
    if (host.address && guard.is_opened(*host.address)) return {};
    return Error::invalid("settings.security",
                          "can be none only for an IP address in outbound.allow: codes would be "
                          "readable to everyone on the way");
}

/// The kind, and the channel where a kind has several.
void read_kind(http::Fields& body, SenderAccount& account)
{
    const auto kind =
        body.choice("kind", true, {"smtp", "twilio", "vonage", "whatsapp_cloud", "http"});
    if (kind) account.kind = *parse_sender_kind(*kind);
    const auto channel = body.choice("channel", false, {"email", "sms", "whatsapp"});
    if (channel) {
        account.channel = *contacts::parse_channel(*channel);
    } else if (account.kind == SenderKind::WhatsAppCloud) {
        account.channel = contacts::Channel::WhatsApp;
    } else if (account.kind != SenderKind::Smtp) {
        account.channel = contacts::Channel::Sms;
    }
    if (!carries(account.kind, account.channel)) {
        body.refuse("channel", "isn't one that this kind carries");
    }
}

}  // namespace

void read_sender(http::Fields& body, bool is_new, SenderAccount& account, SenderSecrets& secrets)
{
    if (auto name = body.string("name", {.required = is_new, .min = 1, .max = 60})) {
        account.name = std::move(*name);
    }
    if (is_new) read_kind(body, account);
    if (const auto priority = body.integer("priority", {.min = 1, .max = 100})) {
        account.priority = static_cast<int>(*priority);
    }
    if (const auto status = body.choice("status", false, {"active", "paused"})) {
        account.is_active = *status == "active";
    }
    if (account.kind != SenderKind::Smtp) return read_provider(body, account, secrets.provider);
    read_settings(body, is_new, account.smtp, secrets);
    read_secret(body, "mailgun_signing_key", secrets.mailgun_key);
}

Result<std::vector<std::string>> check_sender(SenderAccount& account, const SenderSecrets& secrets,
                                              const SenderAccount* before,
                                              const outbound::Guard& guard)
{
    auto& settings = account.smtp;
    ACCESSD_TRY(const auto host, guard.check_host(settings.host, "settings.host"));
    settings.host = host.text;
    if (!is_mail_port(settings.port)) {
        return Error{ErrorCode::UrlNotAllowed}
            .with("field", std::string{"settings.port"})
            .saying("Mail servers are reached on ports 25, 465, 587, 2525 and from 1024 upwards.");
    }
    ACCESSD_CHECK(check_security(settings, host, guard));
    ACCESSD_CHECK(check_password(account, secrets, before));
    std::vector<std::string> warnings;
    if (!host.is_resolved) {
        warnings.push_back("The name " + host.text +
                           " can't be resolved at the moment; mail waits until it can.");
    }
    return warnings;
}

}  // namespace accessd::delivery
