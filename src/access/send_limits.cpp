#include "access/send_limits.h"

#include "limits/client_network.h"

#include <chrono>

namespace accessd::access {
namespace {

using namespace std::chrono_literals;

}  // namespace

std::string email_sends_key(const std::string& project_id, const contacts::EmailAddress& email)
{
    return "email:" + project_id + ":" + email.limit_key();
}

std::vector<limits::KeyedLimit> further_email_limits(const config::Limits& settings,
                                                     const std::string& project_id,
                                                     const contacts::EmailAddress& email,
                                                     const std::string& client_ip)
{
    std::vector<limits::KeyedLimit> found;
    const auto add = [&](std::string_view scope, int count, std::chrono::seconds window,
                         const std::string& key) {
        if (count != 0) found.push_back({key, {count, window, scope}});
    };
    const auto address_key = email_sends_key(project_id, email);
    add("email_sends_hour", settings.email_sends_per_hour, 1h, address_key);
    add("email_sends_day", settings.email_sends_per_day, 24h, address_key);
    const auto network = limits::client_network(client_ip);
    if (!network.empty()) {
        add("client_sends_hour", settings.client_sends_per_hour, 1h,
            "client_sends_hour:" + project_id + ":" + network);
    }
    return found;
}

}  // namespace accessd::access
