#pragma once

#include "access/asking_browser.h"
#include "access/validation_store.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"
#include "config/config.h"
#include "crypto/keyring.h"
#include "projects/project_lookup.h"
#include "users/person.h"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace accessd::access {

/// A link that is good, as its page shows it.
struct OpenedLink {
    Validation validation;
    std::shared_ptr<const projects::ProjectSetup> setup;
    const projects::Flow* flow = nullptr;  ///< Of `setup`.
    Secret code;                           ///< To be typed where it was asked for.
    BrowserMatch browser{};
};

/// What became of a pressed button.
struct PressedLink {
    OpenedLink link;
    bool is_accepted = false;  ///< False: another browser asked; nothing was used up.
    bool is_complete = false;  ///< The login is.
    Secret login_code;         ///< For `redirect_url`, when it is complete.
    std::string state;         ///< Handed back with it, where the login was opened with one.
    std::vector<projects::Method> remaining;
};

/// Links in mails that do what the code beside them does, in the browser that presses their button.
///
/// Threads: safe to call concurrently.
class MagicLinks {
public:
    struct Parts {
        ValidationStore& validations;
        projects::ProjectLookup& projects;
        const crypto::Keyring& keyring;
        Clock& clock;
        Random& random;
        config::Limits limit_settings{};
        users::PersonLookup* people = nullptr;  ///< As OtpAccess::Parts::people.
    };
    explicit MagicLinks(Parts parts) : parts_(std::move(parts)) {}

    /// Looks, and changes nothing: mail scanners open links.
    /// Errors: ValidationNotFound (unknown, used, replaced, canceled), OtpExpired, FlowNotActive,
    /// MethodDisabled (email or its links are off by now), RedirectNotAllowed (it left the flow's list),
    /// StoreUnavailable.
    Result<OpenedLink> open(std::string_view token, const PressingBrowser& browser);

    /// Uses the link up, unless another browser asked for the code. Of any number of concurrent calls one
    /// succeeds. Errors: those of open() and ValidationStore::use.
    Result<PressedLink> press(std::string_view token, const PressingBrowser& browser);

private:
    Parts parts_;
};

}  // namespace accessd::access
