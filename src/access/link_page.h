#pragma once

#include "access/validation.h"
#include "projects/project.h"

#include <string>
#include <string_view>
#include <vector>

namespace accessd::access {

/// A page for a person, whole: nothing is loaded for it, and no script runs in it.
struct LinkPage {
    std::string html;
    std::string policy;  ///< Content-Security-Policy.
};

/// Whose page it is, and in which language.
struct PageOwner {
    contacts::Language language{};
    std::string project_name;      ///< Empty: not known.
    std::string primary_color;     ///< "#rrggbb"; anything else: the default.
    std::string background_color;  ///< The same, behind the page where it is light.
};

/// Asks whether to log in here. `code` is shown beside the button unless empty. `redirect_url` is where the
/// answer to the button leads: browsers hold the policy against that too.
LinkPage confirm_login_page(const PageOwner& owner, const std::string& code,
                            std::string_view redirect_url);
/// Shows the code instead of the button: another browser asked for it.
LinkPage other_browser_page(const PageOwner& owner, const std::string& code);
/// One method is done, others are missing.
LinkPage next_method_page(const PageOwner& owner, const std::vector<projects::Method>& remaining);
/// The link is unknown, used, replaced or late: one page for all of it.
LinkPage gone_page(contacts::Language language);
LinkPage locked_page(const PageOwner& owner);

/// Asks whether to end a lock. `address` is masked.
LinkPage confirm_unlock_page(const PageOwner& owner, const std::string& address);
LinkPage unlocked_page(const PageOwner& owner);
LinkPage unlock_gone_page(contacts::Language language);

}  // namespace accessd::access
