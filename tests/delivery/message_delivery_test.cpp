#include "delivery/message_delivery.h"

#include "delivery/delivery_fakes.h"

#include <gtest/gtest.h>

namespace accessd::delivery {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Outcome = Attempt::Outcome;
using Wanted = projects::TestRecipient::Outcome;

class MessageDeliveryTest : public testing::Test {
protected:
    MessageDeliveryTest()
    {
        projects_.setup->project.id = "prj_1";
        projects_.setup->project.name = "Cafe Ana";
    }

    AttemptReport deliver(Sender* mail, const Message& message)
    {
        routes_.routes.clear();
        if (mail != nullptr) routes_.add(*mail, "smtp");
        MessageDelivery delivery{{.outbox = outbox_,
                                  .projects = projects_,
                                  .routes = routes_,
                                  .keyring = *keys_.keyring,
                                  .metrics = metrics_,
                                  .clock = clock_}};
        return delivery.deliver(message, clock_.now() + seconds{60}).reports.back();
    }

    Message message(bool test) const
    {
        return {.id = "msg_1",
                .project_id = "prj_1",
                .validation_id = "val_1",
                .recipient = "ana@example.com",
                .sealed_code = keys_.keyring->seal("123456", code_context("val_1")),
                .test = test,
                .created_at = clock_.now(),
                .expires_at = clock_.now() + seconds{600}};
    }

    AttemptReport deliver_in_test(Wanted wanted)
    {
        projects_.setup->test_recipients = {{.destination = "ana@example.com", .outcome = wanted}};
        return deliver(nullptr, message(true));
    }

    test::FakeClock clock_;
    test::FakeOutbox outbox_;
    test::FakeProjects projects_;
    test::FakeSender sender_;
    test::FakeRoutes routes_{clock_};
    test::MemoryKeyring keys_{clock_};
    metrics::Metrics metrics_;
};

TEST(RetryDelay, GrowsToAMinuteWithAFifthOfJitter)
{
    const int expected[] = {1, 3, 8, 20, 60, 60, 60};
    int attempts = 0;
    std::set<milliseconds> delays;
    for (const int wanted : expected) {
        ++attempts;
        for (int i = 0; i < 50; ++i) {
            const auto delay = retry_delay(attempts, "msg_" + std::to_string(i));
            EXPECT_GE(delay, seconds{wanted});
            EXPECT_LE(delay, milliseconds{wanted * 1200});
            delays.insert(delay);
        }
    }
    EXPECT_GT(delays.size(), 100U);
}

TEST_F(MessageDeliveryTest, SendsALiveMessage)
{
    auto mail = message(false);
    mail.attempts = 2;
    mail.language = contacts::Language::Spanish;
    sender_.answer = {Outcome::Accepted, "", "250 ok"};
    const auto report = deliver(&sender_, mail);

    EXPECT_EQ(report.status, MessageStatus::Sent);
    EXPECT_FALSE(report.receipt);
    EXPECT_EQ(report.attempt.message_id, "msg_1");
    EXPECT_EQ(report.attempt.number, 3);
    EXPECT_EQ(report.attempt.sender, "smtp");
    EXPECT_EQ(report.attempt.provider_answer, "250 ok");
    ASSERT_EQ(sender_.sent.size(), 1U);
    const auto& sent = sender_.sent.front();
    EXPECT_EQ(sent.recipient, "ana@example.com");
    EXPECT_EQ(sent.from, "codes@login.example");
    EXPECT_EQ(sent.from_name, "Cafe Ana");
    EXPECT_EQ(sent.subject, "123456 es tu código de Cafe Ana");
    EXPECT_NE(sent.text.find("10 minutos"), std::string::npos);
    EXPECT_NE(
        metrics_.render().find("accessd_deliveries_total{outcome=\"accepted\",sender=\"smtp\"} 1"),
        std::string::npos)
        << metrics_.render();
}

TEST_F(MessageDeliveryTest, TriesAgainWhileTheCodeLives)
{
    sender_.answer = {Outcome::TemporaryFailure, "can't connect to the relay", ""};
    auto mail = message(false);
    const auto first = deliver(&sender_, mail);
    EXPECT_EQ(first.status, MessageStatus::Queued);
    EXPECT_EQ(first.attempt.reason, "can't connect to the relay");
    EXPECT_GE(first.retry_at, clock_.now() + seconds{1});
    EXPECT_LE(first.retry_at, clock_.now() + milliseconds{1200});

    mail.attempts = 9;
    clock_.advance(seconds{545});
    const auto last = deliver(&sender_, mail);
    EXPECT_EQ(last.status, MessageStatus::Failed);
    EXPECT_EQ(last.attempt.reason, "can't connect to the relay; gave up: the code's life ended");
}

TEST_F(MessageDeliveryTest, FailsAtOnceWhenRefused)
{
    sender_.answer = {Outcome::PermanentFailure, "the relay refused the recipient", "550 no"};
    const auto report = deliver(&sender_, message(false));
    EXPECT_EQ(report.status, MessageStatus::Failed);
    EXPECT_EQ(report.attempt.outcome, Outcome::PermanentFailure);
}

TEST_F(MessageDeliveryTest, NamesWhatIsMissing)
{
    EXPECT_EQ(deliver(nullptr, message(false)).attempt.reason,
              "no sender is configured for this channel and recipient");
    EXPECT_EQ(deliver(nullptr, message(false)).status, MessageStatus::Queued);

    auto other_code = message(false);
    other_code.validation_id = "val_2";
    const auto unopened = deliver(&sender_, other_code);
    EXPECT_EQ(unopened.status, MessageStatus::Failed);
    EXPECT_EQ(unopened.attempt.reason, "the code can't be opened");

    auto other_project = message(false);
    other_project.project_id = "prj_2";
    EXPECT_EQ(deliver(&sender_, other_project).status, MessageStatus::Failed);
    EXPECT_TRUE(sender_.sent.empty());
}

TEST_F(MessageDeliveryTest, PlaysTheOutcomesOfTestRecipients)
{
    const auto delivered = deliver_in_test(Wanted::Delivered);
    EXPECT_EQ(delivered.status, MessageStatus::Delivered);
    EXPECT_TRUE(delivered.receipt);
    EXPECT_EQ(delivered.attempt.sender, "inbox");

    const auto undelivered = deliver_in_test(Wanted::Undelivered);
    EXPECT_EQ(undelivered.status, MessageStatus::Failed);
    EXPECT_EQ(undelivered.attempt.provider_answer, "550 5.1.1 test recipient: undelivered");

    const auto down = deliver_in_test(Wanted::ProviderDown);
    EXPECT_EQ(down.status, MessageStatus::Queued);
    EXPECT_EQ(down.attempt.provider_answer, "421 test recipient: provider down");

    const auto slow = deliver_in_test(Wanted::Slow);
    EXPECT_EQ(slow.status, MessageStatus::Queued);
    EXPECT_EQ(slow.retry_at, clock_.now() + seconds{5});
    auto later = message(true);
    clock_.advance(seconds{5});
    EXPECT_EQ(deliver(nullptr, later).status, MessageStatus::Delivered);
}

TEST_F(MessageDeliveryTest, NeverMailsATestMessage)
{
    deliver(&sender_, message(true));
    EXPECT_TRUE(sender_.sent.empty());
}

}  // namespace
}  // namespace accessd::delivery
