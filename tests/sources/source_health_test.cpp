#include "sources/answer_cache.h"
#include "sources/source_health.h"
#include "support/fakes.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace accessd::test {
namespace {

using namespace std::chrono_literals;
using sources::AnswerCache;
using sources::SourceHealth;
using Change = SourceHealth::Change;
using Entry = SourceHealth::Entry;

class SourceHealthTest : public testing::Test {
protected:
    Change ask(bool has_answered)
    {
        SourceHealth::Steady::time_point began;
        EXPECT_EQ(health_.enter(began), Entry::Open);
        return health_.leave(began, has_answered, has_answered ? "" : "refused");
    }
    void fail_until_down()
    {
        for (int i = 1; i < SourceHealth::kFailuresMax; ++i) EXPECT_EQ(ask(false), Change::None);
        EXPECT_EQ(ask(false), Change::WentDown);
    }
    Entry try_entry()
    {
        SourceHealth::Steady::time_point began;
        return health_.enter(began);
    }

    FakeClock clock_;
    SourceHealth health_{clock_, 2};
};

TEST_F(SourceHealthTest, LeavesADeadSourceAloneAndProbesWithOne)
{
    fail_until_down();
    EXPECT_EQ(try_entry(), Entry::Paused);
    EXPECT_EQ(health_.retry_after(), SourceHealth::kFirstPause);

    clock_.advance(SourceHealth::kFirstPause);
    SourceHealth::Steady::time_point began;
    ASSERT_EQ(health_.enter(began), Entry::Open);
    EXPECT_EQ(try_entry(), Entry::Paused) << "one probes, the others wait for it";
    EXPECT_EQ(health_.leave(began, false, "refused"), Change::None);

    clock_.advance(SourceHealth::kFirstPause);
    EXPECT_EQ(try_entry(), Entry::Paused) << "the pause doubles";
    clock_.advance(SourceHealth::kFirstPause);
    EXPECT_EQ(ask(true), Change::CameUp);
    EXPECT_FALSE(health_.state().is_down);
    EXPECT_EQ(health_.state().last_words, "refused");
}

TEST_F(SourceHealthTest, CountsFailuresInARowOnly)
{
    for (int i = 0; i < 20; ++i) EXPECT_EQ(ask(i % 4 == 3), Change::None);
    EXPECT_FALSE(health_.state().is_down);
}

TEST_F(SourceHealthTest, RefusesWhileAllPlacesAreTakenForLong)
{
    SourceHealth::Steady::time_point first;
    SourceHealth::Steady::time_point second;
    ASSERT_EQ(health_.enter(first), Entry::Open);
    ASSERT_EQ(health_.enter(second), Entry::Open);
    const auto start = SourceHealth::Steady::now();

    EXPECT_EQ(try_entry(), Entry::Busy);

    EXPECT_LT(SourceHealth::Steady::now() - start, 5s);
    health_.leave(first, true, {});
    EXPECT_EQ(try_entry(), Entry::Open);
}

TEST_F(SourceHealthTest, AGoodTestEndsThePause)
{
    fail_until_down();
    EXPECT_EQ(health_.recover(), Change::CameUp);
    EXPECT_EQ(ask(true), Change::None);
}

TEST(AnswerCache, RemembersKnownAndUnknownPeopleAlike)
{
    FakeClock clock;
    AnswerCache cache{30s};
    users::Person ana;
    ana.user_id = "ana";
    const users::Contact known{users::ContactKind::Email, "ana@example.com"};
    const users::Contact unknown{users::ContactKind::Email, "nobody@example.com"};
    cache.put(known, ana, clock.now());
    cache.put(unknown, std::nullopt, clock.now());

    clock.advance(29s);
    ASSERT_TRUE(cache.find(known, clock.now()));
    EXPECT_EQ((*cache.find(known, clock.now()))->user_id, "ana");
    ASSERT_TRUE(cache.find(unknown, clock.now()));
    EXPECT_FALSE(cache.find(unknown, clock.now())->has_value());
    EXPECT_FALSE(cache.find({users::ContactKind::UserId, "ana@example.com"}, clock.now()));

    clock.advance(1s);
    EXPECT_FALSE(cache.find(known, clock.now()));
    EXPECT_FALSE(cache.find(unknown, clock.now()));
}

TEST(AnswerCache, HasABound)
{
    FakeClock clock;
    AnswerCache cache{30s};
    const users::Contact first{users::ContactKind::UserId, "0"};
    for (std::size_t i = 0; i <= AnswerCache::kEntriesMax; ++i) {
        cache.put({users::ContactKind::UserId, std::to_string(i)}, std::nullopt, clock.now());
    }
    EXPECT_FALSE(cache.find(first, clock.now()));
    EXPECT_TRUE(cache.find({users::ContactKind::UserId, "1"}, clock.now()));
}

}  // namespace
}  // namespace accessd::test
