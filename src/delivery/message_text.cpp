#include "delivery/message_text.h"

#include <utility>

namespace accessd::delivery {
namespace {

constexpr auto kBuiltInInstead = "; the built-in template was used";

/// As wide as digits get, so that what fits with it fits with any code.
constexpr auto kPlaceholder = "00000000";

std::string note_of(std::string_view why)
{
    return "the project's own template can't be used (" + std::string{why} + ")" + kBuiltInInstead;
}

/// The project's own template; without one that can be used, null, and `note` may say why.
std::shared_ptr<const CheckedTemplate> find_own(TemplateLookup* templates,
                                                const std::string& project_id,
                                                contacts::Channel channel,
                                                contacts::Language language, std::string& note)
{
    if (templates == nullptr) return nullptr;
    const auto own = templates->find(project_id, channel, language);
    if (!own) {
        note = note_of("it can't be read at the moment");
        return nullptr;
    }
    if (*own != nullptr && !(*own)->problem.empty()) {
        note = note_of((*own)->problem);
        return nullptr;
    }
    return *own;
}

/// The words by the project's own template; without any, `note` may say why.
std::optional<EmailText> write_own(TemplateLookup* templates, const Message& message,
                                   const EmailFacts& facts, std::string& note)
{
    const auto own =
        find_own(templates, message.project_id, message.channel, message.language, note);
    if (!own) return std::nullopt;
    auto words = render_own_email(own->source, facts);
    if (!words) note = note_of("it grows too large once it is filled in");
    return words;
}

}  // namespace

EmailFacts facts_of(const projects::Project& project, contacts::Language language)
{
    EmailFacts facts;
    facts.language = language;
    facts.project_name = project.name;
    facts.branding = project.branding;
    facts.privacy_url = project.privacy_url;
    facts.terms_url = project.terms_url;
    facts.contact_email = project.contact_email;
    return facts;
}

WrittenMessage write_message(TemplateLookup* templates, const Message& message,
                             const projects::Project& project, const std::string& code,
                             const std::string& link, std::chrono::milliseconds left)
{
    auto facts = facts_of(project, message.language);
    facts.code = code;
    facts.link = link;
    facts.minutes_valid = to_minutes(left);
    WrittenMessage written;
    auto own = write_own(templates, message, facts, written.note);
    written.words = own ? std::move(*own)
                        : render_code_email(message.language, project.name, code,
                                            facts.minutes_valid, project.branding, link);
    return written;
}

std::optional<std::string> write_own_sms(TemplateLookup* templates, const std::string& project_id,
                                         const TextFacts& facts, std::string& note)
{
    const auto own = find_own(templates, project_id, contacts::Channel::Sms, facts.language, note);
    if (!own) return std::nullopt;
    auto text = render_own_sms(own->source.text, facts);
    if (!text) note = note_of("it grows too large once it is filled in");
    return text;
}

std::string template_note(TemplateLookup* templates, const projects::Project& project,
                          contacts::Channel channel, contacts::Language language)
{
    std::string note;
    if (channel == contacts::Channel::Sms) {
        find_own(templates, project.id, channel, language, note);
        return note;
    }
    if (contacts::is_phone(channel)) return note;
    Message message;
    message.project_id = project.id;
    message.channel = contacts::Channel::Email;
    message.language = language;
    auto facts = facts_of(project, language);
    facts.code = kPlaceholder;
    write_own(templates, message, facts, note);
    return note;
}

}  // namespace accessd::delivery
