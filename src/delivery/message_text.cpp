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

/// The words by the project's own template; without any, `note` may say why.
std::optional<EmailText> write_own(TemplateLookup* templates, const Message& message,
                                   const EmailFacts& facts, std::string& note)
{
    if (templates == nullptr) return std::nullopt;
    const auto own = templates->find(message.project_id, message.channel, message.language);
    if (!own) {
        note = note_of("it can't be read at the moment");
        return std::nullopt;
    }
    if (*own == nullptr) return std::nullopt;
    if (!(*own)->problem.empty()) {
        note = note_of((*own)->problem);
        return std::nullopt;
    }
    auto words = render_own_email((*own)->source, facts);
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

std::string template_note(TemplateLookup* templates, const projects::Project& project,
                          contacts::Language language)
{
    Message message;
    message.project_id = project.id;
    message.channel = contacts::Channel::Email;
    message.language = language;
    auto facts = facts_of(project, language);
    facts.code = kPlaceholder;
    std::string note;
    write_own(templates, message, facts, note);
    return note;
}

}  // namespace accessd::delivery
