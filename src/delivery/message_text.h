#pragma once

#include "delivery/code_text.h"
#include "delivery/message.h"
#include "delivery/template_cache.h"
#include "projects/project.h"

#include <chrono>
#include <optional>
#include <string>

namespace accessd::delivery {

/// The words of a message.
struct WrittenMessage {
    EmailText words;
    /// Why the project's own template wasn't used though there is one; empty otherwise. For timelines.
    std::string note;
};

/// Writes a message with the code in it: with the project's own template where there is one that can
/// be used, otherwise with the built-in one. A code that can be sent is never held up by a template.
/// `templates`: null for the built-in ones alone. `link`: what finishes the login as the code does; empty:
/// none. `left`: of the code's life.
WrittenMessage write_message(TemplateLookup* templates, const Message& message,
                             const projects::Project& project, const std::string& code,
                             const std::string& link, std::chrono::milliseconds left);

/// The note that writing a message of this channel would leave, found out without a code.
std::string template_note(TemplateLookup* templates, const projects::Project& project,
                          contacts::Channel channel, contacts::Language language);

/// An SMS by the project's own template; without any, `note` may say why.
std::optional<std::string> write_own_sms(TemplateLookup* templates, const std::string& project_id,
                                         const TextFacts& facts, std::string& note);

/// What a template is told of the project.
EmailFacts facts_of(const projects::Project& project, contacts::Language language);

}  // namespace accessd::delivery
