#include "delivery/templates.h"

#include "delivery/code_text.h"

#include <algorithm>
#include <utility>

namespace accessd::delivery {
namespace {

using contacts::Channel;
using contacts::Language;

constexpr int kTries = 5;  // Changes of one template meet seldom.
constexpr Channel kChannels[] = {Channel::Email, Channel::Sms};
constexpr Language kLanguages[] = {Language::English, Language::Spanish, Language::Portuguese};

MessageTemplate built_in(const std::string& project_id, Channel channel, Language language)
{
    MessageTemplate made;
    made.project_id = project_id;
    made.channel = channel;
    made.language = language;
    if (channel == Channel::Sms)
        made.source.text = built_in_sms(language);
    else
        made.source = built_in_email(language);
    return made;
}

}  // namespace

Error unfit_template(std::vector<FieldIssue> problems)
{
    Error error{ErrorCode::InvalidRequest};
    error.fields = std::move(problems);
    return error;
}

Templates::Templates(TemplateStore& store, TemplateCache& cache, Clock& clock)
    : store_(store), cache_(cache), clock_(clock)
{
}

Result<std::vector<MessageTemplate>> Templates::list(const std::string& project_id)
{
    ACCESSD_TRY(const auto own, store_.list(project_id));
    std::vector<MessageTemplate> all;
    for (const auto channel : kChannels) {
        for (const auto language : kLanguages) {
            const auto found = std::find_if(own.begin(), own.end(), [&](const auto& made) {
                return made.channel == channel && made.language == language;
            });
            all.push_back(found != own.end() ? *found : built_in(project_id, channel, language));
        }
    }
    return all;
}

Result<MessageTemplate> Templates::get(const std::string& project_id, Channel channel,
                                       Language language)
{
    ACCESSD_TRY(auto own, store_.find(project_id, channel, language));
    return own ? std::move(*own) : built_in(project_id, channel, language);
}

/// Calls `change` with the version that the condition held for, again if somebody was faster.
template <class Change>
Result<void> Templates::change(const MessageTemplate& wanted,
                               const Condition<MessageTemplate>& condition, Change change)
{
    for (int tries = 1;; ++tries) {
        std::optional<std::int64_t> seen;
        if (condition) {
            ACCESSD_TRY(const auto stored, get(wanted.project_id, wanted.channel, wanted.language));
            ACCESSD_CHECK(condition(stored));
            seen = stored.version;
        }
        Result<void> changed = change(seen);
        cache_.forget();
        const bool was_overtaken = !changed && changed.error().code == ErrorCode::Conflict;
        if (!was_overtaken || tries == kTries) return changed;
    }
}

Result<MessageTemplate> Templates::put(MessageTemplate made,
                                       const Condition<MessageTemplate>& condition,
                                       const events::AuditEntry& audit)
{
    auto report = check_template(made.channel, made.source);
    if (!report.problems.empty()) return unfit_template(std::move(report.problems));
    made.updated_at = clock_.now();
    const auto store = [&](std::optional<std::int64_t> seen) -> Result<void> {
        ACCESSD_TRY(made.version, store_.put(made, seen, audit));
        return {};
    };
    ACCESSD_CHECK(change(made, condition, store));
    return made;
}

Result<MessageTemplate> Templates::remove(const std::string& project_id, Channel channel,
                                          Language language,
                                          const Condition<MessageTemplate>& condition,
                                          const events::AuditEntry& audit)
{
    auto standard = built_in(project_id, channel, language);
    const auto take = [&](std::optional<std::int64_t> seen) -> Result<void> {
        ACCESSD_CHECK(store_.remove(project_id, channel, language, seen, audit));
        return {};
    };
    ACCESSD_CHECK(change(standard, condition, take));
    return standard;
}

}  // namespace accessd::delivery
