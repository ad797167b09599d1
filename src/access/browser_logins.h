#pragma once

#include "access/browser_login_store.h"
#include "access/proof_check.h"
#include "base/caller.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "config/config.h"
#include "projects/project_lookup.h"
#include "tokens/browser_tokens.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

namespace accessd::access {

/// What a browser asks for when it opens a login.
struct BrowserLoginRequest {
    std::string project;                 ///< Its slug.
    std::optional<std::string> flow_id;  ///< Default: the project's active login flow.
    std::string redirect_url;
    std::string state;           ///< Handed back as it came; empty: none.
    std::string code_challenge;  ///< RFC 7636, S256; empty: none.
    std::string proof;           ///< Empty: none yet.
    std::string client_ip;       ///< Who is connected.
};

/// A login of a browser, and what runs it.
struct OpenedLogin {
    Login login;
    tokens::IssuedToken token;
    std::shared_ptr<const projects::ProjectSetup> setup;  ///< Holds the flow.
    const projects::Flow* flow = nullptr;
};

/// Logins that browsers open by themselves, without a server of the customer's between: api.md, section 7.
///
/// Threads: safe to call concurrently.
class BrowserLogins {
public:
    struct Parts {
        BrowserLoginStore& logins;
        projects::ProjectStore& project_store;  ///< Finds projects by their slug.
        projects::ProjectLookup& projects;
        ProofCheck& proofs;
        tokens::BrowserTokens& tokens;
        Clock& clock;
        Random& random;
        config::Limits limit_settings{};
    };
    explicit BrowserLogins(Parts parts);

    /// Errors: ProjectNotFound, StoreUnavailable.
    Result<std::shared_ptr<const projects::ProjectSetup>> find_project(const std::string& slug);

    /// What is asked of a browser with this address before it may open a login. Nothing is stored.
    Challenge challenge(const projects::Project& project, const std::string& client_ip);

    /// Errors: ProjectNotFound; FlowNotFound; FlowNotActive; RedirectNotAllowed; ChallengeRequired with
    /// `details.reason` and, in the others, a challenge to solve; those of BrowserLoginStore::open.
    Result<OpenedLogin> open(const BrowserLoginRequest& request);

private:
    Error challenged(Error error, const Newcomer& newcomer);
    Result<void> spend(const BrowserLoginRequest& request, const Newcomer& newcomer,
                       const OpenedLogin& opened, TimePoint now);

    Parts parts_;
};

/// The longest `state`. Source: api.md, section 7.
inline constexpr std::size_t kLoginStateMax = 512;

/// The flow to run, if it may: `flow_id`, or the project's active login flow.
/// Errors: FlowNotFound; FlowNotActive; RedirectNotAllowed unless `redirect_url` is on its list, letter for letter.
Result<const projects::Flow*> find_browser_flow(const projects::ProjectSetup& setup,
                                                const std::optional<std::string>& flow_id,
                                                const std::string& redirect_url);

/// Whether it is the base64url form of a SHA-256.
bool is_code_challenge(const std::string& text);

/// What a browser's token says of its login, a body may repeat and not change.
/// Errors: InsufficientScope for another project, flow or login.
Result<void> check_own(const BrowserLogin& browser, const std::optional<std::string>& project_id,
                       const std::optional<std::string>& flow_id,
                       const std::optional<std::string>& login_id);

}  // namespace accessd::access
