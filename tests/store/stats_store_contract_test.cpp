#include "store_fixture.h"

#include "access/stats_store.h"
#include "delivery/receipt_store.h"

#include <algorithm>

namespace accessd::test {
namespace {

using access::StatsBucket;
using access::StatsRange;
using namespace std::chrono_literals;

/// What every StatsStore promises.
class StatsStoreContract : public StoreContract {
protected:
    StatsRange hours_around_now() const
    {
        const auto hour = std::chrono::floor<std::chrono::hours>(clock_.now());
        return {hour - 1h, hour + 3h, 1h};
    }
    std::vector<StatsBucket> count(const std::string& project_id)
    {
        return stats_.count(project_id, range_, 1000, clock_.now())->buckets;
    }
    /// A message is asked for, and taken by a relay after a while.
    delivery::Message handed_over_after(const std::string& to, std::chrono::seconds wait)
    {
        const auto request = send_code(to);
        EXPECT_TRUE(validations_.send(request));
        const auto leased = stores_->outbox().lease(1, 90s, clock_.now()).value();
        const auto message = leased.at(0);
        delivery::AttemptReport report;
        report.attempt.message_id = message.id;
        report.leased_until = message.leased_until;
        report.attempt.number = message.attempts + 1;
        report.attempt.started_at = clock_.now();
        report.attempt.duration = wait;
        report.attempt.sender = "relay.example";
        report.attempt.sender_id = "snd_1";
        report.attempt.outcome = delivery::Attempt::Outcome::Accepted;
        report.status = delivery::MessageStatus::Sent;
        EXPECT_TRUE(stores_->outbox().report({report}, clock_.now()));
        return message;
    }
    /// Its receipt comes after a while.
    void delivered_after(const delivery::Message& message, std::chrono::seconds wait)
    {
        delivery::Receipt receipt;
        receipt.message_id = message.id;
        receipt.kind = delivery::Receipt::Kind::Delivered;
        receipt.received_at = message.created_at + wait;
        EXPECT_TRUE(*stores_->receipts().record("snd_1", {}, receipt));
    }

    access::StatsStore& stats_ = stores_->stats();
    StatsRange range_ = hours_around_now();
};

TEST_P(StatsStoreContract, CountsWhatBeganInEachStepByWhatBecameOfIt)
{
    const auto right = sent("ana@example.com");
    ASSERT_TRUE(validations_.use(use_code(right)));
    const auto wrong = sent("bob@example.com");
    EXPECT_FALSE(validations_.use(use_code(wrong, "wrong")));
    auto decoy = send_code("eve@example.com");
    decoy.validation.decoy = true;
    ASSERT_TRUE(validations_.send(decoy));
    clock_.advance(1h);
    sent("cleo@example.com");

    const auto buckets = count(project_id_);

    ASSERT_EQ(buckets.size(), 4U);
    EXPECT_EQ(buckets[0].logins.started, 0);
    const auto& first = buckets[1];
    EXPECT_EQ(first.logins.started, 3);
    EXPECT_EQ(first.logins.completed, 1);
    EXPECT_EQ(first.logins.expired, 2) << "also where nobody has marked them yet";
    EXPECT_EQ(first.logins.completed_by_method.at("email"), 1);
    EXPECT_EQ(first.codes.asked, 2);
    EXPECT_EQ(first.codes.tried, 2);
    EXPECT_EQ(first.codes.validated, 1);
    EXPECT_EQ(first.codes.expired, 1);
    EXPECT_EQ(first.codes.unknown_people, 1);
    EXPECT_EQ(first.messages.queued, 2);
    EXPECT_EQ(buckets[2].logins.started, 1);
    EXPECT_EQ(buckets[2].logins.expired, 0);
    EXPECT_EQ(buckets[2].messages.expired, 0);
    EXPECT_EQ(count(new_id("prj_"))[1].logins.started, 0);
}

TEST_P(StatsStoreContract, CountsLimitsThatWereHit)
{
    for (int i = 0; i < 8; ++i) (void)validations_.send(send_code("ana@example.com"));

    EXPECT_GE(count(project_id_)[1].limits.rate_limited, 1);
    EXPECT_EQ(count(project_id_)[1].limits.locked, 0);
}

TEST_P(StatsStoreContract, TellsHowLongMessagesTook)
{
    // Twenty, of which one takes far longer than the rest; a receipt comes for three of them.
    for (int i = 1; i <= 20; ++i) {
        const auto message = handed_over_after("ana" + std::to_string(i) + "@example.com",
                                               std::chrono::seconds{i == 20 ? 600 : i});
        if (i <= 3) delivered_after(message, std::chrono::seconds{10 * i});
    }
    sent("bob@example.com");  // Waits still.

    const auto times = stats_.count(project_id_, range_, 1000, clock_.now())->delivery_times;

    ASSERT_EQ(times.size(), 1U);
    const auto& email = times.at("email");
    EXPECT_EQ(email.handed_over.messages, 20);
    EXPECT_EQ(email.handed_over.median, 10s);
    EXPECT_EQ(email.handed_over.p95, 19s);
    EXPECT_EQ(email.delivered.messages, 3);
    EXPECT_EQ(email.delivered.median, 20s);
    EXPECT_EQ(email.delivered.p95, 30s);
    EXPECT_TRUE(stats_.count(new_id("prj_"), range_, 1000, clock_.now())->delivery_times.empty());
    range_.from += 2h;
    EXPECT_TRUE(stats_.count(project_id_, range_, 1000, clock_.now())->delivery_times.empty());
}

TEST_P(StatsStoreContract, LeavesOutWhatLiesBesideTheRange)
{
    clock_.advance(4h);
    sent("ana@example.com");
    for (const auto& bucket : count(project_id_)) EXPECT_EQ(bucket.logins.started, 0);
}

TEST_P(StatsStoreContract, RefusesToReadMoreThanItsBound)
{
    for (int i = 0; i < 3; ++i) sent("ana" + std::to_string(i) + "@example.com");

    EXPECT_TRUE(stats_.count(project_id_, range_, 3, clock_.now()));
    const auto refused = stats_.count(project_id_, range_, 2, clock_.now());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::InvalidRequest);
    EXPECT_EQ(refused.error().fields.at(0).field, "from");
}

INSTANTIATE_TEST_SUITE_P(Engines, StatsStoreContract, testing::ValuesIn(backends()), backend_name);

}  // namespace
}  // namespace accessd::test
