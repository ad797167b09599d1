#include "access/send_limits.h"

#include "limits/client_network.h"

#include <chrono>

namespace accessd::access {
namespace {

using namespace std::chrono_literals;

}  // namespace

std::string sends_key(const std::string& project_id, const Contact& contact)
{
    if (const auto* email = contact.email())
        return "email:" + project_id + ":" + email->limit_key();
    return "phone:" + project_id + ":" + contact.text();
}

const limits::Limit& sends_limit(projects::Method method)
{
    return method == projects::Method::Phone ? limits::kPhoneSends : limits::kEmailSends;
}

std::vector<limits::KeyedLimit> further_send_limits(const config::Limits& settings,
                                                    const std::string& project_id,
                                                    const Contact& contact,
                                                    const std::string& client_ip)
{
    std::vector<limits::KeyedLimit> found;
    const auto add = [&](std::string_view scope, int count, std::chrono::seconds window,
                         const std::string& key) {
        if (count != 0) found.push_back({key, {count, window, scope}});
    };
    const auto contact_key = sends_key(project_id, contact);
    if (contact.method() == projects::Method::Phone) {
        add("phone_sends_hour", settings.phone_sends_per_hour, 1h, contact_key);
        add("phone_sends_day", settings.phone_sends_per_day, 24h, contact_key);
    } else {
        add("email_sends_hour", settings.email_sends_per_hour, 1h, contact_key);
        add("email_sends_day", settings.email_sends_per_day, 24h, contact_key);
    }
    const auto network = limits::client_network(client_ip);
    if (!network.empty()) {
        add("client_sends_hour", settings.client_sends_per_hour, 1h,
            "client_sends_hour:" + project_id + ":" + network);
    }
    return found;
}

}  // namespace accessd::access
