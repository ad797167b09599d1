#pragma once

#include "access/validation.h"

#include <string>

namespace accessd::access {

/// The browser that opens a link, as far as its request tells.
struct PressingBrowser {
    std::string ip;
    std::string user_agent;
    /// The login that a cookie of the hosted page vouches for. Empty: there is no such cookie. Whoever fills
    /// it must have checked the cookie.
    std::string login_id;
};

/// Whether it is the browser that asked for the code.
enum class BrowserMatch {
    Same,
    Other,
    Unknown,  ///< The asking one was never told.
};

/// The login's own cookie decides; else what the caller of the send told of the person, every part of which
/// must be the same: the network (limits::client_network) and the browser's name.
/// Source: docs/decisions/0021-magic-link.md.
BrowserMatch match_browser(const Validation& asked, const PressingBrowser& pressing);

}  // namespace accessd::access
