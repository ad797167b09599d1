#include "webhooks/disabled_mail.h"

#include "base/id.h"
#include "contacts/email_address.h"
#include "outbound/target_url.h"

#include <nlohmann/json.hpp>

namespace accessd::webhooks {
namespace {

/// A relay may be down for a while; later than this the news is old.
constexpr auto kMailLife = std::chrono::hours{24};

}  // namespace

std::optional<delivery::Message> disabled_mail(const projects::Project& project,
                                               const Webhook& webhook, const std::string& reason,
                                               TimePoint now, Random& random)
{
    const auto contact = contacts::EmailAddress::parse(project.contact_email);
    if (!contact) return std::nullopt;
    const auto target = outbound::parse_target_url(webhook.url);
    delivery::Message message;
    message.id = make_id("msg_", now, random);
    message.project_id = project.id;
    message.kind = delivery::MessageKind::WebhookDisabled;
    message.channel = contacts::Channel::Email;
    message.recipient = contact->text();
    message.language = project.default_language;
    message.metadata = nlohmann::json{
        {"webhook_id", webhook.id},
        {"host", target ? target->host.text : std::string{}},
        {"reason", reason}}.dump();
    message.test = project.is_test();
    message.created_at = message.next_attempt_at = now;
    message.expires_at = now + kMailLife;
    return message;
}

}  // namespace accessd::webhooks
