#include "delivery/failover.h"

#include "delivery/delivery_fakes.h"

#include <gtest/gtest.h>

namespace accessd::delivery {
namespace {

using std::chrono::seconds;
using Outcome = Attempt::Outcome;
using Ending = Round::Ending;

const SendOutcome kAccepted{Outcome::Accepted, {}, "250 ok"};
const SendOutcome kUnreachable{Outcome::TemporaryFailure, "can't connect to the relay", {}, true};
const SendOutcome kGreylisted{Outcome::TemporaryFailure, "not now", "451 4.7.1"};
const SendOutcome kNoSuchPerson{Outcome::PermanentFailure, "refused", "550 5.1.1"};
const SendOutcome kPolicy{Outcome::PermanentFailure, "refused", "550 5.7.1", true};
const SendOutcome kCut{.outcome = Outcome::TemporaryFailure,
                       .reason = std::string{kMayHaveArrived},
                       .concerns_account = true,
                       .may_have_arrived = true};

class FailoverTest : public testing::Test {
protected:
    FailoverTest()
    {
        first_ = routes_.add(sender_, "first");
        second_ = routes_.add(sender_, "second");
    }

    /// What each sender answers, by name; those that aren't named accept.
    Round go(std::map<std::string, SendOutcome> answers, int cut_before = 0)
    {
        return go_through(
            routes_.routes,
            [answers](MailRoute& route) {
                const auto found = answers.find(route.name);
                return found == answers.end() ? kAccepted : found->second;
            },
            clock_, clock_.now() + lease_, cut_before);
    }
    static std::vector<std::string> senders(const Round& round)
    {
        std::vector<std::string> names;
        for (const auto& made : round.tries) names.push_back(made.sender);
        return names;
    }
    using Names = std::vector<std::string>;

    test::FakeClock clock_;
    test::FakeSender sender_;
    test::FakeRoutes routes_{clock_};
    std::shared_ptr<MailRoute> first_;
    std::shared_ptr<MailRoute> second_;
    seconds lease_{60};
};

TEST_F(FailoverTest, StopsAtTheFirstThatAccepts)
{
    const auto round = go({});

    EXPECT_EQ(round.ending, Ending::Accepted);
    EXPECT_EQ(senders(round), Names{"first"});
}

TEST_F(FailoverTest, GoesOnAfterWhatAnotherMayDoBetter)
{
    for (const auto& answer : {kUnreachable, kGreylisted, kPolicy}) {
        const auto round = go({{"first", answer}});

        EXPECT_EQ(round.ending, Ending::Accepted) << answer.reason;
        EXPECT_EQ(senders(round), (Names{"first", "second"})) << answer.reason;
    }
}

TEST_F(FailoverTest, StopsAtARecipientThatDoesNotExist)
{
    const auto round = go({{"first", kNoSuchPerson}});

    EXPECT_EQ(round.ending, Ending::Refused);
    EXPECT_EQ(senders(round), Names{"first"});
    EXPECT_FALSE(first_->breaker.health().is_failing);
}

TEST_F(FailoverTest, WaitsWhileAnyoneMayTakeItLater)
{
    EXPECT_EQ(go({{"first", kPolicy}, {"second", kGreylisted}}).ending, Ending::Later);
    EXPECT_EQ(go({{"first", kGreylisted}, {"second", kPolicy}}).ending, Ending::Later);
    EXPECT_EQ(go({{"first", kPolicy}, {"second", kPolicy}}).ending, Ending::Refused);
}

TEST_F(FailoverTest, PassesAFailingSenderOverWithoutAskingIt)
{
    for (int i = 0; i < CircuitBreaker::kFailuresMax; ++i) go({{"first", kUnreachable}});
    ASSERT_TRUE(first_->breaker.health().is_failing);

    EXPECT_EQ(senders(go({})), Names{"second"});
    clock_.advance(CircuitBreaker::kFirstPause);
    EXPECT_EQ(senders(go({})), Names{"first"}) << "the probe";
    EXPECT_FALSE(first_->breaker.health().is_failing);
}

TEST_F(FailoverTest, CountsNoRecipientAgainstAnAccount)
{
    for (int i = 0; i < 20; ++i) {
        go({{"first", kNoSuchPerson}});
        go({{"first", kGreylisted}});
    }
    EXPECT_FALSE(first_->breaker.health().is_failing);
}

TEST_F(FailoverTest, SaysWhyNobodyWasAsked)
{
    for (int i = 0; i < CircuitBreaker::kFailuresMax; ++i) {
        go({{"first", kUnreachable}, {"second", kUnreachable}});
    }

    const auto round = go({});

    EXPECT_EQ(round.ending, Ending::Later);
    ASSERT_EQ(round.tries.size(), 1U);
    EXPECT_EQ(round.tries[0].outcome.reason,
              "not tried: this sender fails at the moment (can't connect to the relay)");
    EXPECT_EQ(round.reopens_at, clock_.now() + CircuitBreaker::kFirstPause);
}

TEST_F(FailoverTest, IsFinalOnlyIfNobodyWasPassedOver)
{
    for (int i = 0; i < CircuitBreaker::kFailuresMax; ++i) go({{"first", kUnreachable}});

    EXPECT_EQ(go({{"second", kPolicy}}).ending, Ending::Later);
}

TEST_F(FailoverTest, SendsAtMostOneDuplicate)
{
    const auto once = go({{"first", kCut}});
    EXPECT_EQ(once.ending, Ending::Accepted);
    EXPECT_EQ(once.tries.size(), 2U);

    const auto twice = go({{"first", kCut}, {"second", kCut}});
    EXPECT_EQ(twice.ending, Ending::Refused);
    EXPECT_EQ(twice.tries.back().outcome.outcome, Outcome::PermanentFailure);
    EXPECT_TRUE(twice.tries.back().outcome.reason.starts_with(kMayHaveArrived));

    const auto again = go({{"first", kCut}}, 1);  // The first was in an earlier lease.
    EXPECT_EQ(again.ending, Ending::Refused);
    EXPECT_EQ(again.tries.size(), 1U);
}

TEST_F(FailoverTest, BeginsNothingThatMightOutlastTheLease)
{
    lease_ = seconds{19};  // A mail may take 20.

    const auto round = go({{"first", kUnreachable}});

    EXPECT_EQ(round.ending, Ending::Later);
    EXPECT_EQ(senders(round), Names{"first"});
}

TEST_F(FailoverTest, DoesNotWaitBehindASlowSender)
{
    routes_.routes.clear();
    const auto narrow = routes_.add(sender_, "narrow", 1);
    const auto slot = narrow->slots.take();
    ASSERT_TRUE(slot.is_taken());
    const auto began = std::chrono::steady_clock::now();

    const auto round = go({});

    EXPECT_EQ(round.ending, Ending::Busy);
    EXPECT_TRUE(round.tries.empty());
    EXPECT_LT(std::chrono::steady_clock::now() - began, 2 * SendingSlots::kPatience);
    EXPECT_EQ(go({}).ending, Ending::Busy);  // At once now: the other takes its time.
}

}  // namespace
}  // namespace accessd::delivery
