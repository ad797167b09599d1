#include "store_fixture.h"

#include <algorithm>
#include <set>

namespace accessd::test {
namespace {

using delivery::Attempt;
using delivery::AttemptReport;
using delivery::MessageStatus;
using namespace std::chrono_literals;

/// What every OutboxStore promises.
class OutboxContract : public StoreContract {
protected:
    AttemptReport report(const delivery::Message& message, Attempt::Outcome outcome,
                         MessageStatus status)
    {
        AttemptReport made;
        made.attempt.message_id = message.id;
        made.leased_until = message.leased_until;
        made.attempt.number = message.attempts + 1;
        made.attempt.started_at = clock_.now();
        made.attempt.duration = 12ms;
        made.attempt.sender = "smtp";
        made.attempt.outcome = outcome;
        made.attempt.reason = outcome == Attempt::Outcome::Accepted ? "" : "the relay said no";
        made.status = status;
        made.retry_at = clock_.now() + 3s;
        return made;
    }
    std::vector<delivery::Message> lease(int count = 10)
    {
        return *outbox_.lease(count, 60s, clock_.now());
    }
    delivery::Message stored(const access::Validation& validation)
    {
        return outbox_.of_validation(project_id_, validation.id)->back();
    }

    delivery::OutboxStore& outbox_ = stores_->outbox();
};

TEST_P(OutboxContract, LeasesAMessageToOneWorkerUntilTheLeaseLapses)
{
    const auto validation = sent("ana@example.com");

    EXPECT_EQ(lease().size(), 1U);
    EXPECT_TRUE(lease().empty());
    clock_.advance(60s);
    EXPECT_EQ(lease().size(), 1U);
}

TEST_P(OutboxContract, SharesMessagesAmongWorkersThatAskTogether)
{
    for (int i = 0; i < 40; ++i) sent("ana" + std::to_string(i) + "@example.com");
    std::mutex mutex;
    std::multiset<std::string> leased;

    together(8, [&](int) {
        const auto mine = outbox_.lease(10, 60s, clock_.now());
        const std::scoped_lock lock{mutex};
        for (const auto& message : *mine) leased.insert(message.id);
    });

    EXPECT_EQ(leased.size(), 40U);
    EXPECT_EQ(std::set<std::string>(leased.begin(), leased.end()).size(), 40U);
}

TEST_P(OutboxContract, SendsNothingAfterTheCodesLife)
{
    const auto validation = sent("ana@example.com");
    clock_.set(validation.expires_at);

    EXPECT_TRUE(lease().empty());
    EXPECT_EQ(stored(validation).status, MessageStatus::Expired);
    EXPECT_EQ(event_names().back(), "otp.delivery_failed");
}

TEST_P(OutboxContract, DropsMessagesWhoseCodeIsUsedUp)
{
    const auto validation = sent("ana@example.com");
    ASSERT_TRUE(validations_.use(use_code(validation)));

    EXPECT_TRUE(lease().empty());
    EXPECT_EQ(stored(validation).status, MessageStatus::Superseded);
}

TEST_P(OutboxContract, DropsAWaitingMessageWhoseCodeWasReplaced)
{
    const auto validation = sent("ana@example.com");
    ASSERT_FALSE(validations_.use(use_code(validation, "wrong")));
    ASSERT_TRUE(validations_.send(send_code("ana@example.com", "other")));

    const auto leased = lease();

    ASSERT_EQ(leased.size(), 1U);
    EXPECT_EQ(leased[0].sealed_code, "sealed other");
}

TEST_P(OutboxContract, WritesAnAcceptedAttemptDown)
{
    const auto validation = sent("ana@example.com");
    const auto message = lease().at(0);

    ASSERT_TRUE(outbox_.report({report(message, Attempt::Outcome::Accepted, MessageStatus::Sent)},
                               clock_.now()));

    EXPECT_EQ(stored(validation).status, MessageStatus::Sent);
    const auto attempts = *outbox_.attempts_of_validation(project_id_, validation.id);
    ASSERT_EQ(attempts.size(), 1U);
    EXPECT_EQ(attempts[0].number, 1);
    EXPECT_EQ(attempts[0].duration, 12ms);
    EXPECT_EQ(attempts[0].sender, "smtp");
    EXPECT_EQ(event_names().back(), "otp.sent");
    EXPECT_FALSE(*outbox_.next_due());
}

TEST_P(OutboxContract, TriesAgainWhenToldTo)
{
    const auto validation = sent("ana@example.com");
    const auto message = lease().at(0);
    ASSERT_TRUE(
        outbox_.report({report(message, Attempt::Outcome::TemporaryFailure, MessageStatus::Queued)},
                       clock_.now()));

    EXPECT_EQ(**outbox_.next_due(), clock_.now() + 3s);
    EXPECT_TRUE(lease().empty());
    clock_.advance(3s);
    const auto again = lease();
    ASSERT_EQ(again.size(), 1U);
    EXPECT_EQ(again[0].attempts, 1);
    EXPECT_EQ(again[0].sealed_code, "sealed right");
}

TEST_P(OutboxContract, SaysWhyAMessageFailed)
{
    const auto validation = sent("ana@example.com");
    const auto message = lease().at(0);
    ASSERT_TRUE(
        outbox_.report({report(message, Attempt::Outcome::PermanentFailure, MessageStatus::Failed)},
                       clock_.now()));

    const auto list = *stores_->events().of_validation(project_id_, validation.id);
    EXPECT_EQ(list.back().type, events::EventType::OtpDeliveryFailed);
    EXPECT_EQ(list.back().reason, "the relay said no");
}

TEST_P(OutboxContract, ErasesTheCodeOfALiveMessageOnceItIsSent)
{
    auto project = **stores_->projects().find(project_id_);
    project.mode = projects::Mode::Live;
    ASSERT_TRUE(stores_->projects().update(project, true));
    auto send = send_code("ana@example.com");
    send.test = false;
    const auto validation = validations_.send(send)->validation;
    const auto message = lease().at(0);
    EXPECT_EQ(message.sealed_code, "sealed right");

    ASSERT_TRUE(outbox_.report({report(message, Attempt::Outcome::Accepted, MessageStatus::Sent)},
                               clock_.now()));

    EXPECT_EQ(stored(validation).sealed_code, "");
}

TEST_P(OutboxContract, KeepsTheCodeOfATestMessageForTheInbox)
{
    sent("ana@example.com");
    const auto message = lease().at(0);
    auto accepted = report(message, Attempt::Outcome::Accepted, MessageStatus::Delivered);
    accepted.receipt = true;
    ASSERT_TRUE(outbox_.report({accepted}, clock_.now()));

    const auto inbox = *outbox_.inbox(project_id_, {}, {});
    ASSERT_EQ(inbox.items.size(), 1U);
    EXPECT_EQ(inbox.items[0].sealed_code, "sealed right");
    EXPECT_EQ(event_names().back(), "otp.delivered");
    EXPECT_TRUE(outbox_.inbox(project_id_, "bob@example.com", {})->items.empty());
}

TEST_P(OutboxContract, LetsAReplacedMessageThatArrivedCountAsSent)
{
    const auto validation = sent("ana@example.com");
    const auto message = lease().at(0);
    ASSERT_TRUE(validations_.cancel(validation.id, ProjectScope::all(), clock_.now()));

    ASSERT_TRUE(outbox_.report({report(message, Attempt::Outcome::Accepted, MessageStatus::Sent)},
                               clock_.now()));

    EXPECT_EQ(stored(validation).status, MessageStatus::Sent);
}

TEST_P(OutboxContract, DoesNotRetryAReplacedMessage)
{
    const auto validation = sent("ana@example.com");
    const auto message = lease().at(0);
    ASSERT_TRUE(validations_.cancel(validation.id, ProjectScope::all(), clock_.now()));

    ASSERT_TRUE(
        outbox_.report({report(message, Attempt::Outcome::TemporaryFailure, MessageStatus::Queued)},
                       clock_.now()));

    EXPECT_EQ(stored(validation).status, MessageStatus::Superseded);
    EXPECT_FALSE(*outbox_.next_due());
}

TEST_P(OutboxContract, GivesReleasedMessagesOutAgain)
{
    sent("ana@example.com");
    const auto message = lease().at(0);

    ASSERT_TRUE(outbox_.release({{message.id, *message.leased_until}}));

    EXPECT_EQ(lease().size(), 1U);
}

TEST_P(OutboxContract, LeavesWhatSomebodyElseHasByNowToThem)
{
    const auto validation = sent("ana@example.com");
    const auto lapsed = lease().at(0);
    clock_.advance(60s);
    const auto theirs = lease().at(0);
    const delivery::Lease old{lapsed.id, *lapsed.leased_until};

    ASSERT_TRUE(outbox_.release({old}));
    ASSERT_TRUE(outbox_.defer({old}, clock_.now() + 1s));
    ASSERT_TRUE(
        outbox_.report({report(lapsed, Attempt::Outcome::TemporaryFailure, MessageStatus::Queued),
                        report(lapsed, Attempt::Outcome::PermanentFailure, MessageStatus::Failed)},
                       clock_.now()));

    clock_.advance(59s);
    EXPECT_TRUE(lease().empty()) << "it is still theirs";
    EXPECT_EQ(stored(validation).status, MessageStatus::Queued);
    EXPECT_EQ(stored(validation).sealed_code, "sealed right");
    EXPECT_EQ(event_names().back(), "validation.created") << "the try of the others decides";
    ASSERT_TRUE(outbox_.report({report(theirs, Attempt::Outcome::Accepted, MessageStatus::Sent)},
                               clock_.now()));
    EXPECT_EQ(stored(validation).status, MessageStatus::Sent);
    std::vector<int> numbers;
    for (const auto& one : *outbox_.attempts_of_validation(project_id_, validation.id)) {
        numbers.push_back(one.number);
    }
    EXPECT_EQ(numbers, (std::vector{1, 2, 3})) << "every try is told";
}

TEST_P(OutboxContract, AMailThatWasTakenAfterItsLeaseIsNotSentOnceMore)
{
    const auto validation = sent("ana@example.com");
    const auto lapsed = lease().at(0);
    clock_.advance(60s);
    const auto theirs = lease().at(0);

    ASSERT_TRUE(outbox_.report({report(lapsed, Attempt::Outcome::Accepted, MessageStatus::Sent)},
                               clock_.now()));
    ASSERT_TRUE(outbox_.report(
        {report(theirs, Attempt::Outcome::TemporaryFailure, MessageStatus::Queued)}, clock_.now()));

    EXPECT_EQ(stored(validation).status, MessageStatus::Sent);
    clock_.advance(60s);
    EXPECT_TRUE(lease().empty());
    EXPECT_EQ(outbox_.attempts_of_validation(project_id_, validation.id)->size(), 2U);
}

TEST_P(OutboxContract, WritesAllTriesOfOneRoundDown)
{
    const auto validation = sent("ana@example.com");
    const auto message = lease().at(0);

    ASSERT_TRUE(
        outbox_.report({report(message, Attempt::Outcome::TemporaryFailure, MessageStatus::Queued),
                        report(message, Attempt::Outcome::PermanentFailure, MessageStatus::Failed)},
                       clock_.now()));

    EXPECT_EQ(stored(validation).status, MessageStatus::Failed);
    EXPECT_EQ(outbox_.attempts_of_validation(project_id_, validation.id)->size(), 2U);
    EXPECT_EQ(event_names().back(), "otp.delivery_failed");
}

// An embedded store is one process's alone: whatever was leased when it opens is nobody's. On a server another node may
// be at it, so that the lease has to end.
TEST_P(OutboxContract, GivesTheLeasesOfADeadProcessOutAgain)
{
    sent("ana@example.com");
    ASSERT_EQ(lease().size(), 1U);

    stores_.reset();
    stores_ = GetParam().open(folder_.path(), clock_, random_);

    const auto at_once = stores_->outbox().lease(10, 60s, clock_.now())->size();
    clock_.advance(61s);
    const auto later = stores_->outbox().lease(10, 60s, clock_.now())->size();
    const bool is_shared = GetParam().name == "postgres";
    EXPECT_EQ(at_once, is_shared ? 0U : 1U);
    EXPECT_EQ(later, 1U);
}

TEST_P(OutboxContract, MeasuresTheQueue)
{
    sent("ana@example.com");
    clock_.advance(7s);
    sent("bob@example.com");

    const auto state = *outbox_.queue_state(clock_.now());

    EXPECT_EQ(state.queued, 2);
    EXPECT_EQ(state.oldest, 7s);
}

TEST_P(OutboxContract, IgnoresReportsOfErasedMessages)
{
    sent("ana@example.com");
    const auto message = lease().at(0);
    ASSERT_TRUE(stores_->projects().remove(project_id_));

    EXPECT_TRUE(outbox_.report({report(message, Attempt::Outcome::Accepted, MessageStatus::Sent)},
                               clock_.now()));
    EXPECT_TRUE(event_names().empty());
}

INSTANTIATE_TEST_SUITE_P(Engines, OutboxContract, testing::ValuesIn(backends()), backend_name);

}  // namespace
}  // namespace accessd::test
