#pragma once

#include "base/clock.h"
#include "base/condition.h"
#include "base/result.h"
#include "delivery/template_cache.h"
#include "delivery/template_check.h"
#include "delivery/template_store.h"

#include <functional>
#include <string>
#include <vector>

namespace accessd::delivery {

/// A project's templates as their owner sees them: own ones, and built-in ones where there is none.
/// Who may see the project has been checked. Threads: safe to call concurrently.
class Templates {
public:
    Templates(TemplateStore& store, TemplateCache& cache, Clock& clock);

    /// One for each channel that codes go by and each language. Errors: StoreUnavailable.
    Result<std::vector<MessageTemplate>> list(const std::string& project_id);
    /// The built-in one (version 0) where the project has none. Errors: StoreUnavailable.
    Result<MessageTemplate> get(const std::string& project_id, contacts::Channel channel,
                                contacts::Language language);
    /// Checks and stores it; used for every message from then on (on other nodes within 2 s).
    /// Errors: InvalidRequest naming each problem; those of `condition`; ProjectNotFound;
    /// Conflict (others keep changing it); StoreUnavailable.
    Result<MessageTemplate> put(MessageTemplate made, const Condition<MessageTemplate>& condition,
                                const events::AuditEntry& audit);
    /// Returns to the built-in one, which is the answer; fine if there is no own one.
    /// Errors: those of `condition`; Conflict; StoreUnavailable.
    Result<MessageTemplate> remove(const std::string& project_id, contacts::Channel channel,
                                   contacts::Language language,
                                   const Condition<MessageTemplate>& condition,
                                   const events::AuditEntry& audit);

private:
    template <class Change>
    Result<void> change(const MessageTemplate& wanted, const Condition<MessageTemplate>& condition,
                        Change change);

    TemplateStore& store_;
    TemplateCache& cache_;
    Clock& clock_;
};

/// InvalidRequest with these problems.
Error unfit_template(std::vector<FieldIssue> problems);

}  // namespace accessd::delivery
