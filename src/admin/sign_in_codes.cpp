#include "admin/sign_in_codes.h"

#include "base/id.h"
#include "limits/client_network.h"

#include <optional>
#include <utility>
#include <vector>

namespace accessd::admin {
namespace {

using limits::KeyedLimit;

constexpr std::string_view kPrefix = "sic_";

/// With five tries for each code, 20 codes a day let a guesser in once in 10,000 days and addresses. Who is kept
/// out by somebody else's asking signs in by a link.
std::vector<KeyedLimit> limits_of(const std::string& email, const std::string& client_ip)
{
    const auto key = "console:" + email;
    std::vector<KeyedLimit> all{{key, {5, std::chrono::minutes{1}, "sign_in_codes"}},
                                {key, {10, std::chrono::hours{1}, "sign_in_codes_per_hour"}},
                                {key, {20, std::chrono::hours{24}, "sign_in_codes_per_day"}}};
    const auto network = limits::client_network(client_ip);
    if (!network.empty()) {
        all.push_back(
            {"console-net:" + network, {100, std::chrono::hours{1}, "sign_in_codes_of_client"}});
    }
    return all;
}

}  // namespace

Result<SignInCodes::Sent> SignInCodes::send(const contacts::EmailAddress& email,
                                            contacts::Language language,
                                            const std::string& client_ip)
{
    ACCESSD_TRY(const bool is_possible, parts_.mail.is_possible());
    if (!is_possible) {
        return Error{ErrorCode::NoProvider}.saying(
            "This server can't send mail yet: the operator's smtp.host isn't set. Sign in by a link: "
            "accessd admin link --email ADDRESS");
    }
    const auto now = parts_.clock.now();
    ACCESSD_CHECK(parts_.limits.take_all(limits_of(email.text(), client_ip), now));
    ACCESSD_TRY(const auto admin, parts_.admins.find_by_email(email.text()));

    Secret code{parts_.random.digits(kDigits)};
    SignInCode row;
    row.id = make_id(kPrefix, now, parts_.random);
    row.admin_id = admin ? admin->id : std::string{};
    row.digest = parts_.keyring.digest_code(row.id, code.reveal()).digest;
    row.attempts_left = kAttemptsMax;
    row.created_at = now;
    row.expires_at = now + kLife;
    ACCESSD_CHECK(parts_.store.put_code(row));
    if (admin) {
        parts_.mail.send({.id = row.id,
                          .admin_id = admin->id,
                          .recipient = admin->email,
                          .language = language,
                          .code = std::move(code),
                          .created_at = row.created_at,
                          .expires_at = row.expires_at});
    }
    return Sent{row.id, row.expires_at};
}

Result<ConsoleSessions::Begun> SignInCodes::verify(const std::string& id, const std::string& otp,
                                                   const events::AuditEntry& audit)
{
    std::vector<std::string> digests;
    for (auto& candidate : parts_.keyring.candidate_digests(id, otp)) {
        digests.push_back(std::move(candidate.digest));
    }
    return parts_.sessions.begin_with([&](const Session& session, TimePoint now) {
        return parts_.store.use_code(id, digests, session, now, audit);
    });
}

}  // namespace accessd::admin
