#include "store_fixture.h"

#include "limits/idempotency_store.h"

#include <atomic>

namespace accessd::test {
namespace {

using State = limits::IdempotentStart::State;
using namespace std::chrono_literals;

/// What every store of idempotent requests promises.
class IdempotencyStoreContract : public StoreContract {
protected:
    limits::IdempotentStart start(const std::string& scope, const std::string& lease,
                                  const std::string& body = "body")
    {
        const auto now = clock_.now();
        const auto started = store_.start({scope, project_id_, body}, lease, now, now + 60s);
        EXPECT_TRUE(started);
        return started.value_or(limits::IdempotentStart{});
    }

    limits::IdempotencyStore& store_ = stores_->idempotency();
};

TEST_P(IdempotencyStoreContract, KeepsTheFirstAnswerUntilItExpires)
{
    EXPECT_EQ(start("s", "1").state, State::First);
    EXPECT_EQ(start("s", "2", "other").state, State::Running);
    EXPECT_EQ(start("s", "3", "other").sealed_body, "body");
    ASSERT_TRUE(store_.finish("s", "1", "answer", clock_.now() + 1h));

    clock_.advance(59min);
    const auto again = start("s", "4", "other");
    EXPECT_EQ(again.state, State::Answered);
    EXPECT_EQ(again.sealed_answer, "answer");
    EXPECT_EQ(again.sealed_body, "body");
    EXPECT_EQ(start("t", "5").state, State::First);

    clock_.advance(1min);
    EXPECT_EQ(start("s", "6", "other").state, State::First);
    EXPECT_EQ(start("s", "7").sealed_body, "other");
}

TEST_P(IdempotencyStoreContract, FreesAKeyWhoseLeaseEnded)
{
    EXPECT_EQ(start("s", "dead").state, State::First);
    clock_.advance(59s);
    EXPECT_EQ(start("s", "early").state, State::Running);
    clock_.advance(1s);
    EXPECT_EQ(start("s", "next").state, State::First);

    // The first was only slow: what it says comes too late and changes nothing.
    ASSERT_TRUE(store_.finish("s", "dead", "late", clock_.now() + 1h));
    ASSERT_TRUE(store_.abandon("s", "dead"));
    EXPECT_EQ(start("s", "other").state, State::Running);
    ASSERT_TRUE(store_.finish("s", "next", "answer", clock_.now() + 1h));
    ASSERT_TRUE(store_.abandon("s", "next"));
    EXPECT_EQ(start("s", "other").sealed_answer, "answer");
}

TEST_P(IdempotencyStoreContract, ForgetsWhatWasAbandoned)
{
    EXPECT_EQ(start("s", "1").state, State::First);
    ASSERT_TRUE(store_.abandon("s", "1"));
    EXPECT_EQ(start("s", "2").state, State::First);
}

TEST_P(IdempotencyStoreContract, PrunesWhatHasExpiredAndErasesWithTheProject)
{
    for (const auto* scope : {"a", "b", "c"}) EXPECT_EQ(start(scope, "1").state, State::First);
    ASSERT_TRUE(store_.finish("c", "1", "answer", clock_.now() + 1h));
    EXPECT_EQ(*store_.prune(clock_.now(), 10), 0);
    clock_.advance(60s);
    EXPECT_EQ(*store_.prune(clock_.now(), 1), 1);
    EXPECT_EQ(*store_.prune(clock_.now(), 10), 1);
    EXPECT_EQ(start("c", "2").state, State::Answered);

    ASSERT_TRUE(stores_->projects().remove(project_id_));
    EXPECT_EQ(start("c", "2").state, State::First);
}

TEST_P(IdempotencyStoreContract, LetsOneOfManyConcurrentStartsRun)
{
    for (int round = 0; round < 20; ++round) {
        const auto scope = "s" + std::to_string(round);
        std::latch together{8};
        std::atomic<int> first{0};
        {
            std::vector<std::jthread> callers;
            for (int i = 0; i < 8; ++i) {
                callers.emplace_back([&, i] {
                    together.arrive_and_wait();
                    if (start(scope, std::to_string(i)).state == State::First) ++first;
                });
            }
        }
        ASSERT_EQ(first, 1) << "round " << round;
    }
}

INSTANTIATE_TEST_SUITE_P(Engines, IdempotencyStoreContract, testing::ValuesIn(backends()),
                         backend_name);

}  // namespace
}  // namespace accessd::test
