#include "delivery/composed_email.h"

#include "delivery/message_text.h"
#include "delivery/sealed_code.h"
#include "delivery/unlock_email.h"
#include "delivery/webhook_email.h"

#include <cstdlib>
#include <utility>

namespace accessd::delivery {
namespace {

Result<ComposedEmail> compose_code(const Message& message, const projects::Project& project,
                                   const crypto::Keyring& keyring, std::string_view public_url,
                                   std::chrono::milliseconds left, TemplateLookup* templates)
{
    ACCESSD_TRY(const auto opened,
                keyring.unseal(message.sealed_code, code_context(message.validation_id)));
    const auto content = from_sealed_text(opened);
    ComposedEmail mail;
    mail.otp = content.code.reveal();
    if (!content.link_token.empty()) mail.link = login_link(public_url, content.link_token);
    auto written = write_message(templates, message, project, mail.otp, mail.link, left);
    mail.words = std::move(written.words);
    mail.note = std::move(written.note);
    return mail;
}

Result<ComposedEmail> compose_unlock(const Message& message, const projects::Project& project,
                                     const crypto::Keyring& keyring, std::string_view public_url)
{
    ACCESSD_TRY(const auto token, keyring.unseal(message.sealed_code, unlock_context(message.id)));
    ComposedEmail mail;
    mail.link = unlock_link(public_url, token);
    mail.words = render_unlock_email(message.language, project.name, mail.link);
    return mail;
}

Result<ComposedEmail> compose_webhook_disabled(const Message& message,
                                               const projects::Project& project)
{
    ComposedEmail mail;
    mail.words = render_webhook_disabled_email(message.language, project.name, message.metadata);
    return mail;
}

}  // namespace

Result<ComposedEmail> compose_email(const Message& message, const projects::Project& project,
                                    const crypto::Keyring& keyring, std::string_view public_url,
                                    std::chrono::milliseconds left, TemplateLookup* templates)
{
    switch (message.kind) {
    case MessageKind::Code:
        return compose_code(message, project, keyring, public_url, left, templates);
    case MessageKind::Unlock: return compose_unlock(message, project, keyring, public_url);
    case MessageKind::WebhookDisabled: return compose_webhook_disabled(message, project);
    }
    std::abort();
}

}  // namespace accessd::delivery
