#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"
#include "config/config.h"
#include "crypto/keyring.h"
#include "delivery/provider.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace accessd::delivery {

/// A mail server as a project names it, without its password.
struct SmtpSettings {
    std::string host;  ///< In lower case; an IPv6 address without brackets.
    int port = 587;
    config::Smtp::Security security = config::Smtp::Security::StartTls;
    std::string user;       ///< Empty: no login.
    std::string from;       ///< Canonical.
    std::string from_name;  ///< Empty: the project's name.
    std::string reply_to;   ///< Empty: answers go to `from`.
    bool operator==(const SmtpSettings&) const = default;
};

/// A project's own way to send messages.
struct SenderAccount {
    std::string id;
    std::string project_id;
    std::string name;
    SenderKind kind = SenderKind::Smtp;
    contacts::Channel channel = contacts::Channel::Email;
    int priority = 10;  ///< 1 to 100; the lowest is tried first.
    bool is_active = true;
    SmtpSettings smtp;                            ///< Of kind Smtp.
    std::map<std::string, std::string> settings;  ///< Of the other kinds: by provider_fields().
    std::vector<std::string> prefixes;            ///< Of numbers that it is for; empty: all.
    std::string sealed_secrets;  ///< Of the other kinds: to_secrets_text(), for "secrets".
    // Sealed for sender_context(id, ...): "password", "receipts", "mailgun".
    std::string sealed_password;        ///< Empty: none.
    std::string sealed_receipt_secret;  ///< Signs receipts.
    std::string sealed_mailgun_key;  ///< Mailgun's own signing key; empty: not a Mailgun account.
    TimePoint created_at;
    TimePoint updated_at;
    std::int64_t version = 1;
};

/// What a sender's secret is bound to: that of one sender can't be put in another's place.
inline std::string sender_context(const std::string& sender_id, std::string_view secret)
{
    return "sender:" + sender_id + ":" + std::string{secret};
}

std::string_view to_text(config::Smtp::Security security);
std::optional<config::Smtp::Security> parse_security(std::string_view text);

/// The settings as the store keeps them: a JSON object.
std::string to_document(const SmtpSettings& settings);
/// Nothing for text that isn't such a document.
std::optional<SmtpSettings> parse_smtp_settings(std::string_view document);

/// The settings of whatever kind, prefixes included.
std::string to_document(const SenderAccount& account);
/// Reads them over `account`, whose kind is known; what can't be read stays as it is.
void read_document(std::string_view document, SenderAccount& account);

/// Secrets by name as one text to seal, and the way back.
Secret to_secrets_text(const std::map<std::string, Secret>& secrets);
std::map<std::string, Secret> from_secrets_text(const Secret& text);

/// The account with its secrets in clear. Errors: Internal if they can't be opened.
Result<ProviderAccount> open_account(const SenderAccount& account, const crypto::Keyring& keyring);

}  // namespace accessd::delivery
