#include "delivery/delivery_workers.h"

#include "delivery/delivery_fakes.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace accessd::delivery {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Outcome = Attempt::Outcome;

class DeliveryWorkersTest : public testing::Test {
protected:
    DeliveryWorkersTest()
    {
        projects_.setup->project.id = "prj_1";
        projects_.setup->project.name = "Cafe Ana";
        routes_.add(sender_, "smtp");
    }
    ~DeliveryWorkersTest() override { sender_.hold(false); }

    std::unique_ptr<DeliveryWorkers> workers(int threads, int batch = 20)
    {
        return std::make_unique<DeliveryWorkers>(
            DeliveryWorkers::Parts{.outbox = outbox_,
                                   .projects = projects_,
                                   .routes = routes_,
                                   .keyring = *keys_.keyring,
                                   .metrics = metrics_,
                                   .clock = clock_},
            config::Delivery{.workers = threads, .batch = batch, .lease = seconds{60}});
    }

    void add(const std::string& id, bool test = false)
    {
        outbox_.add({.id = id,
                     .project_id = "prj_1",
                     .validation_id = "val_1",
                     .recipient = "ana@example.com",
                     .sealed_code = keys_.keyring->seal("123456", code_context("val_1")),
                     .test = test,
                     .created_at = clock_.now(),
                     .expires_at = clock_.now() + seconds{600},
                     .next_attempt_at = clock_.now()});
    }
    void add_many(int count, bool test)
    {
        for (int i = 0; i < count; ++i) add("msg_" + std::to_string(i), test);
    }

    test::FakeClock clock_;
    test::FakeOutbox outbox_;
    test::FakeProjects projects_;
    test::FakeSender sender_;
    test::FakeRoutes routes_{clock_};
    test::MemoryKeyring keys_{clock_};
    metrics::Metrics metrics_;
};

TEST_F(DeliveryWorkersTest, ReportTheTestMessagesOfALeaseTogether)
{
    add_many(20, true);
    const auto running = workers(4);
    running->start();
    ASSERT_TRUE(outbox_.wait_for_reports(20));
    running->stop();
    EXPECT_EQ(outbox_.batch_sizes, std::vector<std::size_t>{20});
    for (const auto& report : outbox_.reports) EXPECT_EQ(report.status, MessageStatus::Delivered);
}

TEST_F(DeliveryWorkersTest, ShareTheLiveMessagesOfALease)
{
    add_many(4, false);
    sender_.hold(true);
    const auto running = workers(4);
    running->start();
    EXPECT_TRUE(sender_.wait_for_sent(4));  // All at once, though one thread leased them.
    sender_.hold(false);
    ASSERT_TRUE(outbox_.wait_for_reports(4));
}

TEST_F(DeliveryWorkersTest, AreNotAllHeldByASenderThatHangs)
{
    routes_.routes.clear();
    routes_.add(sender_, "tarpit", 2);
    sender_.hold(true);
    add_many(8, false);
    const auto running = workers(4);
    running->start();
    ASSERT_TRUE(sender_.wait_for_sent(2));
    // Those without a place go back to the store, and their threads are free again.
    ASSERT_TRUE(outbox_.wait_until([&] { return outbox_.deferred.size() >= 6; }));

    add("msg_test", true);
    running->notify();
    EXPECT_TRUE(outbox_.wait_for_reports(1));
    {
        const std::scoped_lock lock{sender_.mutex};
        EXPECT_EQ(sender_.sent.size(), 2U);
    }
    sender_.hold(false);
    running->stop();
}

TEST_F(DeliveryWorkersTest, WakeWhenNotified)
{
    const auto running = workers(2);
    running->start();
    ASSERT_TRUE(outbox_.wait_until([&] { return outbox_.leases > 0; }));
    std::this_thread::sleep_for(milliseconds{50});
    EXPECT_LE(outbox_.leases, 2);  // Nothing to do: one waits for all.
    const auto began = std::chrono::steady_clock::now();
    add("msg_1");
    running->notify();
    ASSERT_TRUE(outbox_.wait_for_reports(1));
    EXPECT_LT(std::chrono::steady_clock::now() - began, seconds{2});
}

TEST_F(DeliveryWorkersTest, LoseNoNotification)
{
    const auto running = workers(4);
    running->start();
    const auto began = std::chrono::steady_clock::now();
    for (std::size_t i = 1; i <= 500; ++i) {
        add("msg_" + std::to_string(i), i % 2 == 0);
        running->notify();
        if (i % 10 == 0) {
            ASSERT_TRUE(outbox_.wait_for_reports(i));
        }
    }
    EXPECT_LT(std::chrono::steady_clock::now() - began, seconds{4});
    running->stop();
    EXPECT_EQ(sender_.sent.size(), 250U);
}

TEST_F(DeliveryWorkersTest, TryAgainAfterTheBackOff)
{
    add("msg_1");
    sender_.answer = {Outcome::TemporaryFailure, "can't connect to the relay", ""};
    const auto running = workers(2);
    running->start();
    for (std::size_t tries = 1; tries <= 4; ++tries) {
        ASSERT_TRUE(outbox_.wait_for_reports(tries));
        clock_.advance(seconds{24});
        running->notify();
    }
    running->stop();
    EXPECT_EQ(outbox_.reports[2].attempt.number, 3);
    EXPECT_EQ(outbox_.reports[2].status, MessageStatus::Queued);
}

TEST_F(DeliveryWorkersTest, SleepUntilTheNextMessageIsDue)
{
    add("msg_1");
    outbox_.messages["msg_1"].next_attempt_at = clock_.now() + milliseconds{300};
    const auto running = workers(2);
    running->start();
    std::this_thread::sleep_for(milliseconds{50});
    EXPECT_TRUE(outbox_.reports.empty());
    clock_.advance(milliseconds{300});  // Nobody notifies.
    const auto began = std::chrono::steady_clock::now();
    EXPECT_TRUE(outbox_.wait_for_reports(1));
    EXPECT_LT(std::chrono::steady_clock::now() - began, seconds{2});
}

TEST_F(DeliveryWorkersTest, GiveTheRestBackWhenStopped)
{
    add_many(5, false);
    sender_.hold(true);
    const auto running = workers(1);
    running->start();
    ASSERT_TRUE(sender_.wait_for_sent(1));
    std::thread stopper{[&] { running->stop(); }};
    std::this_thread::sleep_for(milliseconds{50});
    sender_.hold(false);
    stopper.join();
    EXPECT_EQ(sender_.sent.size(), 1U);
    EXPECT_EQ(outbox_.reports.size(), 1U);  // The message at hand was finished and written down.
    EXPECT_EQ(outbox_.released.size(), 4U);
}

TEST_F(DeliveryWorkersTest, LetGoOfMessagesThatMightOutlastTheirLease)
{
    add_many(3, false);
    sender_.hold(true);
    const auto running = workers(1);
    running->start();
    ASSERT_TRUE(sender_.wait_for_sent(1));
    clock_.advance(seconds{31});  // A slow relay: half of the lease is gone.
    sender_.hold(false);
    ASSERT_TRUE(outbox_.wait_for_reports(3));  // They were leased anew.
    running->stop();
    EXPECT_EQ(outbox_.released.size(), 2U);
    EXPECT_EQ(sender_.sent.size(), 3U);
}

TEST_F(DeliveryWorkersTest, WaitWhileTheStoreIsAway)
{
    outbox_.is_away = true;
    add("msg_1", true);
    const auto running = workers(4);
    running->start();
    std::this_thread::sleep_for(milliseconds{300});
    {
        const std::scoped_lock lock{outbox_.mutex};
        EXPECT_EQ(outbox_.leases, 1);
        outbox_.is_away = false;
    }
    EXPECT_TRUE(outbox_.wait_for_reports(1));
}

TEST_F(DeliveryWorkersTest, ShowTheQueueInMetrics)
{
    const auto running = workers(1);
    const auto text = metrics_.render();
    EXPECT_NE(text.find("accessd_delivery_queue_length 7"), std::string::npos) << text;
    EXPECT_NE(text.find("accessd_delivery_queue_oldest_seconds 1.5"), std::string::npos) << text;
}

TEST_F(DeliveryWorkersTest, StopQuicklyAndOnlyOnce)
{
    const auto running = workers(4);
    running->start();
    const auto began = std::chrono::steady_clock::now();
    running->stop();
    running->stop();
    EXPECT_LT(std::chrono::steady_clock::now() - began, seconds{1});
}

}  // namespace
}  // namespace accessd::delivery
