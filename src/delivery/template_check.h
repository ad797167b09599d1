#pragma once

#include "base/error.h"
#include "delivery/email_template.h"

#include <string>
#include <vector>

namespace accessd::delivery {

/// The most of a template's parts, before anything is filled in; of a subject kSubjectCharactersMax.
inline constexpr std::size_t kTextBytesMax = 16 * 1024;
inline constexpr std::size_t kHtmlBytesMax = 32 * 1024;

/// What a look over a template found, each about "subject", "text" or "html".
struct TemplateReport {
    std::vector<FieldIssue> problems;  ///< It must not be used.
    std::vector<FieldIssue> warnings;  ///< It may be, but its owner should know.
};

/// The rules of docs/decisions/0026-templates.md. What passes can be rendered, shows the code, and
/// carries it nowhere but to its reader.
TemplateReport check_template(const EmailText& source);

/// Of an SMS: `text` alone, at most kSegmentsMax segments with the longest code and its closing line.
TemplateReport check_sms_template(const EmailText& source);

/// Either, by the channel.
TemplateReport check_template(contacts::Channel channel, const EmailText& source);

}  // namespace accessd::delivery
