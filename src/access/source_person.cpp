#include "access/source_person.h"

namespace accessd::access {

using users::PersonLookup;

Result<std::optional<users::Person>> find_outside(PersonLookup* people, const users::Source& source,
                                                  const users::Contact& contact)
{
    if (people == nullptr) return ErrorCode::SourceUnavailable;
    return people->find(source, contact, PersonLookup::Freshness::MayBeCached);
}

Result<void> ask_source(UseCode& use, const Validation& validation,
                        const projects::ProjectSetup& setup, const projects::Flow& flow,
                        PersonLookup* people)
{
    const auto* source = setup.source(flow.source_id);
    if (source == nullptr || !users::is_external(source->kind)) return {};
    use.asks_source = true;
    if (validation.status_at(use.now) != ValidationStatus::Pending) return {};
    if (people == nullptr) return ErrorCode::SourceUnavailable;
    const auto kind = validation.channel == contacts::Channel::Email ? users::ContactKind::Email
                                                                     : users::ContactKind::Phone;
    ACCESSD_TRY(use.person,
                people->find(*source, {kind, validation.recipient}, PersonLookup::Freshness::Now));
    return {};
}

}  // namespace accessd::access
