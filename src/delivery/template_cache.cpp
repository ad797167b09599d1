#include "delivery/template_cache.h"

#include "delivery/template_check.h"

#include <utility>

namespace accessd::delivery {
namespace {

std::shared_ptr<const CheckedTemplate> checked(MessageTemplate made)
{
    std::string problem;
    const auto report = check_template(made.channel, made.source);
    if (!report.problems.empty()) {
        const auto& first = report.problems.front();
        problem = first.field + ": " + first.issue;
    }
    return std::make_shared<const CheckedTemplate>(
        CheckedTemplate{std::move(made.source), std::move(problem)});
}

}  // namespace

TemplateCache::TemplateCache(TemplateStore& store, Clock& clock) : store_(store), clock_(clock) {}

Result<std::shared_ptr<const CheckedTemplate>> TemplateCache::find(const std::string& project_id,
                                                                   contacts::Channel channel,
                                                                   contacts::Language language)
{
    const auto key = project_id + '/' + std::string{contacts::to_text(channel)} + '/' +
                     std::string{contacts::to_text(language)};
    const auto now = clock_.now();
    std::uint64_t generation = 0;
    {
        const std::scoped_lock lock{mutex_};
        const auto known = entries_.find(key);
        if (known != entries_.end() && now - known->second.read_at < kMaxAge) {
            return known->second.found;
        }
        generation = generation_;
    }
    ACCESSD_TRY(auto stored, store_.find(project_id, channel, language));
    std::shared_ptr<const CheckedTemplate> found;
    if (stored) found = checked(std::move(*stored));

    const std::scoped_lock lock{mutex_};
    if (generation == generation_) {
        if (entries_.size() >= kMaxTemplates) entries_.clear();
        entries_.insert_or_assign(key, Entry{found, now});
    }
    return found;
}

void TemplateCache::forget()
{
    const std::scoped_lock lock{mutex_};
    ++generation_;
    entries_.clear();
}

}  // namespace accessd::delivery
