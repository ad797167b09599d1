#include "access/magic_link.h"

#include "access/flow.h"
#include "access/link_token.h"
#include "access/source_person.h"
#include "access/use_request.h"
#include "delivery/sealed_code.h"

#include <algorithm>
#include <string>
#include <utility>

namespace accessd::access {
namespace {

/// What was true when the mail went out, and may be so no longer.
Result<void> check_flow(const projects::Flow* flow, const Validation& validation)
{
    if (flow == nullptr || flow->status != projects::FlowStatus::Active) {
        return ErrorCode::FlowNotActive;
    }
    if (!flow->email.enabled || !flow->email.magic_link) return ErrorCode::MethodDisabled;
    const auto& allowed = flow->redirect_urls;
    if (std::find(allowed.begin(), allowed.end(), validation.redirect_url) == allowed.end()) {
        return ErrorCode::RedirectNotAllowed;
    }
    return {};
}

}  // namespace

Result<OpenedLink> MagicLinks::open(std::string_view token, const PressingBrowser& browser)
{
    if (!looks_like_link_token(token)) return ErrorCode::ValidationNotFound;
    ACCESSD_TRY(auto found, parts_.validations.find_by_link(link_digest(token)));
    if (!found) return ErrorCode::ValidationNotFound;
    auto& validation = found->validation;
    if (validation.status_at(parts_.clock.now()) != ValidationStatus::Pending) {
        return ErrorCode::OtpExpired;
    }
    ACCESSD_TRY(auto setup, parts_.projects.find(validation.project_id));
    const auto* flow = setup ? setup->flow(validation.flow_id) : nullptr;
    ACCESSD_CHECK(check_flow(flow, validation));

    ACCESSD_TRY(const auto opened,
                parts_.keyring.unseal(found->sealed_code, delivery::code_context(validation.id)));
    const auto match = match_browser(validation, browser);
    return OpenedLink{std::move(validation), std::move(setup), flow,
                      delivery::from_sealed_text(opened).code, match};
}

Result<PressedLink> MagicLinks::press(std::string_view token, const PressingBrowser& browser)
{
    PressedLink pressed;
    ACCESSD_TRY(pressed.link, open(token, browser));
    if (pressed.link.browser == BrowserMatch::Other) return pressed;

    const auto& [validation, setup, flow, code, match] = pressed.link;
    const auto now = parts_.clock.now();
    auto use =
        make_use(validation, *setup, *flow, parts_.limit_settings, browser.ip, now, parts_.random);
    ACCESSD_CHECK(ask_source(use, validation, *setup, *flow, parts_.people));
    use.link_digest = link_digest(token);
    // A login that a browser opened holds its customer to a verifier, and gives a state back.
    ACCESSD_TRY(const auto login,
                parts_.validations.find_login(validation.login_id, ProjectScope::all()));
    if (!login) return ErrorCode::ValidationNotFound;
    const auto login_code = make_link_token(parts_.random);
    use.login_code =
        LoginCode{login_code.digest,   {}, {}, validation.redirect_url, login->code_challenge,
                  now + kLoginCodeLife};

    ACCESSD_TRY(const auto used, parts_.validations.use(use));
    pressed.is_accepted = true;
    pressed.is_complete = used.login.status == LoginStatus::Complete;
    if (pressed.is_complete) {
        pressed.login_code = login_code.token;
        pressed.state = login->state;
    }
    pressed.remaining = remaining_methods(flow->policy, used.login.methods_done);
    return pressed;
}

}  // namespace accessd::access
