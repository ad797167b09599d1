#include "base/id.h"

#include "support/fakes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace accessd {
namespace {

const TimePoint kNow = from_unix_millis(1'790'000'000'123);

TEST(IdTest, HasItsPrefixAndOnlyCharactersOfUrls)
{
    test::FakeRandom random;

    const auto id = make_id("val_", kNow, random);

    EXPECT_EQ(id.size(), 4U + 29U);
    EXPECT_TRUE(id.starts_with("val_"));
    EXPECT_EQ(id.find_first_not_of("0123456789abcdefghijklmnopqrstuv", 4), std::string::npos);
    EXPECT_TRUE(looks_like_id(id, "val_"));
}

TEST(IdTest, TellsWhenItWasMadeToTheMillisecond)
{
    test::FakeRandom random;
    for (const auto millis :
         {std::int64_t{0}, std::int64_t{1}, unix_millis(kNow), std::int64_t{4'102'444'800'000}}) {
        const auto time = from_unix_millis(millis);
        EXPECT_EQ(time_of_id(make_id("tok_", time, random), "tok_"), time);
    }
}

TEST(IdTest, HasALeastIdForEachMoment)
{
    test::FakeClock clock;
    test::FakeRandom random;
    const auto now = clock.now();

    EXPECT_LT(first_id_at("val_", now), make_id("val_", now, random));
    EXPECT_GT(first_id_at("val_", now),
              make_id("val_", now - std::chrono::milliseconds{1}, random));
    EXPECT_EQ(time_of_id(first_id_at("val_", now), "val_"), now);
}

TEST(IdTest, SortsByTimeOfCreation)
{
    test::FakeRandom random;
    std::string last;
    for (int i = 0; i < 5000; ++i) {
        const auto id = make_id("x_", kNow + std::chrono::milliseconds{i * 37}, random);
        ASSERT_LT(last, id);
        last = id;
    }
}

// About as many as the two bytes of sequence hold. The latest time there is, so that no other test's
// ids are later.
TEST(IdTest, KeepsTheOrderWithinAMillisecond)
{
    test::FakeRandom random;
    const auto latest = from_unix_millis((std::int64_t{1} << 48) - 1);
    std::string last;
    for (int i = 0; i < 65'000; ++i) {
        const auto id = make_id("x_", latest, random);
        ASSERT_LT(last, id) << i;
        last = id;
    }
}

TEST(IdTest, RepeatsNoneAmongThreads)
{
    SystemRandom random;
    constexpr std::size_t threads = 8;
    std::vector<std::vector<std::string>> made(threads);
    {
        std::vector<std::jthread> makers;
        for (auto& ids : made) {
            makers.emplace_back([&] {
                for (int i = 0; i < 2000; ++i) ids.push_back(make_id("x_", kNow, random));
            });
        }
    }

    std::set<std::string> all;
    for (const auto& ids : made) all.insert(ids.begin(), ids.end());
    EXPECT_EQ(all.size(), threads * 2000);
}

TEST(IdTest, DoesNotTakeOtherTextForAnId)
{
    test::FakeRandom random;
    const auto id = make_id("val_", kNow, random);
    auto capital = id;
    capital[10] = 'A';
    auto outside = id;
    outside[10] = 'w';

    for (const auto& text :
         {std::string{}, std::string{"val_"}, id.substr(1), id.substr(0, id.size() - 1), id + "0",
          "prj_" + id.substr(4), capital, outside, id.substr(0, id.size() - 1) + "/",
          id.substr(0, id.size() - 1) + '\0', " " + id}) {
        EXPECT_FALSE(looks_like_id(text, "val_")) << text;
        EXPECT_FALSE(time_of_id(text, "val_")) << text;
    }
}

}  // namespace
}  // namespace accessd
