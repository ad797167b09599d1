#include "delivery/template_check.h"

#include "delivery/code_text.h"
#include "delivery/gsm7.h"
#include "delivery/template_html.h"
#include "delivery/template_tags.h"

#include <algorithm>
#include <utility>

namespace accessd::delivery {
namespace {

using Kind = TemplateTag::Kind;

bool uses(const std::vector<TemplateTag>& tags, std::string_view name)
{
    return std::any_of(tags.begin(), tags.end(), [&](const TemplateTag& tag) {
        return tag.kind == Kind::Variable && tag.name == name;
    });
}

/// Whether the code is there whatever else is missing.
bool always_shows_code(const std::vector<TemplateTag>& tags)
{
    return std::any_of(tags.begin(), tags.end(), [](const TemplateTag& tag) {
        return tag.kind == Kind::Variable && tag.name == "code" && tag.depth == 0;
    });
}

std::string join(const std::set<std::string>& hosts)
{
    std::string all;
    for (const auto& host : hosts) all += (all.empty() ? "" : ", ") + host;
    return all;
}

std::size_t characters(const std::string& text)
{
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U;
    }));
}

class Check {
public:
    explicit Check(const EmailText& source) : source_(source) {}

    TemplateReport run()
    {
        check_subject();
        check_text();
        check_html();
        return std::move(report_);
    }

private:
    void refuse(const char* field, std::string issue)
    {
        report_.problems.push_back({field, std::move(issue)});
    }
    void warn(const char* field, std::string issue)
    {
        report_.warnings.push_back({field, std::move(issue)});
    }

    /// The tags of a part; false if they can't be trusted.
    bool read(const char* field, const std::string& part, std::vector<TemplateTag>& tags)
    {
        auto found = read_template_tags(part);
        for (auto& problem : found.problems) refuse(field, std::move(problem));
        tags = std::move(found.tags);
        return found.problems.empty();
    }

    void refuse_subject_in(const char* field, const std::string& part,
                           const std::vector<TemplateTag>& tags)
    {
        for (const auto& tag : tags) {
            if (tag.name != "subject") continue;
            return refuse(field,
                          template_place(part, tag.begin) + ": {{subject}} is known in html only");
        }
    }

    void check_subject()
    {
        const auto& part = source_.subject;
        if (part.empty()) return refuse("subject", "must not be empty");
        if (characters(part) > kSubjectCharactersMax) {
            return refuse("subject", "must be at most " + std::to_string(kSubjectCharactersMax) +
                                         " characters");
        }
        const bool has_controls = std::any_of(part.begin(), part.end(), [](char c) {
            return static_cast<unsigned char>(c) < 0x20 || c == '\x7f';
        });
        if (has_controls) return refuse("subject", "must be one line without control characters");
        std::vector<TemplateTag> tags;
        if (!read("subject", part, tags)) return;
        refuse_subject_in("subject", part, tags);
        if (!uses(tags, "code")) {
            warn("subject", "has no {{code}}: people read it in the notification");
        }
    }

    void check_text()
    {
        const auto& part = source_.text;
        if (part.size() > kTextBytesMax) {
            return refuse("text", "must be at most " + std::to_string(kTextBytesMax) + " bytes");
        }
        std::vector<TemplateTag> tags;
        if (!read("text", part, tags)) return;
        refuse_subject_in("text", part, tags);
        if (!always_shows_code(tags)) {
            refuse("text", "must have {{code}}, outside every section");
        }
        warn_of_missing("text", tags);
    }

    void check_html()
    {
        const auto& part = source_.html;
        if (part.size() > kHtmlBytesMax) {
            return refuse("html", "must be at most " + std::to_string(kHtmlBytesMax) + " bytes");
        }
        std::vector<TemplateTag> tags;
        if (!read("html", part, tags)) return;
        const auto found = check_template_html(part, tags);
        if (!found.problem.empty()) return refuse("html", found.problem);
        if (!found.shows_code) {
            return refuse("html", "must have {{code}} in its text, outside every section");
        }
        warn_of_missing("html", tags);
        if (found.hides_something) {
            warn("html", "hides a part of itself: see that the code isn't in it");
        }
        if (!found.link_hosts.empty()) {
            warn("html", "links to " + join(found.link_hosts) + ": see that these are yours");
        }
        if (!found.image_hosts.empty()) {
            warn("html", "loads pictures from " + join(found.image_hosts) +
                             ", which learns when somebody opens the message");
        }
    }

    void warn_of_missing(const char* field, const std::vector<TemplateTag>& tags)
    {
        if (!uses(tags, "validity") && !uses(tags, "minutes")) {
            warn(field, "doesn't say how long the code is good: {{validity}}");
        }
        if (!uses(tags, "warning")) {
            warn(field, "doesn't say never to pass the code on: {{warning}}");
        }
    }

    const EmailText& source_;
    TemplateReport report_;
};

}  // namespace

TemplateReport check_template(const EmailText& source) { return Check{source}.run(); }

TemplateReport check_sms_template(const EmailText& source)
{
    TemplateReport report;
    const auto refuse = [&](const char* field, std::string issue) {
        report.problems.push_back({field, std::move(issue)});
    };
    if (!source.subject.empty()) refuse("subject", "isn't part of an SMS");
    if (!source.html.empty()) refuse("html", "isn't part of an SMS");
    const auto& part = source.text;
    auto found = read_template_tags(part);
    for (auto& problem : found.problems) refuse("text", std::move(problem));
    if (!found.problems.empty()) return report;
    if (!always_shows_code(found.tags)) {
        refuse("text", "must have {{code}}, outside every section");
        return report;
    }
    // With a code of the longest kind, a name of usual length and a host of usual length.
    const auto sample = render_own_sms(part, {.project_name = "A business of ours",
                                              .code = "00000000",
                                              .minutes_valid = 10,
                                              .origin_host = "login.example.com"});
    if (!sample) {
        refuse("text", "can't be filled in");
    } else if (const int segments = sms_segments(*sample); segments > kSegmentsMax) {
        refuse("text", "makes " + std::to_string(segments) + " messages of one, at most " +
                           std::to_string(kSegmentsMax) + " are sent");
    } else if (segments > 1) {
        report.warnings.push_back(
            {"text", gsm7_septets(*sample)
                         ? "makes two messages of one, which cost twice"
                         : "has letters that SMS lacks, so it makes two messages of "
                           "one, which cost twice"});
    }
    return report;
}

TemplateReport check_template(contacts::Channel channel, const EmailText& source)
{
    return channel == contacts::Channel::Sms ? check_sms_template(source) : check_template(source);
}

}  // namespace accessd::delivery
