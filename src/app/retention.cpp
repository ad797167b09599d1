#include "app/retention.h"

#include "base/log.h"

#include <algorithm>
#include <chrono>
#include <string_view>
#include <vector>

namespace accessd::app {
namespace {

constexpr int kBatch = 200;
constexpr int kPageSize = 200;

/// Ten half-lives of what they count (fraud/fraud_rules.cpp): nothing of it is left.
constexpr int kFraudCounterDays = 30;

using projects::RetentionStore;
using Take = Result<int> (RetentionStore::*)(const std::string&, TimePoint, int);

struct Rule {
    std::string_view what;  ///< For the log.
    Take take;
    int days;
};

/// What is kept of administration that belongs to no project, or to one that is gone: as long as a project
/// keeps it unless it says otherwise.
constexpr Rule kAuditOfNone{"audit", &RetentionStore::remove_audit, projects::Retention{}.audit};

std::vector<Rule> rules_of(const projects::Project& project)
{
    const auto& keep = project.retention;
    std::vector<Rule> rules{
        {"validations", &RetentionStore::remove_validations, keep.validations},
        {"logins", &RetentionStore::remove_logins, keep.validations},
        {"messages", &RetentionStore::remove_messages, keep.messages},
        {"client addresses", &RetentionStore::forget_clients, keep.client_addresses},
        {"events", &RetentionStore::remove_events, keep.events},
        {"webhook deliveries", &RetentionStore::remove_webhook_deliveries, keep.events},
        {"audit", &RetentionStore::remove_audit, keep.audit}};
    // Blocks and counters may name a person's network.
    rules.push_back({"fraud blocks", &RetentionStore::remove_fraud_blocks, keep.client_addresses});
    rules.push_back({"fraud counters", &RetentionStore::remove_fraud_counters,
                     std::min(kFraudCounterDays, keep.client_addresses)});
    if (project.is_test()) rules.push_back({"inbox", &RetentionStore::empty_inbox, keep.inbox});
    return rules;
}

/// Batch by batch, until nothing is left. False: pause() said to stop.
Result<bool> apply(const Rule& rule, RetentionStore& store, const std::string& project_id,
                   TimePoint now, const std::function<bool()>& pause)
{
    std::int64_t taken = 0;
    for (int batch = kBatch; batch >= kBatch;) {
        ACCESSD_TRY(batch,
                    (store.*rule.take)(project_id, now - std::chrono::days{rule.days}, kBatch));
        taken += batch;
        if (batch >= kBatch && !pause()) return false;
    }
    if (taken > 0) {
        log::info("kept no longer",
                  {{"what", rule.what}, {"project_id", project_id}, {"rows", taken}});
    }
    return true;
}

}  // namespace

/// False: pause() said to stop.
Result<bool> Retention::remove_unused_faces(const projects::Project& project,
                                            const std::function<bool()>& pause)
{
    std::int64_t taken = 0;
    for (int batch = kBatch; batch >= kBatch;) {
        const auto now = clock_.now();
        ACCESSD_TRY(batch, faces_.remove_unused(
                               project.id, now - std::chrono::days{project.retention.unused_faces},
                               project.is_test(), now, kBatch));
        taken += batch;
        if (batch >= kBatch && !pause()) return false;
    }
    if (taken > 0) {
        log::info("kept no longer",
                  {{"what", "unused faces"}, {"project_id", project.id}, {"rows", taken}});
    }
    return true;
}

Result<void> Retention::run(const std::function<bool()>& pause)
{
    PageRequest request{.limit = kPageSize};
    do {
        ACCESSD_TRY(const auto page, projects_.list(ProjectScope::all(), request));
        for (const auto& project : page.items) {
            for (const auto& rule : rules_of(project)) {
                ACCESSD_TRY(const bool goes_on,
                            apply(rule, store_, project.id, clock_.now(), pause));
                if (!goes_on) return {};
            }
            ACCESSD_TRY(const bool goes_on, remove_unused_faces(project, pause));
            if (!goes_on) return {};
        }
        request.after = page.next;
    } while (request.after);
    const auto done = apply(kAuditOfNone, store_, {}, clock_.now(), pause);
    return done ? Result<void>{} : Result<void>{done.error()};
}

}  // namespace accessd::app
