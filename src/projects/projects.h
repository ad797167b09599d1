#pragma once

#include "base/clock.h"
#include "base/condition.h"
#include "base/page.h"
#include "base/project_scope.h"
#include "base/random.h"
#include "base/result.h"
#include "projects/project_cache.h"
#include "projects/project_store.h"

#include <functional>
#include <string>

namespace accessd::projects {

/// Set-up: projects, their flows and methods, and the rules between them. api.md, section 3.
///
/// Changes are applied to what is stored at that moment and tried again if somebody else was faster,
/// so that two people at work lose neither's change; a condition that no longer holds then ends them with
/// its own error. Every change takes its audit entry, to which it adds what was changed.
/// Threads: safe to call concurrently.
class Projects {
public:
    Projects(ProjectStore& store, ProjectCache& cache, Clock& clock, Random& random);

    /// A project with an open source and a login flow with email on: active in a test project, so that
    /// the first login works at once; a draft in a live one. An empty slug is made from the name.
    /// A test project also has the test recipients of api.md 11.
    /// Errors: Conflict with `details.field` = slug; StoreUnavailable.
    Result<ProjectSetup> create(Project project, const events::AuditEntry& audit);

    /// Errors: ProjectNotFound (also outside the scope), StoreUnavailable.
    Result<std::shared_ptr<const ProjectSetup>> get(const std::string& id,
                                                    const ProjectScope& scope);
    Result<Page<Project>> list(const ProjectScope& scope, const PageRequest& page);

    /// Errors: ProjectNotFound; Conflict (slug taken; live back to test); FlowNotReady with
    /// `details.missing` when an active flow can't run in a live project; StoreUnavailable.
    Result<Project> change(const std::string& id, const ProjectScope& scope,
                           const std::function<void(Project&)>& change,
                           const Condition<Project>& condition, const events::AuditEntry& audit);
    /// Erases the project and all it owns. Errors: ProjectNotFound, StoreUnavailable.
    Result<void> remove(const std::string& id, const ProjectScope& scope,
                        const Condition<Project>& condition, const events::AuditEntry& audit);

    /// Errors: ProjectNotFound; SourceNotFound (flow.source_id isn't the project's); FlowNotReady with
    /// `details.missing` for an active flow that can't run; StoreUnavailable.
    Result<Flow> create_flow(const std::string& project_id, const ProjectScope& scope, Flow flow,
                             const events::AuditEntry& audit);
    Result<Flow> get_flow(const std::string& id, const ProjectScope& scope);
    Result<Page<Flow>> list_flows(const std::string& project_id, const ProjectScope& scope,
                                  const PageRequest& page);
    /// Errors: FlowNotFound, SourceNotFound, FlowNotReady, StoreUnavailable.
    Result<Flow> change_flow(const std::string& id, const ProjectScope& scope,
                             const std::function<void(Flow&)>& change,
                             const Condition<Flow>& condition, const events::AuditEntry& audit);
    Result<void> remove_flow(const std::string& id, const ProjectScope& scope,
                             const Condition<Flow>& condition, const events::AuditEntry& audit);

    /// A test project's fixed codes. Errors: ProjectNotFound (also live), StoreUnavailable.
    Result<void> put_test_recipients(const std::string& project_id, const ProjectScope& scope,
                                     const std::vector<TestRecipient>& recipients,
                                     const Condition<std::vector<TestRecipient>>& condition,
                                     const events::AuditEntry& audit);

private:
    Result<void> check_flow(const Flow& flow, const ProjectSetup& setup) const;

    ProjectStore& store_;
    ProjectCache& cache_;
    Clock& clock_;
    Random& random_;
};

/// One of the five steps of set-up and how far it is.
struct SetupStep {
    enum class State { Done, Missing, Warning };
    std::string step;  ///< "project".
    std::string title;
    State state{};
    std::string next;  ///< What to do; empty when there is nothing.
};

std::string_view to_text(SetupStep::State state);

/// A project's webhooks, as far as set-up is concerned.
struct WebhookCounts {
    int all = 0;
    int active = 0;
    int disabled = 0;
    int failing = 0;  ///< Of the active ones.
};

/// The five steps. `has_email_sender`: a live project's mail can leave.
std::vector<SetupStep> setup_steps(const ProjectSetup& setup, bool has_email_sender,
                                   const WebhookCounts& webhooks);

}  // namespace accessd::projects
