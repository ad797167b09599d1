#include "admin/second_factors.h"

#include "admin/totp.h"
#include "base/encoding.h"
#include "crypto/hash.h"

#include <algorithm>
#include <utility>

namespace accessd::admin {
namespace {

constexpr std::size_t kRecoveryBytes = 10;  // 80 bits: 16 characters of base32.
constexpr std::size_t kGroup = 4;

std::string context_of(const std::string& admin_id) { return "admin_totp:" + admin_id; }

/// Binds a recovery code to its admin.
std::string recovery_hash(const std::string& admin_id, std::string_view plain)
{
    return to_hex(crypto::sha256(admin_id + ':' + std::string{plain}));
}

/// As people write it: small letters, dashes or blanks between the groups.
std::string plain_recovery_code(std::string_view text)
{
    std::string plain;
    for (const char c : text) {
        if (c == '-' || c == ' ') continue;
        plain += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    return plain;
}

std::vector<std::string> hashes_of(const std::string& admin_id,
                                   const std::vector<std::string>& codes)
{
    std::vector<std::string> hashes;
    for (const auto& code : codes) {
        hashes.push_back(recovery_hash(admin_id, plain_recovery_code(code)));
    }
    return hashes;
}

Error has_none()
{
    return Error{ErrorCode::Conflict}.saying("This admin has no authenticator app.");
}

}  // namespace

Result<SecondFactors::Started> SecondFactors::start(const Admin& admin, std::string_view issuer)
{
    const auto secret = totp::new_secret(parts_.random);
    StoredTotp totp;
    totp.admin_id = admin.id;
    totp.sealed_secret = parts_.keyring.seal(secret.reveal(), context_of(admin.id));
    totp.created_at = parts_.clock.now();
    ACCESSD_CHECK(parts_.store.put_totp(totp));
    return Started{totp::to_base32(secret.reveal()), totp::address_of(secret, issuer, admin.email)};
}

Result<std::int64_t> SecondFactors::step_of(const StoredTotp& totp, const std::string& otp)
{
    const auto key = "console-factor:" + totp.admin_id;
    const auto now = parts_.clock.now();
    // Spent before anything is compared, or tries at the same moment would all be.
    ACCESSD_TRY(const auto decision, parts_.limits.take(key, kTries, now));
    if (!decision.allowed) return limits::refusal(decision, kTries);
    ACCESSD_TRY(const auto secret,
                parts_.keyring.unseal(totp.sealed_secret, context_of(totp.admin_id)));
    const auto step = totp::find_step(secret, otp, now);
    if (!step) {
        return Error{ErrorCode::InvalidOtp}.with("attempts_remaining",
                                                 std::int64_t{decision.remaining});
    }
    ACCESSD_CHECK(parts_.limits.give_back(key, now));
    return *step;
}

Result<std::vector<std::string>> SecondFactors::confirm(const std::string& session_token,
                                                        const Admin& admin, const std::string& otp,
                                                        const events::AuditEntry& audit)
{
    ACCESSD_TRY(const auto totp, parts_.store.find_totp(admin.id));
    if (!totp || totp->is_confirmed) {
        return Error{ErrorCode::Conflict}.saying(
            totp ? "There is an authenticator app already. Remove it first."
                 : "Start with POST /v2/access/console/factor.");
    }
    ACCESSD_TRY(const auto step, step_of(*totp, otp));
    auto codes = make_recovery_codes();
    ACCESSD_CHECK(parts_.store.confirm_totp(*totp, step, hashes_of(admin.id, codes),
                                            ConsoleSessions::hash_of(session_token),
                                            parts_.clock.now(), audit.about(admin.id, {})));
    parts_.sessions.forget_copies();
    return codes;
}

Result<std::vector<std::string>> SecondFactors::renew_recovery_codes(
    const Admin& admin, const events::AuditEntry& audit)
{
    auto codes = make_recovery_codes();
    ACCESSD_CHECK(parts_.store.put_recovery_codes(admin.id, hashes_of(admin.id, codes),
                                                  audit.about(admin.id, {})));
    return codes;
}

Result<ConsoleSessions::Begun> SecondFactors::show_otp(const std::string& session_token,
                                                       const Admin& admin, const std::string& otp,
                                                       const events::AuditEntry& audit)
{
    ACCESSD_TRY(const auto totp, parts_.store.find_totp(admin.id));
    if (!totp || !totp->is_confirmed) return has_none();
    ACCESSD_TRY(const auto step, step_of(*totp, otp));
    return show(session_token, {.step = step, .recovery_hash = {}}, audit);
}

Result<ConsoleSessions::Begun> SecondFactors::show_recovery_code(const std::string& session_token,
                                                                 const Admin& admin,
                                                                 std::string_view code,
                                                                 const events::AuditEntry& audit)
{
    return show(session_token,
                {.step = {}, .recovery_hash = recovery_hash(admin.id, plain_recovery_code(code))},
                audit);
}

Result<ConsoleSessions::Begun> SecondFactors::show(const std::string& session_token,
                                                   const FactorProof& proof,
                                                   const events::AuditEntry& audit)
{
    auto begun = parts_.sessions.begin_with([&](const Session& session, TimePoint now) {
        return parts_.store.show_factor(ConsoleSessions::hash_of(session_token), proof, session,
                                        kGrace, now, audit);
    });
    parts_.sessions.forget_copies();
    return begun;
}

std::vector<std::string> SecondFactors::make_recovery_codes()
{
    std::vector<std::string> codes;
    while (codes.size() < kRecoveryCodes) {
        const auto plain = totp::to_base32(parts_.random.bytes(kRecoveryBytes));
        std::string code;
        for (std::size_t at = 0; at < plain.size(); at += kGroup) {
            code += (code.empty() ? "" : "-") + plain.substr(at, kGroup);
        }
        codes.push_back(std::move(code));
    }
    return codes;
}

}  // namespace accessd::admin
