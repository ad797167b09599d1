#include "access/asking_browser.h"

#include "limits/client_network.h"

namespace accessd::access {

BrowserMatch match_browser(const Validation& asked, const PressingBrowser& pressing)
{
    if (!pressing.login_id.empty() && pressing.login_id == asked.login_id) {
        return BrowserMatch::Same;
    }
    if (asked.client_ip.empty() && asked.user_agent.empty()) return BrowserMatch::Unknown;
    const bool is_network_same =
        asked.client_ip.empty() ||
        limits::client_network(asked.client_ip) == limits::client_network(pressing.ip);
    const bool is_name_same = asked.user_agent.empty() || asked.user_agent == pressing.user_agent;
    return is_network_same && is_name_same ? BrowserMatch::Same : BrowserMatch::Other;
}

}  // namespace accessd::access
