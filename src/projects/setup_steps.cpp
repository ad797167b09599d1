#include "projects/project_rules.h"
#include "projects/projects.h"

#include <algorithm>
#include <cstdlib>

namespace accessd::projects {
namespace {

using State = SetupStep::State;

bool uses_phones(const ProjectSetup& setup)
{
    return std::any_of(setup.flows.begin(), setup.flows.end(),
                       [](const Flow& flow) { return flow.phone.enabled; });
}

SetupStep project_step(const ProjectSetup& setup, bool has_email_sender)
{
    const auto& project = setup.project;
    SetupStep step{"project", "Project", State::Done, {}};
    if (project.mode == Mode::Live && !has_email_sender) {
        step.state = State::Warning;
        step.next =
            "Add a sender (POST /v2/access/projects/{project_id}/senders), or have the operator set "
            "smtp.host: a live project can't send mail without one.";
    } else if (uses_phones(setup) && project.allowed_countries.empty()) {
        step.state = State::Warning;
        step.next =
            "Set allowed_countries: a live project sends codes to phones of these countries alone.";
    } else if (project.contact_email.empty()) {
        step.state = State::Warning;
        step.next = "Set contact_email, so that people know whom to ask.";
    }
    return step;
}

SetupStep flow_step(const ProjectSetup& setup)
{
    if (setup.flows.empty()) {
        return {"flow", "Login flow", State::Missing, "Create a login flow."};
    }
    if (setup.default_flow() == nullptr) {
        return {"flow", "Login flow", State::Missing, "Set the login flow's status to active."};
    }
    return {"flow", "Login flow", State::Done, {}};
}

SetupStep methods_step(const Flow* flow, Mode mode)
{
    SetupStep step{"methods", "Login methods", State::Done, {}};
    if (flow == nullptr) {
        step.state = State::Missing;
        step.next = "Create a login flow first.";
        return step;
    }
    auto without_source = *flow;
    without_source.source_id = "-";  // The source is a step of its own.
    const auto missing = missing_for_activation(without_source, mode);
    if (!missing.empty()) {
        step.state = State::Missing;
        step.next = "To do: " + missing.front() + ".";
    } else if (flow->email.enabled && flow->email.magic_link && flow->redirect_urls.empty()) {
        step.state = State::Warning;
        step.next =
            "magic_link is on, but no mail has a link: add where it leads to redirect_urls.";
    }
    return step;
}

SetupStep source_step(const ProjectSetup& setup, const Flow* flow)
{
    SetupStep step{"source", "Database connection", State::Done, {}};
    const auto* source = flow == nullptr ? nullptr : setup.source(flow->source_id);
    if (source == nullptr) {
        step.state = State::Missing;
        step.next = "Create a source and name it in the flow's source_id.";
    } else if (source->kind == users::SourceKind::Open && !setup.project.is_test()) {
        step.state = State::Warning;
        step.next =
            "The source is open: anyone may log in. Choose directory to admit known users only.";
    }
    return step;
}

/// A project works without any: nothing about them is missing.
SetupStep webhooks_step(const WebhookCounts& webhooks)
{
    SetupStep step{"webhooks", "Webhooks", State::Warning, {}};
    if (webhooks.all == 0) {
        step.next = "Create a webhook, or read results from the API's answers and "
                    "GET /v2/access/events.";
    } else if (webhooks.disabled > 0) {
        step.next = "A webhook was disabled: repair its endpoint, set its status to active, and "
                    "have the time in between sent again.";
    } else if (webhooks.failing > 0) {
        step.next = "A webhook's endpoint is failing: its deliveries show what it answers.";
    } else if (webhooks.active == 0) {
        step.next = "Every webhook is paused: set the status of one to active.";
    } else {
        step.state = State::Done;
    }
    return step;
}

}  // namespace

std::string_view to_text(SetupStep::State state)
{
    switch (state) {
    case State::Done: return "done";
    case State::Missing: return "missing";
    case State::Warning: return "warning";
    }
    std::abort();
}

std::vector<SetupStep> setup_steps(const ProjectSetup& setup, bool has_email_sender,
                                   const WebhookCounts& webhooks)
{
    const auto* flow = setup.default_flow();
    if (flow == nullptr && !setup.flows.empty()) flow = &setup.flows.front();
    return {project_step(setup, has_email_sender), flow_step(setup),
            methods_step(flow, setup.project.mode), source_step(setup, flow),
            webhooks_step(webhooks)};
}

}  // namespace accessd::projects
