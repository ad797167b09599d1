#include "delivery/template_handlers.h"

#include "delivery/template_tags.h"
#include "events/audit_handlers.h"
#include "http/entity_tag.h"
#include "http/fields.h"
#include "http/render.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace accessd::delivery {
namespace {

/// Far more than two segments hold: the check says better what is too long.
constexpr std::size_t kSmsCharactersMax = 1000;

/// Why a stored template isn't used; nothing of one that is.
std::string problem_of(const MessageTemplate& shown)
{
    if (shown.version == 0) return {};
    const auto report = check_template(shown.channel, shown.source);
    if (report.problems.empty()) return {};
    return report.problems.front().field + ": " + report.problems.front().issue;
}

nlohmann::json to_json(const MessageTemplate& shown)
{
    const bool is_own = shown.version > 0;
    return {{"channel", contacts::to_text(shown.channel)},
            {"language", contacts::to_text(shown.language)},
            {"origin", is_own ? "own" : "built_in"},
            {"subject", shown.source.subject},
            {"text", shown.source.text},
            {"html", shown.source.html},
            {"problem", http::or_null(problem_of(shown))},
            {"updated_at", http::or_null(is_own ? std::optional{shown.updated_at} : std::nullopt)}};
}

nlohmann::json variables_json()
{
    auto list = nlohmann::json::array();
    for (const auto& variable : template_variables()) {
        list.push_back({{"name", variable.name},
                        {"meaning", variable.meaning},
                        {"optional", variable.is_optional}});
    }
    return list;
}

/// The three parts; their own rules are check_template()'s.
EmailText read_source(http::Fields& fields, contacts::Channel channel)
{
    EmailText source;
    if (channel == contacts::Channel::Sms) {
        source.text =
            fields
                .string("text",
                        {.required = true, .min = 1, .max = kSmsCharactersMax, .multiline = true})
                .value_or("");
        return source;
    }
    source.subject =
        fields.string("subject", {.required = true, .min = 1, .max = kSubjectCharactersMax})
            .value_or("");
    source.text =
        fields.string("text", {.required = true, .min = 1, .max = kTextBytesMax, .multiline = true})
            .value_or("");
    source.html =
        fields.string("html", {.required = true, .min = 1, .max = kHtmlBytesMax, .multiline = true})
            .value_or("");
    return source;
}

std::optional<EmailText> read_draft(http::Fields& body, contacts::Channel channel)
{
    auto nested = body.object("draft");
    if (!nested) return std::nullopt;
    auto source = read_source(*nested, channel);
    body.absorb(*nested);
    return source;
}

/// The draft, checked, or what is stored. `prefix` names the draft's problems.
Result<EmailText> source_of(const std::optional<EmailText>& draft, const MessageTemplate& stored)
{
    if (!draft) return stored.source;
    auto report = check_template(stored.channel, *draft);
    for (auto& problem : report.problems) problem.field = "draft." + problem.field;
    if (!report.problems.empty()) return unfit_template(std::move(report.problems));
    return *draft;
}

nlohmann::json warnings_json(contacts::Channel channel, const EmailText& source, bool has_link)
{
    auto list = nlohmann::json::array();
    for (const auto& warning : check_template(channel, source).warnings) {
        list.push_back({{"field", warning.field}, {"issue", warning.issue}});
    }
    if (channel != contacts::Channel::Email) return list;
    const auto tags = read_template_tags(source.html).tags;
    const bool uses_link =
        std::any_of(tags.begin(), tags.end(), [](const auto& tag) { return tag.name == "link"; });
    if (has_link && !uses_link) {
        list.push_back(
            {{"field", "html"}, {"issue", "has no {{link}}, though a flow has magic_link on"}});
    }
    return list;
}

Result<Condition<MessageTemplate>> condition_of(const http::Request& request)
{
    ACCESSD_TRY(auto if_match, http::IfMatch::parse(request));
    if (!if_match.is_present()) return Condition<MessageTemplate>{};
    return Condition<MessageTemplate>{[if_match = std::move(if_match)](const auto& stored) {
        return if_match.check(to_json(stored));
    }};
}

}  // namespace

TemplateHandlers::TemplateHandlers(Templates& templates, Samples& samples,
                                   projects::Projects& projects)
    : templates_(templates), samples_(samples), projects_(projects)
{
}

Result<TemplateHandlers::Place> TemplateHandlers::place_of(const http::Request& request) const
{
    ACCESSD_TRY(auto setup, projects_.get(request.parameter("project_id"), request.scope()));
    const auto channel = contacts::parse_channel(request.parameter("channel"));
    const auto language = contacts::parse_language(request.parameter("language"));
    if (!channel || !language || channel == contacts::Channel::WhatsApp ||
        channel == contacts::Channel::Biometric) {
        return Error{ErrorCode::NotFound}.saying(
            "There are templates for email and sms, in en, es and pt. WhatsApp's are registered with "
            "WhatsApp, and named in the phone method's whatsapp_templates.");
    }
    return Place{std::move(setup), *channel, *language};
}

/// The target is named as in the path: "email/en".
events::AuditEntry TemplateHandlers::audit_of(const http::Request& request, std::string action,
                                              const Place& place)
{
    const auto target = std::string{contacts::to_text(place.channel)} + "/" +
                        std::string{contacts::to_text(place.language)};
    return events::audit_of(request, std::move(action)).about(target, place.setup->project.id);
}

/// GET /v2/access/projects/{project_id}/templates
Result<http::Response> TemplateHandlers::list(const http::Request& request)
{
    ACCESSD_TRY(const auto setup, projects_.get(request.parameter("project_id"), request.scope()));
    ACCESSD_TRY(const auto all, templates_.list(setup->project.id));
    auto list = nlohmann::json::array();
    for (const auto& one : all) list.push_back(to_json(one));
    return http::tagged({{"templates", std::move(list)}, {"variables", variables_json()}},
                        "Templates");
}

/// GET /v2/access/projects/{project_id}/templates/{channel}/{language}
Result<http::Response> TemplateHandlers::get(const http::Request& request)
{
    ACCESSD_TRY(const auto place, place_of(request));
    ACCESSD_TRY(const auto shown,
                templates_.get(place.setup->project.id, place.channel, place.language));
    return http::tagged(to_json(shown), "Template");
}

/// PUT /v2/access/projects/{project_id}/templates/{channel}/{language}
/// {"subject": "{{code}} ...", "text": "...", "html": "..."}
Result<http::Response> TemplateHandlers::put(const http::Request& request)
{
    ACCESSD_TRY(const auto place, place_of(request));
    ACCESSD_TRY(auto body, http::Fields::parse(request));
    MessageTemplate made;
    made.project_id = place.setup->project.id;
    made.channel = place.channel;
    made.language = place.language;
    made.source = read_source(body, place.channel);
    ACCESSD_CHECK(body.check());
    ACCESSD_TRY(const auto condition, condition_of(request));

    auto report = check_template(made.channel, made.source);
    if (!report.problems.empty()) return unfit_template(std::move(report.problems));
    ACCESSD_CHECK(write_sample(*place.setup, place.channel, place.language, made.source));
    ACCESSD_TRY(const auto stored, templates_.put(std::move(made), condition,
                                                  audit_of(request, "template.changed", place)));
    return http::tagged(to_json(stored), "Template replaced");
}

/// DELETE /v2/access/projects/{project_id}/templates/{channel}/{language}
Result<http::Response> TemplateHandlers::remove(const http::Request& request)
{
    ACCESSD_TRY(const auto place, place_of(request));
    ACCESSD_TRY(const auto condition, condition_of(request));
    ACCESSD_TRY(const auto standard,
                templates_.remove(place.setup->project.id, place.channel, place.language, condition,
                                  audit_of(request, "template.deleted", place)));
    return http::tagged(to_json(standard), "The built-in template is used again");
}

/// POST /v2/access/projects/{project_id}/templates/{channel}/{language}/preview   {"draft": {...}}
Result<http::Response> TemplateHandlers::preview(const http::Request& request)
{
    ACCESSD_TRY(const auto place, place_of(request));
    ACCESSD_TRY(auto body, http::Fields::parse(request, true));
    const auto draft = read_draft(body, place.channel);
    ACCESSD_CHECK(body.check());

    ACCESSD_TRY(const auto stored,
                templates_.get(place.setup->project.id, place.channel, place.language));
    ACCESSD_TRY(const auto source, source_of(draft, stored));
    ACCESSD_TRY(const auto words,
                write_sample(*place.setup, place.channel, place.language, source));
    return http::success(
        {{"subject", words.subject},
         {"text", words.text},
         {"html", words.html},
         {"warnings", warnings_json(place.channel, source, has_magic_link(*place.setup))}},
        "Preview");
}

/// POST /v2/access/projects/{project_id}/templates/{channel}/{language}/send-test
/// {"recipient": "ana@example.com", "draft": {...}}
Result<http::Response> TemplateHandlers::send_test(const http::Request& request)
{
    ACCESSD_TRY(const auto place, place_of(request));
    if (place.channel != contacts::Channel::Email) {
        return Error{ErrorCode::NotFound}.saying(
            "Samples go by email. An SMS is tried out with POST /senders/{sender_id}/test.");
    }
    ACCESSD_TRY(auto body, http::Fields::parse(request));
    const auto text = body.string("recipient", {.required = true, .min = 1, .max = 1000});
    const auto draft = read_draft(body, place.channel);
    const auto recipient = contacts::EmailAddress::parse(text.value_or(""));
    if (text && !recipient) body.refuse("recipient", "must be an email address");
    ACCESSD_CHECK(body.check());

    ACCESSD_TRY(const auto stored,
                templates_.get(place.setup->project.id, place.channel, place.language));
    ACCESSD_TRY(const auto source, source_of(draft, stored));
    ACCESSD_TRY(auto words, write_sample(*place.setup, place.channel, place.language, source));
    ACCESSD_TRY(const auto outcome,
                samples_.send(*place.setup, *recipient, place.language, std::move(words)));
    return http::success({{"message_id", outcome.message_id},
                          {"destination", recipient->masked()},
                          {"sender", outcome.sender},
                          {"outcome", to_text(outcome.sent.outcome)},
                          {"reason", http::or_null(outcome.sent.reason)},
                          {"provider_answer", http::or_null(outcome.sent.provider_answer)},
                          {"duration_ms", outcome.duration.count()}},
                         outcome.sent.outcome == Attempt::Outcome::Accepted
                             ? "Sample sent"
                             : "The sample could not be sent");
}

}  // namespace accessd::delivery
