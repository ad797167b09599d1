#include "base/live_text.h"

#include <gtest/gtest.h>

#include <string>

namespace accessd {
namespace {

TEST(LiveText, WakesItsReaderAndIsReadInOrder)
{
    LiveText text;
    EXPECT_TRUE(text.add("before "));
    int woken = 0;
    text.attach([&] { ++woken; });
    EXPECT_EQ(woken, 1) << "there was something already";

    EXPECT_TRUE(text.add("after"));

    EXPECT_EQ(woken, 2);
    const auto taken = text.take();
    EXPECT_EQ(taken.text, "before after");
    EXPECT_FALSE(taken.is_last);
    text.end();
    EXPECT_EQ(woken, 3);
    EXPECT_TRUE(text.take().is_last);
    EXPECT_FALSE(text.add("late"));
}

TEST(LiveText, EndsForAReaderThatIsTooSlow)
{
    LiveText text;
    const std::string piece(LiveText::kUnreadMax / 4, 'x');
    for (int i = 0; i < 4; ++i) EXPECT_TRUE(text.add(piece));

    EXPECT_FALSE(text.add("y"));

    EXPECT_FALSE(text.is_open());
    EXPECT_EQ(text.take().text.size(), LiveText::kUnreadMax);
}

TEST(LiveText, WakesNobodyWhoHasLeft)
{
    LiveText text;
    int woken = 0;
    text.attach([&] { ++woken; });
    text.detach();

    EXPECT_FALSE(text.add("x"));
    EXPECT_FALSE(text.is_open());
    EXPECT_EQ(woken, 0);
}

}  // namespace
}  // namespace accessd
