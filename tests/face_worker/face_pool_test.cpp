#include "face_worker/face_pool.h"

#include "face_worker/sandbox.h"
#include "support/probe_pool.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <latch>
#include <thread>
#include <vector>

namespace accessd::face_worker {
namespace {

using namespace accessd::test;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// Waits for what another thread is about to do.
template <class Condition>
bool comes_true(const Condition& condition)
{
    const auto deadline = steady_clock::now() + std::chrono::seconds{20};
    while (!condition()) {
        if (steady_clock::now() > deadline) return false;
        std::this_thread::yield();
    }
    return true;
}

double value_of(metrics::Metrics& metrics, const std::string& line)
{
    const auto text = metrics.render();
    const auto at = text.find("\n" + line + " ");
    return at == std::string::npos ? 0 : std::stod(text.substr(at + line.size() + 2));
}

TEST(FacePool, AnswersOverAndOver)
{
    ProbePool made;
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(made.echoes("request " + std::to_string(i)));
    EXPECT_TRUE(made.echoes(std::string(6U * 1024 * 1024, 'x').substr(0, kReplyBytesMax)));
}

TEST(FacePool, KeepsOneWorkerReadyForOneThatIsLost)
{
    ProbePool made;

    EXPECT_TRUE(comes_true([&] { return value_of(made.metrics, "accessd_face_workers") == 3; }));
}

TEST(FacePool, SaysThatItIsOnAndWithWhat)
{
    ProbePool made;
    ASSERT_TRUE(made.echoes("one"));

    const auto availability = made.pool.availability();

    EXPECT_TRUE(availability.is_on);
    EXPECT_EQ(availability.model, "probe-1");
    EXPECT_TRUE(availability.has_passive);
    EXPECT_EQ(availability.reason, "");
}

class LostWorkers : public testing::TestWithParam<Probe> {};

TEST_P(LostWorkers, CostTheirOneRequest)
{
    auto settings = probe_settings();
    if (GetParam() == Probe::Hang) settings.request_time = milliseconds{300};
    ProbePool made{settings};
    ASSERT_TRUE(made.echoes("before"));

    EXPECT_FALSE(made.ask(GetParam()));

    for (int i = 0; i < 3; ++i) EXPECT_TRUE(made.echoes("after"));
}

INSTANTIATE_TEST_SUITE_P(Ways, LostWorkers,
                         testing::Values(Probe::Crash, Probe::Throw, Probe::Hang, Probe::Bomb,
                                         Probe::Garble, Probe::ReplyTwice, Probe::SayReady));

/// Sanitizers need more addresses than there is memory, so that there the server looks at what is resident.
TEST(FacePool, LosesAWorkerToItsMemoryByTheKernelOrByTheServersWatch)
{
    auto settings = probe_settings();
    settings.request_time = std::chrono::minutes{1};  // Sanitizers fill memory slowly.
    ProbePool made{settings};

    EXPECT_FALSE(made.ask(Probe::Bomb));

    const std::string cause = kIsSanitized ? "memory" : "died";
    EXPECT_EQ(value_of(made.metrics, "accessd_face_workers_lost_total{cause=\"" + cause + "\"}"),
              1);
}

TEST(FacePool, ReplacesALostWorkerWithin100Milliseconds)
{
    ProbePool made;
    std::vector<milliseconds> gaps;
    for (int i = 0; i < 10; ++i) {
        ASSERT_TRUE(
            comes_true([&] { return value_of(made.metrics, "accessd_face_workers") == 3; }));
        auto lost = made.pool.lease().value();
        auto busy = made.pool.lease().value();  // So that only the one that stands ready is left.
        ASSERT_FALSE(lost.ask(kind(Probe::Crash), ""));
        const auto start = steady_clock::now();

        EXPECT_TRUE(made.echoes("next"));

        gaps.push_back(std::chrono::duration_cast<milliseconds>(steady_clock::now() - start));
    }
    std::sort(gaps.begin(), gaps.end());
    EXPECT_LT(gaps[gaps.size() / 2].count(), 100);  // The median: others use the machine too.
}

TEST(FacePool, IsBusyAtOnceWhenAllPlacesAreTaken)
{
    auto settings = probe_settings();
    settings.places = 2;
    ProbePool made{settings};
    auto one = made.pool.lease();
    auto two = made.pool.lease();
    ASSERT_TRUE(one && two);
    const auto start = steady_clock::now();

    const auto third = made.pool.lease();

    ASSERT_FALSE(third);
    EXPECT_EQ(third.error().code, ErrorCode::Busy);
    EXPECT_EQ(third.error().retry_after, std::chrono::seconds{1});
    EXPECT_LT(steady_clock::now() - start, std::chrono::seconds{1});
}

TEST(FacePool, IsBusyWhenNoWorkerBecomesFree)
{
    auto settings = probe_settings();
    settings.workers = 1;
    ProbePool made{settings};
    auto one = made.pool.lease();
    ASSERT_TRUE(one);
    settings.wait = milliseconds{50};
    ProbePool impatient{settings};
    auto first = std::optional<Result<FacePool::Lease>>{};
    ASSERT_TRUE(comes_true([&] {  // It may take longer than 50 ms to start.
        if (!first || !*first) first.emplace(impatient.pool.lease());
        return first->has_value();
    }));

    const auto second = impatient.pool.lease();

    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::Busy);
}

TEST(FacePool, LosesOnlyTheRequestsThatAttackUnderLoad)
{
    auto settings = probe_settings();
    settings.places = 16;
    settings.request_time = milliseconds{2000};
    ProbePool made{settings};
    std::atomic<int> kept{0};
    std::atomic<int> lost{0};
    std::latch start{12};
    {
        std::vector<std::jthread> callers;
        for (int caller = 0; caller < 8; ++caller) {
            callers.emplace_back([&, caller] {
                start.arrive_and_wait();
                for (int i = 0; i < 25; ++i) {
                    if (made.echoes(std::to_string(caller * 100 + i))) ++kept;
                }
            });
        }
        for (const auto probe : {Probe::Crash, Probe::Hang, Probe::Bomb, Probe::Garble}) {
            callers.emplace_back([&, probe] {
                start.arrive_and_wait();
                for (int i = 0; i < 2; ++i) {
                    if (!made.ask(probe)) ++lost;
                }
            });
        }
    }
    EXPECT_EQ(kept, 8 * 25);
    EXPECT_EQ(lost, 8);
    // A bomb that takes long to go off counts as hung too.
    EXPECT_GE(value_of(made.metrics, R"(accessd_face_workers_lost_total{cause="hung"})"), 2);
}

TEST(FacePool, SaysWhatIsBroken)
{
    ProbePool made{probe_settings("broken")};
    const std::string reason = "the model recognition.onnx is broken";
    ASSERT_TRUE(comes_true([&] { return made.pool.availability().reason == reason; }));

    const auto lease = made.pool.lease();

    ASSERT_FALSE(lease);
    EXPECT_EQ(lease.error().code, ErrorCode::BiometricsUnavailable);
    EXPECT_EQ(lease.error().detail, reason);
    EXPECT_EQ(lease.error().retry_after, std::chrono::seconds{30});
    EXPECT_FALSE(made.pool.availability().is_on);
}

TEST(FacePool, AsksForPatienceWhileItsFirstWorkerStarts)
{
    auto settings = probe_settings("slow");
    settings.wait = milliseconds{10};
    ProbePool made{settings};

    const auto lease = made.pool.lease();

    ASSERT_FALSE(lease);
    EXPECT_EQ(lease.error().code, ErrorCode::BiometricsUnavailable);
    EXPECT_EQ(lease.error().retry_after, std::chrono::seconds{1});
}

TEST(FacePool, SaysThatItsProgramEnds)
{
    ProbePool made{probe_settings("dying")};

    EXPECT_TRUE(comes_true([&] {
        return made.pool.availability().reason.find("ended before it was ready") !=
               std::string::npos;
    }));
}

TEST(FacePool, SaysThatThereIsNoProgram)
{
    auto settings = probe_settings();
    settings.command.program = "/nowhere/accessd";
    ProbePool made{settings};

    EXPECT_TRUE(comes_true([&] {
        return made.pool.availability().reason.find("can't be started") != std::string::npos;
    }));
}

TEST(FacePool, StopsWhileAWorkerStarts)
{
    const auto start = steady_clock::now();
    {
        ProbePool made{probe_settings("slow")};
    }
    EXPECT_LT(steady_clock::now() - start, std::chrono::seconds{5});
}

}  // namespace
}  // namespace accessd::face_worker
