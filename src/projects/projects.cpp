#include "projects/projects.h"

#include "base/id.h"
#include "projects/project_rules.h"

#include <algorithm>

namespace accessd::projects {
namespace {

constexpr int kTries = 5;  // Changes of one thing meet seldom; five losses mean a loop.

/// Whether a change lost a race, in contrast to a name that is taken.
bool was_overtaken(const Error& error)
{
    return error.code == ErrorCode::Conflict && error.details.empty();
}

Error not_ready(std::vector<std::string> missing)
{
    return Error{ErrorCode::FlowNotReady}.with("missing", std::move(missing));
}

}  // namespace

Projects::Projects(ProjectStore& store, ProjectCache& cache, Clock& clock, Random& random)
    : store_(store), cache_(cache), clock_(clock), random_(random)
{
}

Result<ProjectSetup> Projects::create(Project project, const events::AuditEntry& audit)
{
    const auto now = clock_.now();
    ProjectSetup setup;
    project.id = make_id("prj_", now, random_);
    project.created_at = project.updated_at = now;
    const bool makes_slug = project.slug.empty();
    if (makes_slug) project.slug = make_slug(project.name);

    users::Source source;
    source.id = make_id("src_", now, random_);
    source.project_id = project.id;
    source.name = "Everyone";
    source.kind = users::SourceKind::Open;
    source.created_at = source.updated_at = now;

    Flow flow;
    flow.id = make_id("flow_", now, random_);
    flow.project_id = project.id;
    flow.name = "Login";
    flow.status = project.is_test() ? FlowStatus::Active : FlowStatus::Draft;
    flow.source_id = source.id;
    flow.email.enabled = true;
    flow.created_at = flow.updated_at = now;

    if (project.is_test()) {
        // Source: api.md, section 11.
        setup.test_recipients = {{"user@example.com", "123456"}, {"+1234567890", "123456"}};
    }
    setup.flows.push_back(std::move(flow));
    setup.sources.push_back(std::move(source));
    setup.project = std::move(project);

    const auto wanted_slug = setup.project.slug;
    for (int tries = 1;; ++tries) {
        auto inserted = store_.insert(setup, audit.about(setup.project.id, setup.project.id));
        if (inserted) return setup;
        if (inserted.error().code != ErrorCode::Conflict || !makes_slug || tries == kTries) {
            return std::move(inserted).error();
        }
        setup.project.slug = wanted_slug + "-" + random_.digits(4);
    }
}

Result<std::shared_ptr<const ProjectSetup>> Projects::get(const std::string& id,
                                                          const ProjectScope& scope)
{
    if (!scope.allows(id)) return ErrorCode::ProjectNotFound;
    ACCESSD_TRY(auto setup, cache_.find(id));
    if (!setup) return ErrorCode::ProjectNotFound;
    return setup;
}

Result<Page<Project>> Projects::list(const ProjectScope& scope, const PageRequest& page)
{
    return store_.list(scope, page);
}

Result<Project> Projects::change(const std::string& id, const ProjectScope& scope,
                                 const std::function<void(Project&)>& change,
                                 const Condition<Project>& condition,
                                 const events::AuditEntry& audit)
{
    if (!scope.allows(id)) return ErrorCode::ProjectNotFound;
    for (int tries = 1;; ++tries) {
        ACCESSD_TRY(auto setup, store_.setup(id));
        if (!setup) return ErrorCode::ProjectNotFound;
        auto project = setup->project;
        ACCESSD_CHECK(check(condition, project));
        const auto mode_before = project.mode;
        change(project);
        if (mode_before == Mode::Live && project.mode == Mode::Test) {
            return Error{ErrorCode::Conflict}
                .with("field", std::string{"mode"})
                .saying("A live project can't become a test project again. Create another one.");
        }
        const bool going_live = mode_before == Mode::Test && project.mode == Mode::Live;
        if (going_live) {
            for (const auto& flow : setup->flows) {
                if (flow.status != FlowStatus::Active) continue;
                auto missing = missing_for_activation(flow, Mode::Live);
                if (!missing.empty()) {
                    return not_ready(std::move(missing)).with("flow_id", flow.id);
                }
            }
        }
        project.updated_at = clock_.now();
        auto updated = store_.update(project, going_live, audit.about(id, id));
        cache_.forget(id);
        if (updated) return project;
        if (!was_overtaken(updated.error()) || tries == kTries) return std::move(updated).error();
    }
}

Result<void> Projects::remove(const std::string& id, const ProjectScope& scope,
                              const Condition<Project>& condition, const events::AuditEntry& audit)
{
    if (!scope.allows(id)) return ErrorCode::ProjectNotFound;
    for (;;) {
        std::optional<std::int64_t> version;
        if (condition) {
            ACCESSD_TRY(const auto project, store_.find(id));
            if (!project) return ErrorCode::ProjectNotFound;
            ACCESSD_CHECK(condition(*project));
            version = project->version;
        }
        auto removed = store_.remove(id, version, audit.about(id, id));
        cache_.forget(id);
        if (removed || !was_overtaken(removed.error())) return removed;
    }
}

Result<void> Projects::check_flow(const Flow& flow, const ProjectSetup& setup) const
{
    if (!flow.source_id.empty() && setup.source(flow.source_id) == nullptr) {
        return ErrorCode::SourceNotFound;
    }
    if (flow.status != FlowStatus::Active) return {};
    auto missing = missing_for_activation(flow, setup.project.mode);
    if (!missing.empty()) return not_ready(std::move(missing));
    return {};
}

Result<Flow> Projects::create_flow(const std::string& project_id, const ProjectScope& scope,
                                   Flow flow, const events::AuditEntry& audit)
{
    ACCESSD_TRY(const auto setup, get(project_id, scope));
    flow.id = make_id("flow_", clock_.now(), random_);
    flow.project_id = project_id;
    flow.created_at = flow.updated_at = clock_.now();
    ACCESSD_CHECK(check_flow(flow, *setup));
    ACCESSD_CHECK(store_.insert_flow(flow, audit.about(flow.id, project_id)));
    cache_.forget(project_id);
    return flow;
}

Result<Flow> Projects::get_flow(const std::string& id, const ProjectScope& scope)
{
    if (!looks_like_id(id, "flow_")) return ErrorCode::FlowNotFound;
    ACCESSD_TRY(auto flow, store_.find_flow(id, scope));
    if (!flow) return ErrorCode::FlowNotFound;
    return std::move(*flow);
}

Result<Page<Flow>> Projects::list_flows(const std::string& project_id, const ProjectScope& scope,
                                        const PageRequest& page)
{
    ACCESSD_TRY(const auto setup, get(project_id, scope));
    return store_.list_flows(setup->project.id, page);
}

Result<Flow> Projects::change_flow(const std::string& id, const ProjectScope& scope,
                                   const std::function<void(Flow&)>& change,
                                   const Condition<Flow>& condition,
                                   const events::AuditEntry& audit)
{
    for (int tries = 1;; ++tries) {
        ACCESSD_TRY(auto flow, get_flow(id, scope));
        ACCESSD_TRY(const auto setup, store_.setup(flow.project_id));
        if (!setup) return ErrorCode::FlowNotFound;
        ACCESSD_CHECK(check(condition, flow));
        change(flow);
        ACCESSD_CHECK(check_flow(flow, *setup));
        flow.updated_at = clock_.now();
        auto updated = store_.update_flow(flow, audit.about(flow.id, flow.project_id));
        cache_.forget(flow.project_id);
        if (updated) return flow;
        if (!was_overtaken(updated.error()) || tries == kTries) return std::move(updated).error();
    }
}

Result<void> Projects::remove_flow(const std::string& id, const ProjectScope& scope,
                                   const Condition<Flow>& condition,
                                   const events::AuditEntry& audit)
{
    for (;;) {
        ACCESSD_TRY(const auto flow, get_flow(id, scope));
        ACCESSD_CHECK(check(condition, flow));
        const auto version = condition ? std::optional{flow.version} : std::nullopt;
        auto removed = store_.remove_flow(flow.project_id, flow.id, version,
                                          audit.about(flow.id, flow.project_id));
        cache_.forget(flow.project_id);
        if (removed || !was_overtaken(removed.error())) return removed;
    }
}

Result<void> Projects::put_test_recipients(const std::string& project_id, const ProjectScope& scope,
                                           const std::vector<TestRecipient>& recipients,
                                           const Condition<std::vector<TestRecipient>>& condition,
                                           const events::AuditEntry& audit)
{
    for (;;) {
        ACCESSD_TRY(const auto setup, get(project_id, scope));
        if (!setup->project.is_test()) return ErrorCode::ProjectNotFound;
        ACCESSD_CHECK(check(condition, setup->test_recipients));
        auto replaced = store_.put_test_recipients(project_id, recipients,
                                                   condition ? &setup->test_recipients : nullptr,
                                                   audit.about(project_id, project_id));
        cache_.forget(project_id);
        if (replaced || !was_overtaken(replaced.error())) return replaced;
    }
}

}  // namespace accessd::projects
