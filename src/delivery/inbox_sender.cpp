#include "delivery/inbox_sender.h"

#include <cstdlib>

namespace accessd::delivery {
namespace {

InboxOutcome accept() { return {.sent = {Attempt::Outcome::Accepted, {}, {}}, .receipt = true}; }

}  // namespace

InboxOutcome deliver_to_inbox(const Message& message, projects::TestRecipient::Outcome wanted,
                              TimePoint now)
{
    using Wanted = projects::TestRecipient::Outcome;
    switch (wanted) {
    case Wanted::Delivered: return accept();
    case Wanted::Undelivered:
        return {.sent = {Attempt::Outcome::PermanentFailure, "the test recipient refuses messages",
                         "550 5.1.1 test recipient: undelivered"}};
    case Wanted::ProviderDown:
        return {.sent = {Attempt::Outcome::TemporaryFailure,
                         "the test recipient plays a provider that is down",
                         "421 test recipient: provider down"}};
    case Wanted::Slow:
        if (now >= message.created_at + kSlowDelivery) return accept();
        return {
            .sent = {Attempt::Outcome::TemporaryFailure, "test recipient: slow, tries again", {}},
            .retry_at = message.created_at + kSlowDelivery};
    }
    std::abort();
}

}  // namespace accessd::delivery
