#include "access/otp_access.h"

#include "access/flow.h"
#include "access/link_token.h"
#include "access/phone_rules.h"
#include "access/redirect.h"
#include "access/send_limits.h"
#include "access/source_person.h"
#include "access/use_request.h"
#include "base/id.h"
#include "delivery/sealed_code.h"
#include "limits/client_network.h"

#include <algorithm>

namespace accessd::access {
namespace {

/// A login that isn't finished by then starts over. Source: api.md, section 7.
constexpr auto kLoginLife = std::chrono::minutes{15};
/// A mail takes a while: asking again earlier sends a second one for nothing.
constexpr auto kResendCourtesy = std::chrono::seconds{30};
constexpr std::size_t kDigestBytes = 32;
/// Of one browser's login, whatever the addresses: a token shared among many networks sends no more.
/// Source: docs/decisions/0031-browser-tokens.md.
constexpr limits::Limit kBrowserSends{10, kLoginLife, "login_sends"};

/// Of one browser's login in an external source: more than it can send codes for.
constexpr limits::Limit kBrowserLookups{20, kLoginLife, "login_sends"};

bool contains(const std::vector<std::string>& list, std::string_view text)
{
    return std::find(list.begin(), list.end(), text) != list.end();
}

/// A browser's login has one from its beginning.
std::string redirect_of(const OtpRequest& request, const std::optional<Login>& login)
{
    if (request.from_browser && login) return login->redirect_url;
    return request.redirect_url.value_or("");
}

}  // namespace

OtpAccess::OtpAccess(Parts parts) : parts_(std::move(parts)) {}

Result<const projects::Flow*> OtpAccess::flow_for(const OtpRequest& request,
                                                  const projects::ProjectSetup& setup,
                                                  const std::optional<Login>& login) const
{
    const projects::Flow* flow = nullptr;
    if (request.flow_id) {
        flow = setup.flow(*request.flow_id);
        if (flow == nullptr) return ErrorCode::FlowNotFound;
    } else {
        flow = login ? setup.flow(login->flow_id) : setup.default_flow();
    }
    if (flow == nullptr || flow->status != projects::FlowStatus::Active) {
        return ErrorCode::FlowNotActive;
    }
    if (login && login->flow_id != flow->id) {
        return Error::invalid("flow_id", "isn't the flow that this login began in");
    }
    if (!flow->otp_settings(request.contact.channel()).enabled) return ErrorCode::MethodDisabled;
    const auto redirect_url = redirect_of(request, login);
    if (!redirect_url.empty() && !contains(flow->redirect_urls, redirect_url)) {
        return ErrorCode::RedirectNotAllowed;
    }
    return flow;
}

Result<OtpAccess::Recipient> OtpAccess::find_recipient(const OtpRequest& request,
                                                       const projects::ProjectSetup& setup,
                                                       const projects::Flow& flow,
                                                       const std::optional<Login>& login) const
{
    // Looked up whatever the rules below say, so that the answer takes the same time.
    const auto& contact = request.contact;
    const bool is_phone = contact.phone() != nullptr;
    const auto* source = setup.source(flow.source_id);
    const bool is_external = source != nullptr && users::is_external(source->kind);
    std::optional<users::Person> person;
    if (is_external) {
        // Sends are counted where they are written down: a browser's look-ups before that.
        if (request.from_browser) {
            const auto key = "source_lookups:" + request.login_id.value_or("");
            ACCESSD_CHECK(parts_.limits.take_all({{key, kBrowserLookups}}, parts_.clock.now()));
        }
        const auto kind = is_phone ? users::ContactKind::Phone : users::ContactKind::Email;
        ACCESSD_TRY(person, find_outside(parts_.people, *source, {kind, contact.text()}));
    }
    ACCESSD_TRY(const auto user,
                is_phone ? parts_.directory.find_by_phone(request.project_id, contact.text())
                         : parts_.directory.find_by_email(request.project_id, contact.text()));
    if (const auto* email = contact.email()) {
        const auto& allowed = flow.allowed_email_domains;
        if (!allowed.empty() && !contains(allowed, email->domain())) return Recipient{};
    }
    if (is_external) return person ? Recipient{person->user_id, true} : Recipient{};
    if (user) return Recipient{user->user_id, true};

    if (source != nullptr && source->kind == users::SourceKind::Open) return Recipient{{}, true};
    // Somebody known by another contact may add this one, where the flow takes it.
    const bool may_add = flow.add_missing_contacts && login && !login->user_id.empty();
    return Recipient{{}, may_add};
}

SealedCode OtpAccess::make_code(const std::string& validation_id, const std::string& fixed_code,
                                int otp_length, bool decoy, bool with_link) const
{
    // A decoy's digest is of nothing: no digits fit it. The work is the same, so the time is too.
    const Secret code{fixed_code.empty() ? parts_.random.digits(otp_length) : fixed_code};
    auto [pepper_version, digest] = parts_.keyring.digest_code(validation_id, code.reveal());
    const auto link = with_link ? make_link_token(parts_.random) : LinkToken{};
    auto sealed = parts_.keyring.seal(delivery::to_sealed_text(code.reveal(), link.token.reveal()),
                                      delivery::code_context(validation_id));
    if (decoy) return {parts_.random.bytes(kDigestBytes), pepper_version, {}};
    return {std::move(digest), pepper_version, std::move(sealed), link.digest};
}

UnlockLink OtpAccess::make_unlock_link(TimePoint now) const
{
    const auto link = make_link_token(parts_.random);
    UnlockLink made;
    made.message_id = make_id("msg_", now, parts_.random);
    made.digest = link.digest;
    made.sealed_token =
        parts_.keyring.seal(link.token.reveal(), delivery::unlock_context(made.message_id));
    return made;
}

void OtpAccess::commit(std::shared_ptr<const SendCode> send,
                       std::function<void(Result<SentCode>)> done)
{
    parts_.validations.send_later(std::move(send), std::move(done));
}

Result<SentOtp> OtpAccess::complete(Result<SentCode> sent, bool into_inbox)
{
    if (!sent) return std::move(sent).error();
    if (!sent->validation.decoy) {
        into_inbox ? parts_.message_delivered() : parts_.message_queued();
    }
    const auto wait = std::chrono::ceil<std::chrono::seconds>(sent->limit.retry_after);
    return SentOtp{std::move(sent->validation), sent->limit, std::max(wait, kResendCourtesy)};
}

Result<SendCode> OtpAccess::prepare_send(const OtpRequest& request, const ProjectScope& scope,
                                         const std::string& opened_by)
{
    if (!scope.allows(request.project_id)) return ErrorCode::ProjectNotFound;
    ACCESSD_TRY(const auto setup, parts_.projects.find(request.project_id));
    if (!setup) return ErrorCode::ProjectNotFound;

    std::optional<Login> login;
    if (request.login_id) {
        ACCESSD_TRY(login, parts_.validations.find_login(*request.login_id, scope));
        if (!login || login->project_id != request.project_id) return ErrorCode::LoginNotFound;
    }
    ACCESSD_TRY(const auto* flow, flow_for(request, *setup, login));
    const auto& project = setup->project;
    const auto& contact = request.contact;
    if (const auto* phone = contact.phone()) {
        ACCESSD_CHECK(check_phone(project, *phone, contact.channel()));
    }
    if (!project.is_test()) {
        ACCESSD_TRY(const bool has_sender, parts_.has_sender(project.id, contact));
        if (!has_sender) return ErrorCode::NoProvider;
    }

    const auto now = parts_.clock.now();
    const auto limit_key = sends_key(project.id, contact);
    auto further_limits =
        further_send_limits(parts_.limit_settings, project.id, contact, request.client_ip);
    if (request.from_browser) {
        further_limits.push_back({"login_sends:" + request.login_id.value_or(""), kBrowserSends});
    }
    ACCESSD_TRY(auto recipient, find_recipient(request, *setup, *flow, login));
    const bool adds_contact = recipient.user_id.empty() && flow->add_missing_contacts;
    const bool is_others =
        login && !login->user_id.empty() && login->user_id != recipient.user_id && !adds_contact;
    if (request.from_browser && is_others) recipient = {};
    if (!recipient.is_known && flow->reveal_unknown_users) {
        // The refusal tells something, so it counts like any send.
        further_limits.insert(further_limits.begin(), {limit_key, sends_limit(contact.method())});
        ACCESSD_CHECK(parts_.limits.take_all(further_limits, now));
        return ErrorCode::UserNotAllowed;
    }

    std::string fixed_code;
    auto outcome = projects::TestRecipient::Outcome::Delivered;
    if (const auto* known = setup->test_recipient(contact.text())) {
        fixed_code = known->code;
        outcome = known->outcome;
    }
    const auto settings = flow->otp_settings(contact.channel());
    const int otp_length =
        fixed_code.empty() ? settings.otp_length : static_cast<int>(fixed_code.size());

    SendCode send;
    send.now = now;
    send.test = project.is_test();
    // Other outcomes take time, or several tries: the delivery workers play them.
    send.into_inbox = send.test && outcome == projects::TestRecipient::Outcome::Delivered;
    send.message_id = make_id("msg_", now, parts_.random);
    send.method = contact.method();
    send.limit = sends_limit(send.method);
    send.limit_key = limit_key;
    send.further_limits = std::move(further_limits);
    send.masked_recipient = contact.masked();
    send.client = limits::client_network(request.client_ip);
    send.continue_login_id = request.login_id;
    send.add_missing_contacts = flow->add_missing_contacts;
    send.hides_mismatch = request.from_browser;

    auto& opened = send.login;
    opened.id = make_id("login_", now, parts_.random);
    opened.project_id = project.id;
    opened.flow_id = flow->id;
    opened.opened_by = opened_by;
    opened.opened_for = contact.text();
    opened.created_at = now;
    opened.expires_at = now + kLoginLife;

    auto& validation = send.validation;
    validation.id = make_id("val_", now, parts_.random);
    validation.project_id = project.id;
    validation.flow_id = flow->id;
    validation.login_id = opened.id;
    validation.channel = contact.channel();
    validation.recipient = contact.text();
    validation.user_id = recipient.user_id;
    validation.decoy = !recipient.is_known;
    validation.otp_length = otp_length;
    validation.max_attempts = validation.attempts_remaining = settings.max_attempts;
    validation.language = request.language.value_or(project.default_language);
    if (send.into_inbox && parts_.inbox_note) {
        send.inbox_note = parts_.inbox_note(project, validation.channel, validation.language);
    }
    validation.redirect_url = redirect_of(request, login);
    validation.client_ip = request.client_ip;
    validation.user_agent = request.user_agent;
    validation.metadata = request.metadata;
    validation.created_at = now;
    validation.expires_at = now + settings.otp_ttl;

    const bool with_link = send.method == projects::Method::Email && flow->email.magic_link &&
                           !validation.redirect_url.empty();
    // Made before the transaction for the usual case, so that its writer doesn't wait for it.
    auto fresh = make_code(validation.id, fixed_code, otp_length, validation.decoy, with_link);
    send.make_code = [this, fresh = std::move(fresh), fresh_id = validation.id,
                      is_fresh_decoy = validation.decoy, fixed_code, otp_length,
                      with_link](const std::string& validation_id, bool decoy) {
        if (validation_id == fresh_id && decoy == is_fresh_decoy) return fresh;
        return make_code(validation_id, fixed_code, otp_length, decoy, with_link);
    };
    return send;
}

void OtpAccess::commit(const std::shared_ptr<const PreparedUse>& prepared,
                       std::function<void(Result<UsedCode>)> done)
{
    parts_.validations.use_later({prepared, &prepared->use}, std::move(done));
}

Result<OtpAccess::PreparedUse> OtpAccess::prepare_use(const Contact& contact, const TypedOtp& otp,
                                                      const std::string& validation_id,
                                                      const ProjectScope& scope,
                                                      const std::string& client_ip,
                                                      const std::string& browser_login_id)
{
    if (!looks_like_id(validation_id, "val_")) return ErrorCode::ValidationNotFound;
    ACCESSD_TRY(const auto validation, parts_.validations.find(validation_id, scope));
    if (!validation || projects::method_of(validation->channel) != contact.method() ||
        validation->recipient != contact.text()) {
        return ErrorCode::ValidationNotFound;
    }
    if (!browser_login_id.empty() && validation->login_id != browser_login_id) {
        return ErrorCode::ValidationNotFound;
    }
    ACCESSD_TRY(const auto setup, parts_.projects.find(validation->project_id));
    const auto* flow = setup ? setup->flow(validation->flow_id) : nullptr;
    if (flow == nullptr || flow->status != projects::FlowStatus::Active) {
        return ErrorCode::FlowNotActive;
    }
    if (!flow->is_enabled(contact.method())) return ErrorCode::MethodDisabled;
    std::optional<Login> browser_login;
    if (!browser_login_id.empty()) {
        ACCESSD_TRY(browser_login, find_browser_login(browser_login_id, scope, *flow));
    }

    auto digits = otp.digits;
    const auto length = static_cast<std::size_t>(validation->otp_length);
    if (otp.lost_zeros && digits.size() < length) digits.insert(0, length - digits.size(), '0');

    auto use = make_use(*validation, *setup, *flow, parts_.limit_settings, client_ip,
                        parts_.clock.now(), parts_.random);
    ACCESSD_CHECK(ask_source(use, *validation, *setup, *flow, parts_.people));
    for (auto& [version, digest] : parts_.keyring.candidate_digests(validation_id, digits)) {
        use.candidates.push_back({version, std::move(digest)});
    }
    // A browser never sees the token: it carries a code to the customer's site.
    const auto login_code = make_link_token(parts_.random);
    if (browser_login) {
        use.login_code = LoginCode{login_code.digest,
                                   {},
                                   {},
                                   browser_login->redirect_url,
                                   browser_login->code_challenge,
                                   use.now + kLoginCodeLife};
    }
    const auto is_mail_queued = std::make_shared<bool>(false);
    use.make_unlock_link = [this, is_mail_queued, now = use.now] {
        *is_mail_queued = true;
        return make_unlock_link(now);
    };
    return PreparedUse{std::move(use), std::move(browser_login), login_code.token, is_mail_queued};
}

Result<ValidatedOtp> OtpAccess::complete(const PreparedUse& prepared, Result<UsedCode> used)
{
    const auto& [use, browser_login, login_code, is_mail_queued] = prepared;
    if (*is_mail_queued) parts_.message_queued();
    if (!used && browser_login && used.error().code == ErrorCode::LoginUserMismatch) {
        return Error{ErrorCode::InvalidOtp}.with("attempts_remaining", std::int64_t{0});
    }
    if (!used) return std::move(used).error();
    ValidatedOtp done{
        std::move(used->validation), std::move(used->login), std::move(used->user), {}, {}, {}};
    done.remaining = remaining_methods(use.policy, done.login.methods_done);
    if (done.login.status != LoginStatus::Complete) return done;
    if (browser_login) {
        done.redirect_url =
            redirect_with_code(browser_login->redirect_url, login_code, browser_login->state);
    } else {
        done.token =
            parts_.tokens.issue({done.login.id, done.login.project_id, done.user.user_id, use.now,
                                 amr_of(done.login.methods_done), done.user.claims, use.test});
    }
    return done;
}

/// The browser's login. The list of addresses may have changed since it began: said before a code is used up.
Result<Login> OtpAccess::find_browser_login(const std::string& id, const ProjectScope& scope,
                                            const projects::Flow& flow) const
{
    ACCESSD_TRY(auto login, parts_.validations.find_login(id, scope));
    if (!login) return ErrorCode::LoginNotFound;
    if (!contains(flow.redirect_urls, login->redirect_url)) return ErrorCode::RedirectNotAllowed;
    return *std::move(login);
}

}  // namespace accessd::access
