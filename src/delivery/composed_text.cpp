#include "delivery/composed_text.h"

#include "delivery/code_text.h"
#include "delivery/message_text.h"
#include "delivery/sealed_code.h"

#include <utility>

namespace accessd::delivery {

std::string origin_host_of(const projects::Flow* flow, std::string_view public_url)
{
    if (flow != nullptr && !flow->phone.origin_host.empty()) return flow->phone.origin_host;
    const auto begin = public_url.find("://");
    if (begin == std::string_view::npos) return {};
    public_url.remove_prefix(begin + 3);
    if (public_url.starts_with('[')) return {};  // An address: the format knows names only.
    return std::string{public_url.substr(0, public_url.find_first_of(":/"))};
}

Result<ComposedEmail> compose_text(const Message& message, const projects::ProjectSetup& setup,
                                   const crypto::Keyring& keyring, std::string_view public_url,
                                   std::chrono::milliseconds left, TemplateLookup* templates)
{
    ACCESSD_TRY(const auto opened,
                keyring.unseal(message.sealed_code, code_context(message.validation_id)));
    const auto content = from_sealed_text(opened);
    ComposedEmail made;
    made.otp = content.code.reveal();
    const TextFacts facts{.language = message.language,
                          .project_name = setup.project.name,
                          .code = made.otp,
                          .minutes_valid = to_minutes(left),
                          .origin_host = origin_host_of(setup.flow(message.flow_id), public_url)};
    if (message.channel == contacts::Channel::WhatsApp) {
        made.words.text = render_whatsapp(facts);
        return made;
    }
    auto own = write_own_sms(templates, setup.project.id, facts, made.note);
    made.words.text = own ? std::move(*own) : render_sms(facts);
    return made;
}

Result<ComposedEmail> compose_message(const Message& message, const projects::ProjectSetup& setup,
                                      const crypto::Keyring& keyring, std::string_view public_url,
                                      std::chrono::milliseconds left, TemplateLookup* templates)
{
    if (contacts::is_phone(message.channel)) {
        return compose_text(message, setup, keyring, public_url, left, templates);
    }
    return compose_email(message, setup.project, keyring, public_url, left, templates);
}

}  // namespace accessd::delivery
