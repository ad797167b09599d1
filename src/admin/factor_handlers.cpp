#include "admin/factor_handlers.h"

#include "admin/totp.h"
#include "events/audit_handlers.h"
#include "http/fields.h"

#include <nlohmann/json.hpp>

#include <utility>

namespace accessd::admin {
namespace {

constexpr std::size_t kRecoveryCodeMax = 40;  // With what people put between the groups.

/// What an app lists a secret under: "accessd (login.example.com)".
std::string issuer_of(const std::string& url)
{
    const auto start = url.find("://");
    const auto host = start == std::string::npos ? url : url.substr(start + 3);
    return "accessd (" + host + ")";
}

events::AuditEntry audit_of_factor(const http::Request& request, const char* action)
{
    auto entry = events::audit_of(request, action);
    entry.target_kind = "admin";
    entry.fields.clear();
    return entry;
}

http::Response codes_answer(const std::vector<std::string>& codes, const char* message)
{
    return http::success({{"recovery_codes", codes}}, message);
}

}  // namespace

http::Handler with_fresh_factor(const Clock& clock, http::Handler handler)
{
    return [&clock,
            handler = std::move(handler)](const http::Request& request) -> Result<http::Response> {
        const auto& caller = request.authenticated();
        if (caller.is_person &&
            caller.authenticated_at + ConsoleSessions::kFactorFresh <= clock.now()) {
            return Error{ErrorCode::ChallengeRequired}
                .with("kind", std::string{"second_factor"})
                .with("reason", std::string{"expired"})
                .saying(
                    "Show again who you are: by a code of your authenticator app, or by signing in.");
        }
        return handler(request);
    };
}

FactorHandlers::FactorHandlers(SecondFactors& factors, ConsoleSessions& sessions, Admins& admins,
                               const std::string& url)
    : factors_(factors), sessions_(sessions), admins_(admins), cookie_(url), issuer_(issuer_of(url))
{
}

Result<FactorHandlers::Person> FactorHandlers::person_of(const http::Request& request)
{
    ACCESSD_TRY(const auto token, cookie_.find(request));
    if (!token || !request.authenticated().is_person) return no_session();
    ACCESSD_TRY(auto signed_in, sessions_.look(*token));
    return Person{*token, std::move(signed_in.admin)};
}

/// POST /v2/access/console/session/factor   {"otp": "123456"} or {"recovery_code": "ABCD-..."}
Result<http::Response> FactorHandlers::show(const http::Request& request)
{
    ACCESSD_TRY(auto body, http::Fields::parse(request));
    const auto otp = body.string("otp", {.min = 1, .max = 10});
    const auto recovery = body.string("recovery_code", {.min = 1, .max = kRecoveryCodeMax});
    if (otp.has_value() == recovery.has_value()) {
        body.refuse("otp", "is required, or recovery_code in its place");
    }
    ACCESSD_CHECK(body.check());
    ACCESSD_TRY(const auto person, person_of(request));
    const auto audit = audit_of_factor(request, "session.factor_shown");
    ACCESSD_TRY(const auto begun,
                otp ? factors_.show_otp(person.token, person.admin, *otp, audit)
                    : factors_.show_recovery_code(person.token, person.admin, *recovery, audit));
    ACCESSD_TRY(const auto signed_in, sessions_.look(begun.token.reveal()));
    return http::success(session_json(signed_in, begun.csrf_token), "Signed in")
        .with_header("Set-Cookie", cookie_.set(begun.token));
}

/// POST /v2/access/console/factor
Result<http::Response> FactorHandlers::start(const http::Request& request)
{
    ACCESSD_TRY(auto body, http::Fields::parse(request, true));
    ACCESSD_CHECK(body.check());
    ACCESSD_TRY(const auto person, person_of(request));
    ACCESSD_TRY(const auto started, factors_.start(person.admin, issuer_));
    return http::success({{"secret", started.secret}, {"address", started.address}},
                         "Put this into an authenticator app, then confirm it by a code", 201);
}

/// POST /v2/access/console/factor/confirm   {"otp": "123456"}
Result<http::Response> FactorHandlers::confirm(const http::Request& request)
{
    ACCESSD_TRY(auto body, http::Fields::parse(request));
    const auto otp = body.string("otp", {.required = true, .min = 1, .max = 10});
    ACCESSD_CHECK(body.check());
    ACCESSD_TRY(const auto person, person_of(request));
    ACCESSD_TRY(const auto codes, factors_.confirm(person.token, person.admin, *otp,
                                                   audit_of_factor(request, "admin.factor_added")));
    return codes_answer(
        codes, "From now on the app is asked for. Keep the codes; they are shown this once");
}

/// POST /v2/access/console/factor/recovery-codes
Result<http::Response> FactorHandlers::renew_recovery_codes(const http::Request& request)
{
    ACCESSD_TRY(auto body, http::Fields::parse(request, true));
    ACCESSD_CHECK(body.check());
    ACCESSD_TRY(const auto person, person_of(request));
    ACCESSD_TRY(const auto codes,
                factors_.renew_recovery_codes(
                    person.admin, audit_of_factor(request, "admin.recovery_codes_made")));
    return codes_answer(
        codes, "Keep these codes; they are shown this once, and the earlier ones are void");
}

/// DELETE /v2/access/console/factor
Result<http::Response> FactorHandlers::remove(const http::Request& request)
{
    ACCESSD_TRY(const auto person, person_of(request));
    ACCESSD_TRY(
        const bool was_there,
        admins_.remove_own_factor(person.admin, audit_of_factor(request, "admin.factor_removed")));
    return http::success({{"removed", was_there}}, "No authenticator app is asked for any more");
}

}  // namespace accessd::admin
