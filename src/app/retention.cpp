#include "app/retention.h"

#include "base/log.h"

#include <chrono>
#include <string_view>
#include <vector>

namespace accessd::app {
namespace {

constexpr int kBatch = 200;
constexpr int kPageSize = 200;

using Take = Result<int> (projects::RetentionStore::*)(const std::string&, TimePoint, int);

struct Rule {
    std::string_view what;  ///< For the log.
    Take take;
    int days;
};

std::vector<Rule> rules_of(const projects::Project& project)
{
    using projects::RetentionStore;
    const auto& keep = project.retention;
    std::vector<Rule> rules{
        {"validations", &RetentionStore::remove_validations, keep.validations},
        {"logins", &RetentionStore::remove_logins, keep.validations},
        {"messages", &RetentionStore::remove_messages, keep.messages},
        {"client addresses", &RetentionStore::forget_clients, keep.client_addresses},
        {"events", &RetentionStore::remove_events, keep.events}};
    if (project.is_test()) rules.push_back({"inbox", &RetentionStore::empty_inbox, keep.inbox});
    return rules;
}

}  // namespace

Result<void> Retention::run(const std::function<bool()>& pause)
{
    PageRequest request{.limit = kPageSize};
    do {
        ACCESSD_TRY(const auto page, projects_.list(ProjectScope::all(), request));
        for (const auto& project : page.items) {
            for (const auto& rule : rules_of(project)) {
                const auto before = clock_.now() - std::chrono::days{rule.days};
                std::int64_t taken = 0;
                for (int batch = kBatch; batch >= kBatch;) {
                    ACCESSD_TRY(batch, (store_.*rule.take)(project.id, before, kBatch));
                    taken += batch;
                    if (batch >= kBatch && !pause()) return {};
                }
                if (taken == 0) continue;
                log::info("kept no longer",
                          {{"what", rule.what}, {"project_id", project.id}, {"rows", taken}});
            }
        }
        request.after = page.next;
    } while (request.after);
    return {};
}

}  // namespace accessd::app
