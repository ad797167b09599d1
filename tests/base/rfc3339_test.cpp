#include "base/rfc3339.h"

#include <gtest/gtest.h>

namespace accessd {
namespace {

TEST(Rfc3339, ReadsWhatItWrites)
{
    for (const std::int64_t millis : {0LL, 951827696789LL, 1790000000123LL}) {
        const auto time = from_unix_millis(millis);
        EXPECT_EQ(parse_rfc3339(to_rfc3339(time)), time);
    }
    EXPECT_EQ(parse_rfc3339("2026-03-01T09:30:00Z"), parse_rfc3339("2026-03-01T09:30:00.000Z"));
}

TEST(Rfc3339, RefusesOtherForms)
{
    for (const auto* text :
         {"", "now", "2026-03-01", "2026-03-01T09:30:00", "2026-03-01T09:30:00+00:00",
          "2026-02-30T09:30:00Z", "2026-03-01T24:00:00Z", "2026-03-01 09:30:00Z",
          "2026-03-01T09:30:00.1Z", "-026-03-01T09:30:00Z", "1969-12-31T23:59:59Z"}) {
        EXPECT_FALSE(parse_rfc3339(text)) << text;
    }
}

}  // namespace
}  // namespace accessd
