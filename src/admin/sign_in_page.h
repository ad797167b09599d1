#pragma once

#include "admin/admin.h"
#include "contacts/channel.h"

#include <string>
#include <string_view>

namespace accessd::admin {

// The pages of a sign-in link: plain HTML without scripts, for any browser and screen reader. They send no
// Referer, because their own address holds the secret.

struct LinkPage {
    contacts::Language language{};
    std::string secret;        ///< Of the link.
    std::string url;           ///< Where the server is reached.
    bool is_first = false;     ///< Asks who becomes the first owner.
    std::string_view problem;  ///< With what was sent before; empty: nothing.
};

/// What the link does, with the button that does it, and the same for the command line.
std::string link_page(const LinkPage& page);
/// Who is signed in, and how to go on.
std::string signed_in_page(contacts::Language language, const Admin& admin, const std::string& url);
/// The link was used, has expired or was never one.
std::string gone_page(contacts::Language language);
/// Another site's page sent the form.
std::string elsewhere_page(contacts::Language language);

/// Content-Security-Policy of these pages: their own style, forms to this server, nothing else.
std::string link_page_policy();

}  // namespace accessd::admin
