#pragma once

#include "admin/console_store.h"
#include "base/caller.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace accessd::admin {

/// How admins sign in, with a link that works once, and how long a browser stays signed in.
///
/// Sessions are looked up in a copy that is at most a second old, since a request is let in on threads that
/// mustn't wait for the disk; whatever this process ends is out of the copy at once. Threads: safe to call
/// concurrently.
class ConsoleSessions {
public:
    static constexpr auto kLife = std::chrono::hours{12};
    static constexpr auto kIdleMax = std::chrono::hours{1};
    static constexpr auto kSignInLinkLife = std::chrono::minutes{15};
    static constexpr auto kFirstLinkLife = std::chrono::hours{24};
    /// How long a session waits for the second factor.
    static constexpr auto kWaitMax = std::chrono::minutes{15};
    /// How long ago a factor may have been shown for what asks for a fresh one.
    static constexpr auto kFactorFresh = std::chrono::minutes{15};

    ConsoleSessions(ConsoleStore& store, Clock& clock, Random& random);

    struct Link {
        Secret secret;
        TimePoint expires_at{};
    };
    /// A link for an admin, in the place of earlier ones. Errors: AdminNotFound, StoreUnavailable.
    Result<Link> make_link(const std::string& admin_id, std::chrono::seconds life,
                           const events::AuditEntry& audit);
    /// A link that makes the first owner; nothing if there is an admin. Errors: StoreUnavailable.
    Result<std::optional<Link>> make_first_link();
    /// Whether the link makes the first owner, who then has to say who they are.
    /// Errors: InvalidCredentials, StoreUnavailable.
    Result<bool> is_first_link(const std::string& link);

    struct Begun {
        Secret token;  ///< For the cookie.
        std::string csrf_token;
        Admin admin;
        TimePoint expires_at{};
    };
    /// `first` is who becomes the owner by a first owner's link. The session is always a new one.
    /// Errors: InvalidCredentials, StoreUnavailable.
    Result<Begun> sign_in(const std::string& link, const std::string& first_email,
                          const std::optional<std::string>& first_name,
                          const events::AuditEntry& audit);

    /// A session that `let_in` decides about and writes down, in one transaction. Errors: those of `let_in`.
    using LetIn = std::function<Result<Admin>(const Session& session, TimePoint now)>;
    Result<Begun> begin_with(const LetIn& let_in);

    /// Who is signed in. A request that changes something must show the session's CSRF token, which no
    /// other site can know: a cookie is added by browsers whoever made the request.
    /// A session that waits for its second factor is for showing it, and for what `Waiting` lets through.
    /// Errors: InvalidToken, TokenExpired, InsufficientScope (wrong or no CSRF token), MissingToken,
    /// StoreUnavailable.
    enum class Waiting { Refused, LetThrough };
    Result<Caller> authenticate(const std::string& token, bool is_change,
                                std::optional<std::string_view> csrf_token,
                                Waiting waiting = Waiting::Refused);
    /// The session as it is in the store. Errors: InvalidToken, StoreUnavailable.
    Result<SignedIn> look(const std::string& token);
    /// Errors: StoreUnavailable.
    Result<void> end(const std::string& token, const events::AuditEntry& audit);

    /// What a request of this session must show. Follows from the token and tells nothing of it.
    static std::string csrf_token_of(const std::string& token);
    /// How the store names the session of a token.
    static std::string hash_of(const std::string& token);

    /// To be called when admins changed.
    void forget_copies();
    /// Writes down when sessions were used, and removes what has expired. Errors: StoreUnavailable.
    Result<void> keep_house(int rows_max);

private:
    struct Copy {
        SignedIn signed_in;
        TimePoint read_at{};
    };
    Result<SignedIn> find(const std::string& hash, TimePoint now);

    ConsoleStore& store_;
    Clock& clock_;
    Random& random_;
    std::mutex mutex_;                                     ///< Guards what follows.
    std::unordered_map<std::string, Copy> copies_;         ///< By hash.
    std::unordered_map<std::string, TimePoint> last_use_;  ///< By hash, not written down yet.
    std::uint64_t changes_ = 0;  ///< A copy read before one of them isn't kept.
};

}  // namespace accessd::admin
