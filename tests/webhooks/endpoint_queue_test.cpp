#include "webhooks/endpoint_queue.h"

#include "support/fakes.h"
#include "webhooks/schedule.h"

#include <gtest/gtest.h>

namespace accessd::webhooks {
namespace {

using namespace std::chrono_literals;

class EndpointQueueTest : public testing::Test {
protected:
    EndpointQueueTest()
    {
        webhook_.id = "wh_1";
        webhook_.project_id = "prj_1";
        webhook_.subscription = *Subscription::parse({"*"});
    }

    EndpointQueue queue(QueueState state = {}, int at_once_max = 4)
    {
        return EndpointQueue{{webhook_, state}, clock_.now() + 60s, at_once_max};
    }

    DueEvent fresh(std::int64_t sequence)
    {
        DueEvent due;
        due.event.id = "evt_" + std::to_string(sequence);
        due.event.sequence = sequence;
        return due;
    }

    QueueBatch batch(std::int64_t first, std::int64_t last)
    {
        QueueBatch made;
        made.webhook = webhook_;
        for (auto i = first; i <= last; ++i) made.fresh.push_back(fresh(i));
        made.read_to = last;
        return made;
    }

    TryOutcome outcome(bool is_good)
    {
        TryOutcome made;
        made.is_good = is_good;
        made.made.started_at = clock_.now();
        made.made.status = is_good ? 200 : 500;
        made.made.reason = is_good ? "" : "status 500";
        return made;
    }

    Webhook webhook_;
    test::FakeClock clock_;
};

TEST_F(EndpointQueueTest, MovesItsCursorOnlyPastWhatIsWrittenDown)
{
    auto held = queue();
    held.take_in(batch(1, 3), clock_.now());
    auto first = *held.take_next(clock_.now());
    auto second = *held.take_next(clock_.now());
    held.tried(std::move(second), outcome(true), clock_.now());

    auto report = held.make_report(clock_.now() + 60s);
    EXPECT_EQ(report.state.cursor, 0) << "the first is still under way";
    ASSERT_EQ(report.tried.size(), 1U);
    EXPECT_EQ(report.tried[0].delivery.status, DeliveryStatus::Delivered);
    held.reported(clock_.now() + 60s);

    held.tried(std::move(first), outcome(false), clock_.now());
    report = held.make_report(clock_.now() + 60s);
    EXPECT_EQ(report.state.cursor, 2) << "one delivered, one a delivery that waits";
    EXPECT_EQ(report.tried[0].delivery.status, DeliveryStatus::Queued);
    EXPECT_GE(*report.tried[0].delivery.next_try_at, clock_.now() + 5s);
}

TEST_F(EndpointQueueTest, LosesNothingThatCouldNotBeWrittenDown)
{
    auto held = queue();
    held.take_in(batch(1, 1), clock_.now());
    held.tried(*held.take_next(clock_.now()), outcome(true), clock_.now());
    static_cast<void>(held.make_report(clock_.now()));
    held.report_failed();

    EXPECT_EQ(held.make_report(clock_.now()).tried.size(), 1U);
}

TEST_F(EndpointQueueTest, TakesNoEventTwice)
{
    auto held = queue();
    held.take_in(batch(1, 2), clock_.now());
    held.take_in(batch(1, 2), clock_.now());

    int taken = 0;
    while (held.take_next(clock_.now())) ++taken;
    EXPECT_EQ(taken, 2);
}

TEST_F(EndpointQueueTest, SendsMoreAtATimeWhileAllGoesWell)
{
    auto held = queue({}, 8);
    held.take_in(batch(1, 50), clock_.now());
    std::vector<DueEvent> under_way;
    const auto take_all = [&] {
        while (auto due = held.take_next(clock_.now())) under_way.push_back(*std::move(due));
    };
    take_all();
    EXPECT_EQ(under_way.size(), 4U);

    for (int i = 0; i < 10; ++i) {
        held.tried(std::move(under_way.back()), outcome(true), clock_.now());
        under_way.pop_back();
        take_all();
    }
    EXPECT_EQ(under_way.size(), 8U) << "never more than the most";
}

TEST_F(EndpointQueueTest, AsksAFailingEndpointLessAndLessOften)
{
    auto held = queue();
    held.take_in(batch(1, 50), clock_.now());
    int tries = 0;
    for (int second = 0; second < 600; ++second) {
        if (auto due = held.take_next(clock_.now())) {
            ++tries;
            held.tried(*std::move(due), outcome(false), clock_.now());
        }
        clock_.advance(1s);
    }

    EXPECT_LT(tries, 25) << "ten minutes of failures";
    EXPECT_GT(tries, 12);
    clock_.advance(2min);
    held.tried(*held.take_next(clock_.now()), outcome(true), clock_.now());
    EXPECT_TRUE(held.take_next(clock_.now())) << "one success, and it goes on at once";
}

TEST_F(EndpointQueueTest, CountsOnceWhatFailedTogether)
{
    auto held = queue();
    held.take_in(batch(1, 4), clock_.now());
    std::vector<DueEvent> under_way;
    while (auto due = held.take_next(clock_.now())) under_way.push_back(*std::move(due));
    ASSERT_EQ(under_way.size(), 4U);
    const auto started = outcome(false);
    clock_.advance(1s);
    for (auto& due : under_way) held.tried(std::move(due), started, clock_.now());

    EXPECT_EQ(held.make_report(clock_.now()).state.failures, 1);
}

TEST_F(EndpointQueueTest, GivesUpAfterTenTries)
{
    auto held = queue();
    auto due = fresh(7);
    Delivery delivery;
    int tries = 0;
    do {
        QueueBatch made;
        made.webhook = webhook_;
        made.due.push_back({due.event, delivery});
        made.read_to = 7;
        held.take_in(std::move(made), clock_.now());
        clock_.advance(2min);  // Past whatever rest the endpoint gets.
        auto next = held.take_next(clock_.now());
        ASSERT_TRUE(next) << "after " << tries;
        held.tried(*std::move(next), outcome(false), clock_.now());
        delivery = held.make_report(clock_.now()).tried.at(0).delivery;
        delivery.id = "dlv_1";
        held.reported(clock_.now() + 60s);
        ++tries;
    } while (delivery.status == DeliveryStatus::Queued);

    EXPECT_EQ(tries, 10);
    EXPECT_EQ(delivery.status, DeliveryStatus::Failed);
    EXPECT_FALSE(delivery.next_try_at);
}

TEST_F(EndpointQueueTest, IsSwitchedOffBy410)
{
    auto held = queue();
    held.take_in(batch(1, 2), clock_.now());
    auto gone = outcome(false);
    gone.is_gone = true;
    held.tried(*held.take_next(clock_.now()), gone, clock_.now());

    EXPECT_EQ(held.disable_reason(), kGone);
    EXPECT_FALSE(held.take_next(clock_.now()));
    EXPECT_EQ(held.make_report(clock_.now()).tried[0].delivery.status, DeliveryStatus::Failed);
}

TEST_F(EndpointQueueTest, IsSwitchedOffAfterFiveDaysOfFailures)
{
    QueueState state;
    state.failures = 100;
    state.failing_since = clock_.now() - kFailingMax + 1h;
    auto held = queue(state);
    held.take_in(batch(1, 9), clock_.now());
    held.tried(*held.take_next(clock_.now()), outcome(false), clock_.now());
    EXPECT_EQ(held.disable_reason(), "");

    clock_.advance(1h);
    held.tried(*held.take_next(clock_.now()), outcome(false), clock_.now());
    EXPECT_EQ(held.disable_reason(), kFailing);
}

TEST_F(EndpointQueueTest, KeepsToRetryAfter)
{
    auto held = queue();
    held.take_in(batch(1, 2), clock_.now());
    auto busy = outcome(false);
    busy.retry_after = 90s;
    held.tried(*held.take_next(clock_.now()), busy, clock_.now());

    EXPECT_FALSE(held.take_next(clock_.now() + 89s));
    EXPECT_TRUE(held.take_next(clock_.now() + 90s));
    EXPECT_GE(*held.make_report(clock_.now()).tried[0].delivery.next_try_at, clock_.now() + 90s);
}

TEST_F(EndpointQueueTest, SendsNothingOfAPausedWebhook)
{
    auto held = queue();
    auto made = batch(1, 2);
    made.webhook->status = WebhookStatus::Paused;
    held.take_in(std::move(made), clock_.now());

    EXPECT_TRUE(held.is_stopped());
    EXPECT_FALSE(held.take_next(clock_.now()));
}

TEST(WebhookTries, TellsWhatWentWrongWithoutTheEndpointsSecrets)
{
    outbound::HttpAnswer answer;
    answer.status = 503;
    answer.headers = {{"Set-Cookie", "a=b"}, {"X-Odd", "\xff\x01"}, {"Retry-After", "60"}};
    answer.body = std::string{"caf\xC3\xA9 \x00\xff", 8};
    const auto outcome = judge_try(answer, {}, 12ms);

    EXPECT_FALSE(outcome.is_good);
    EXPECT_EQ(outcome.retry_after, 60s);
    EXPECT_EQ(outcome.made.reason, "the endpoint answered with status 503");
    EXPECT_EQ(outcome.made.headers, R"({"retry-after":"60","x-odd":"??"})");
    EXPECT_EQ(outcome.made.answer, "caf\xC3\xA9 ??");

    answer.body = "caf\xC3";  // Cut in the middle of a character.
    answer.is_cut = true;
    EXPECT_EQ(judge_try(answer, {}, 1ms).made.answer, "caf");
}

TEST(Subscriptions, AreNamesOfEventsOrAll)
{
    EXPECT_FALSE(Subscription::parse({}));
    EXPECT_FALSE(Subscription::parse({"login"}));
    EXPECT_FALSE(Subscription::parse({"*", "login.completed"}));
    const auto some = *Subscription::parse({"login.completed", "user.created"});
    EXPECT_TRUE(some.takes(events::EventType::UserCreated));
    EXPECT_FALSE(some.takes(events::EventType::LoginFailed));
    EXPECT_EQ(some.text(), "login.completed user.created");
    EXPECT_EQ(Subscription::of_text(some.text()).names(), some.names());
    EXPECT_TRUE(Subscription::of_text("*").takes(events::EventType::LoginFailed));
    EXPECT_FALSE(Subscription::of_text("").takes(events::EventType::LoginFailed));
}

}  // namespace
}  // namespace accessd::webhooks
