#pragma once

#include "admin/admin.h"

#include <string>
#include <string_view>

namespace accessd::admin {

// The pages of a sign-in link: plain HTML without scripts, for any browser and screen reader. They send no
// Referer, because their own address holds the secret.

struct LinkPage {
    std::string secret;     ///< Of the link.
    std::string url;        ///< Where the server is reached.
    bool is_first = false;  ///< Asks who becomes the first owner.
    std::string problem;    ///< With what was sent before; empty: nothing.
};

/// What the link does, with the button that does it, and the same for the command line.
std::string link_page(const LinkPage& page);
/// Who is signed in, and how to go on.
std::string signed_in_page(const Admin& admin, const std::string& url);
std::string error_page(std::string_view title, std::string_view sentence);

/// Content-Security-Policy of these pages: their own style, forms to this server, nothing else.
std::string link_page_policy();

}  // namespace accessd::admin
