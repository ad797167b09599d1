#include "access/login_exchange.h"

#include "access/flow.h"
#include "access/link_token.h"
#include "access/redirect.h"
#include "base/encoding.h"
#include "crypto/hash.h"

#include <algorithm>

namespace accessd::access {
namespace {

/// RFC 7636, 4.6, by S256 alone. A verifier without a challenge is refused too: the challenge may have been
/// cut out on its way (RFC 9700, 2.1.1).
bool does_verifier_fit(const std::optional<std::string>& verifier, const std::string& challenge)
{
    if (challenge.empty()) return !verifier;
    if (!verifier) return false;
    return crypto::is_equal_in_constant_time(to_base64url(crypto::sha256(*verifier)), challenge);
}

}  // namespace

Result<ExchangedLogin> LoginExchange::exchange(const Request& request, const ProjectScope& scope)
{
    if (!looks_like_link_token(request.code)) return ErrorCode::InvalidCode;
    const auto now = parts_.clock.now();
    ACCESSD_TRY(const auto code, parts_.codes.take(link_digest(request.code), scope, now));
    if (!code || code->redirect_url != request.redirect_url ||
        !does_verifier_fit(request.code_verifier, code->code_challenge)) {
        return ErrorCode::InvalidCode;
    }
    ACCESSD_TRY(auto login, parts_.validations.find_login(code->login_id, scope));
    ACCESSD_TRY(const auto setup, parts_.projects.find(code->project_id));
    if (!login || !login->completed_at || !setup) return ErrorCode::InvalidCode;
    auto user = parts_.directory.get(login->project_id, login->user_id);
    if (!user) {  // Erased since.
        const bool is_gone = user.error().code == ErrorCode::UserNotFound;
        return is_gone ? Error{ErrorCode::InvalidCode} : user.error();
    }
    auto token =
        parts_.tokens.issue({login->id, login->project_id, user->user_id, *login->completed_at,
                             amr_of(login->methods_done), user->claims, setup->project.is_test()});
    return ExchangedLogin{*std::move(login), *std::move(user), std::move(token)};
}

Result<std::string> LoginExchange::renew(const std::string& login_id, const ProjectScope& scope)
{
    ACCESSD_TRY(const auto login, parts_.validations.find_login(login_id, scope));
    if (!login) return ErrorCode::LoginNotFound;
    if (!login->completed_at) return ErrorCode::InvalidCode;
    ACCESSD_TRY(const auto setup, parts_.projects.find(login->project_id));
    const auto* flow = setup ? setup->flow(login->flow_id) : nullptr;
    if (flow == nullptr || std::find(flow->redirect_urls.begin(), flow->redirect_urls.end(),
                                     login->redirect_url) == flow->redirect_urls.end()) {
        return ErrorCode::RedirectNotAllowed;
    }
    const auto code = make_link_token(parts_.random);
    ACCESSD_TRY(const bool is_renewed,
                parts_.browsers.renew_code(login->project_id, login->id, code.digest,
                                           parts_.clock.now() + kLoginCodeLife));
    if (!is_renewed) return ErrorCode::InvalidCode;
    return redirect_with_code(login->redirect_url, code.token, login->state);
}

}  // namespace accessd::access
