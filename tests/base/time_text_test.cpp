#include "base/time_text.h"

#include <gtest/gtest.h>

namespace accessd {
namespace {

TEST(TimeTextTest, ReadsWhatToRfc3339Writes)
{
    const auto time = from_unix_millis(1'790'000'000'250);

    EXPECT_EQ(parse_rfc3339(to_rfc3339(time)), time);
    EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:01Z"), from_unix_millis(1000));
    EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:01.5Z"), from_unix_millis(1500));
    EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:01.123456789Z"), from_unix_millis(1123));
}

TEST(TimeTextTest, RefusesWhatIsNoMomentInUtc)
{
    for (const auto* text :
         {"", "Z", "2026-03-01", "2026-03-01T09:30:00", "2026-03-01T09:30:00+00:00",
          "2026-13-01T09:30:00Z", "2026-02-30T09:30:00Z", "2026-03-01T24:30:00Z",
          "2026-03-01T09:60:00Z", "2026-03-01T09:30:61Z", "2026-03-01T09:30:00.Z",
          "2026-03-01T09:30:00.1234567890Z", "2026-03-01T09:30:00,5Z", "2026-03-01 09:30:00Z",
          "1969-12-31T23:59:59Z", "2026-03-01T-9:30:00Z",
          "\xd9\xa0"
          "26-03-01T09:30:00Z"}) {
        EXPECT_FALSE(parse_rfc3339(text)) << text;
    }
}

}  // namespace
}  // namespace accessd
