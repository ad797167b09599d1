#pragma once

#include "base/page.h"
#include "base/project_scope.h"
#include "base/result.h"
#include "events/audit.h"
#include "projects/project.h"
#include "users/user.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace accessd::projects {

/// A code and outcome that a test project gives to one recipient instead of a random one.
struct TestRecipient {
    enum class Outcome { Delivered, Undelivered, Slow, ProviderDown };
    std::string destination;  ///< A canonical contact, or "*@example.com" for a whole domain.
    std::string code;         ///< Empty: a random one.
    Outcome outcome = Outcome::Delivered;
    bool operator==(const TestRecipient&) const = default;
};

std::string_view to_text(TestRecipient::Outcome outcome);
std::optional<TestRecipient::Outcome> parse_outcome(std::string_view text);

/// Everything about a project that a login needs, read together.
struct ProjectSetup {
    Project project;
    std::vector<Flow> flows;  ///< Oldest first.
    std::vector<users::Source> sources;
    std::vector<TestRecipient> test_recipients;  ///< Empty in live projects.

    /// The flow with this id, or nothing.
    const Flow* flow(std::string_view id) const;
    /// The project's default: its oldest active login flow, or nothing.
    const Flow* default_flow() const;
    const users::Source* source(std::string_view id) const;
    const TestRecipient* test_recipient(std::string_view destination) const;
};

/// Projects, their flows (methods included) and test recipients. Documents are kept as JSON by
/// projects/project_json.h beside the columns that are searched. Changes write their audit entry in the
/// same transaction.
class ProjectStore {
public:
    virtual ~ProjectStore() = default;

    /// A project with its first source, flow and test recipients, all or nothing.
    /// Errors: Conflict with `details.field` = slug; StoreUnavailable.
    virtual Result<void> insert(const ProjectSetup& setup,
                                const events::AuditEntry& audit = {}) = 0;
    virtual Result<std::optional<Project>> find(const std::string& id) = 0;
    virtual Result<std::optional<Project>> find_by_slug(const std::string& slug) = 0;
    /// The project with all that belongs to it, from one snapshot; nothing if unknown.
    virtual Result<std::optional<ProjectSetup>> setup(const std::string& id) = 0;
    virtual Result<Page<Project>> list(const ProjectScope& scope, const PageRequest& page) = 0;
    /// Project id and origin, for every origin that a project lists. Errors: StoreUnavailable.
    virtual Result<std::vector<std::pair<std::string, std::string>>> allowed_origins() = 0;
    /// Stores `project` if the stored version is `project.version`, which then rises by one.
    /// `going_live` also erases messages, validations, logins, users and test recipients made in test.
    /// Errors: Conflict with `details.field` = slug, or without it when somebody else changed the
    /// project meanwhile; ProjectNotFound; StoreUnavailable.
    virtual Result<void> update(const Project& project, bool going_live,
                                const events::AuditEntry& audit = {}) = 0;
    /// Erases the project and all it owns, if `version` is the stored one or isn't given.
    /// Errors: Conflict (somebody else changed it meanwhile), ProjectNotFound, StoreUnavailable.
    virtual Result<void> remove(const std::string& id,
                                std::optional<std::int64_t> version = std::nullopt,
                                const events::AuditEntry& audit = {}) = 0;

    /// Errors: ProjectNotFound, StoreUnavailable.
    virtual Result<void> insert_flow(const Flow& flow, const events::AuditEntry& audit = {}) = 0;
    virtual Result<std::optional<Flow>> find_flow(const std::string& id,
                                                  const ProjectScope& scope) = 0;
    virtual Result<Page<Flow>> list_flows(const std::string& project_id,
                                          const PageRequest& page) = 0;
    /// As update. Errors: Conflict, FlowNotFound, StoreUnavailable.
    virtual Result<void> update_flow(const Flow& flow, const events::AuditEntry& audit = {}) = 0;
    /// As remove. Errors: Conflict, FlowNotFound, StoreUnavailable.
    virtual Result<void> remove_flow(const std::string& project_id, const std::string& id,
                                     std::optional<std::int64_t> version = std::nullopt,
                                     const events::AuditEntry& audit = {}) = 0;

    /// Replaces the whole list; where `seen` is given, only if the stored list is still that one.
    /// Errors: Conflict (it isn't), ProjectNotFound, StoreUnavailable.
    virtual Result<void> put_test_recipients(const std::string& project_id,
                                             const std::vector<TestRecipient>& recipients,
                                             const std::vector<TestRecipient>* seen = nullptr,
                                             const events::AuditEntry& audit = {}) = 0;
};

}  // namespace accessd::projects
