#include "base/html.h"

#include <gtest/gtest.h>

namespace accessd {
namespace {

TEST(Html, EscapesWhatEndsTextOrAttributes)
{
    EXPECT_EQ(escape_html("<a href=\"x\" b='y'>&amp;"),
              "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;amp;");
    EXPECT_EQ(escape_html("ñ•"), "ñ•");
}

TEST(FillIn, PutsValuesInOnce)
{
    EXPECT_EQ(fill_in("{a} and {b}, {a}", {{"{a}", "{b}"}, {"{b}", "2"}}), "{b} and 2, {b}");
    EXPECT_EQ(fill_in("{c} {", {{"{a}", "1"}}), "{c} {");
}

}  // namespace
}  // namespace accessd
