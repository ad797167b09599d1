#pragma once

#include "access/browser_login_store.h"
#include "access/login_code_store.h"
#include "access/validation_store.h"
#include "base/clock.h"
#include "base/project_scope.h"
#include "base/random.h"
#include "base/result.h"
#include "projects/project_lookup.h"
#include "tokens/login_tokens.h"
#include "users/directory.h"

#include <optional>
#include <string>

namespace accessd::access {

/// A finished login, handed to the customer's software.
struct ExchangedLogin {
    Login login;
    users::User user;
    tokens::IssuedToken token;
};

/// Gives a login's token for the one-time code that its browser brought along.
///
/// Threads: safe to call concurrently.
class LoginExchange {
public:
    struct Parts {
        LoginCodeStore& codes;
        BrowserLoginStore& browsers;
        ValidationStore& validations;
        users::Directory& directory;
        projects::ProjectLookup& projects;
        tokens::LoginTokens& tokens;
        Clock& clock;
        Random& random;
    };
    explicit LoginExchange(Parts parts) : parts_(parts) {}

    struct Request {
        std::string code;
        std::string redirect_url;                  ///< Where the code came in.
        std::optional<std::string> code_verifier;  ///< RFC 7636.
    };
    /// Takes the code, whether or not the rest of the request fits: who has one thing right and another
    /// wrong gets no second try. A code outside the scope is left alone.
    /// Errors: InvalidCode, whatever is wrong; StoreUnavailable.
    Result<ExchangedLogin> exchange(const Request& request, const ProjectScope& scope);

    /// Where a browser goes with its finished login: with another code, as the one from before is good for a minute
    /// only, and the person was asked for something in between.
    /// Errors: LoginNotFound; InvalidCode (the login isn't complete, or its code was exchanged); RedirectNotAllowed
    /// (since the login began); StoreUnavailable.
    Result<std::string> renew(const std::string& login_id, const ProjectScope& scope);

private:
    Parts parts_;
};

}  // namespace accessd::access
