#include "admin/console_sessions.h"

#include "base/encoding.h"
#include "base/id.h"
#include "crypto/hash.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace accessd::admin {
namespace {

constexpr std::size_t kSecretBytes = 32;
constexpr auto kCopyAgeMax = std::chrono::seconds{1};
constexpr std::size_t kCopiesMax = 1000;  // Admins are few; 10 sessions of each.

Error wrong_link()
{
    return Error{ErrorCode::InvalidCredentials}.saying(
        "This link was used, has expired or is not one of this server's. Ask for another: accessd "
        "admin link --email ADDRESS");
}

}  // namespace

/// The secrets have 256 random bits: nothing slower is needed.
std::string ConsoleSessions::hash_of(const std::string& token)
{
    return to_hex(crypto::sha256(token));
}

ConsoleSessions::ConsoleSessions(ConsoleStore& store, Clock& clock, Random& random)
    : store_(store), clock_(clock), random_(random)
{
}

Result<ConsoleSessions::Link> ConsoleSessions::make_link(const std::string& admin_id,
                                                         std::chrono::seconds life,
                                                         const events::AuditEntry& audit)
{
    const auto now = clock_.now();
    Link link{Secret{to_base64url(random_.bytes(kSecretBytes))}, now + life};
    ACCESSD_CHECK(store_.put_link({hash_of(link.secret.reveal()), admin_id, now, link.expires_at},
                                  audit.about(admin_id, {})));
    return link;
}

Result<std::optional<ConsoleSessions::Link>> ConsoleSessions::make_first_link()
{
    auto link = make_link({}, kFirstLinkLife, {});
    if (link) return std::optional{std::move(*link)};
    if (link.error().code == ErrorCode::Conflict) return std::optional<Link>{};
    return std::move(link).error();
}

Result<bool> ConsoleSessions::is_first_link(const std::string& link)
{
    ACCESSD_TRY(const auto found, store_.find_link(hash_of(link), clock_.now()));
    if (!found) return wrong_link();
    return found->admin_id.empty();
}

Result<ConsoleSessions::Begun> ConsoleSessions::sign_in(
    const std::string& link, const std::string& first_email,
    const std::optional<std::string>& first_name, const events::AuditEntry& audit)
{
    const auto now = clock_.now();
    Admin first;
    first.id = make_id("adm_", now, random_);
    first.email = first_email;
    first.name = first_name;
    first.role = Role::Owner;
    first.projects = ProjectScope::all();
    first.created_at = first.updated_at = now;

    auto begun = begin_with([&](const Session& session, TimePoint) {
        return store_.use_link(hash_of(link), session, first, now, audit);
    });
    if (!begun && begun.error().code == ErrorCode::InvalidCredentials) return wrong_link();
    return begun;
}

Result<ConsoleSessions::Begun> ConsoleSessions::begin_with(const LetIn& let_in)
{
    const auto now = clock_.now();
    Begun begun;
    begun.token = Secret{to_base64url(random_.bytes(kSecretBytes))};
    begun.csrf_token = csrf_token_of(begun.token.reveal());
    begun.expires_at = now + kLife;
    const Session session{hash_of(begun.token.reveal()), {}, now, begun.expires_at, now};
    ACCESSD_TRY(begun.admin, let_in(session, now));
    return begun;
}

Result<SignedIn> ConsoleSessions::find(const std::string& hash, TimePoint now)
{
    std::uint64_t changes = 0;
    {
        const std::scoped_lock lock{mutex_};
        changes = changes_;
        const auto copy = copies_.find(hash);
        if (copy != copies_.end() && now - copy->second.read_at < kCopyAgeMax) {
            return copy->second.signed_in;
        }
    }
    ACCESSD_TRY(auto found, store_.find_session(hash));
    if (!found) return Error{ErrorCode::InvalidToken, "no such session"};
    const std::scoped_lock lock{mutex_};
    // One that waits is another in a moment, perhaps on another node.
    if (changes == changes_ && !found->session.is_waiting) {
        if (copies_.size() >= kCopiesMax) copies_.clear();
        copies_.insert_or_assign(hash, Copy{*found, now});
    }
    return std::move(*found);
}

Result<Caller> ConsoleSessions::authenticate(const std::string& token, bool is_change,
                                             std::optional<std::string_view> csrf_token,
                                             Waiting waiting)
{
    const auto now = clock_.now();
    const auto hash = hash_of(token);
    ACCESSD_TRY(const auto found, find(hash, now));
    {
        const std::scoped_lock lock{mutex_};
        const auto used = last_use_.find(hash);
        const auto seen_at = used == last_use_.end()
                                 ? found.session.seen_at
                                 : std::max(used->second, found.session.seen_at);
        if (found.session.expires_at <= now || seen_at + kIdleMax <= now) {
            return ErrorCode::TokenExpired;
        }
    }
    if (found.session.is_waiting && found.session.created_at + kWaitMax <= now) {
        return ErrorCode::TokenExpired;
    }
    if (found.session.is_waiting && waiting == Waiting::Refused) {
        return Error{ErrorCode::MissingToken, "the session waits for its second factor"}.saying(
            "Show your second factor first: POST /v2/access/console/session/factor.");
    }
    if (is_change &&
        (!csrf_token || !crypto::is_equal_in_constant_time(*csrf_token, csrf_token_of(token)))) {
        return Error{ErrorCode::InsufficientScope, "no CSRF token of this session"}.saying(
            "A change with a session's cookie needs the session's csrf_token in the header "
            "X-CSRF-Token.");
    }
    {
        const std::scoped_lock lock{mutex_};
        last_use_[hash] = now;
    }
    return to_caller(found.admin, found.session.factor_at, found.session.expires_at);
}

Result<SignedIn> ConsoleSessions::look(const std::string& token)
{
    ACCESSD_TRY(auto found, store_.find_session(hash_of(token)));
    if (!found) return Error{ErrorCode::InvalidToken, "no such session"};
    return std::move(*found);
}

Result<void> ConsoleSessions::end(const std::string& token, const events::AuditEntry& audit)
{
    const auto ended = store_.end_session(hash_of(token), audit);
    forget_copies();
    return ended;
}

std::string ConsoleSessions::csrf_token_of(const std::string& token)
{
    return to_base64url(crypto::hmac_sha256(token, "csrf"));
}

void ConsoleSessions::forget_copies()
{
    const std::scoped_lock lock{mutex_};
    ++changes_;
    copies_.clear();
}

Result<void> ConsoleSessions::keep_house(int rows_max)
{
    std::vector<std::pair<std::string, TimePoint>> used;
    {
        const std::scoped_lock lock{mutex_};
        used.assign(last_use_.begin(), last_use_.end());
    }
    if (!used.empty()) {
        ACCESSD_CHECK(store_.note_seen(used));
        const std::scoped_lock lock{mutex_};
        // What was used again meanwhile is written down next time.
        for (const auto& [hash, at] : used) {
            const auto left = last_use_.find(hash);
            if (left != last_use_.end() && left->second == at) last_use_.erase(left);
        }
        // The copies tell the time of their last reading; the store knows better now.
        copies_.clear();
        ++changes_;
    }
    const auto pruned = store_.prune(clock_.now(), rows_max);
    return pruned ? Result<void>{} : Result<void>{pruned.error()};
}

}  // namespace accessd::admin
