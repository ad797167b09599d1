#include "projects/project_store.h"

#include <algorithm>
#include <cstdlib>

namespace accessd::projects {

std::string_view to_text(TestRecipient::Outcome outcome)
{
    switch (outcome) {
    case TestRecipient::Outcome::Delivered: return "delivered";
    case TestRecipient::Outcome::Undelivered: return "undelivered";
    case TestRecipient::Outcome::Slow: return "slow";
    case TestRecipient::Outcome::ProviderDown: return "provider_down";
    }
    std::abort();
}

std::optional<TestRecipient::Outcome> parse_outcome(std::string_view text)
{
    using enum TestRecipient::Outcome;
    for (const auto outcome : {Delivered, Undelivered, Slow, ProviderDown}) {
        if (text == to_text(outcome)) return outcome;
    }
    return std::nullopt;
}

const Flow* ProjectSetup::flow(std::string_view id) const
{
    const auto found =
        std::find_if(flows.begin(), flows.end(), [&](const Flow& flow) { return flow.id == id; });
    return found == flows.end() ? nullptr : &*found;
}

const Flow* ProjectSetup::default_flow() const
{
    const auto found = std::find_if(flows.begin(), flows.end(), [](const Flow& flow) {
        return flow.status == FlowStatus::Active;
    });
    return found == flows.end() ? nullptr : &*found;
}

const users::Source* ProjectSetup::source(std::string_view id) const
{
    const auto found = std::find_if(sources.begin(), sources.end(),
                                    [&](const users::Source& source) { return source.id == id; });
    return found == sources.end() ? nullptr : &*found;
}

const TestRecipient* ProjectSetup::test_recipient(std::string_view destination) const
{
    if (!project.is_test()) return nullptr;
    const TestRecipient* of_domain = nullptr;
    for (const auto& recipient : test_recipients) {
        if (recipient.destination == destination) return &recipient;
        const bool names_domain = recipient.destination.starts_with("*@");
        if (names_domain &&
            destination.ends_with(std::string_view{recipient.destination}.substr(1))) {
            of_domain = &recipient;
        }
    }
    return of_domain;
}

}  // namespace accessd::projects
