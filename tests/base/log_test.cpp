#include "base/log.h"

#include "base/secret.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>

namespace accessd {
namespace {

class LogTest : public testing::Test {
protected:
    ~LogTest() override { log::configure(log::Level::Info, log::Format::Text); }

    /// What one call writes to standard error.
    template <class Call>
    static std::string lines_of(Call call)
    {
        testing::internal::CaptureStderr();
        call();
        return testing::internal::GetCapturedStderr();
    }
};

TEST_F(LogTest, WritesALineOfTextWithItsFields)
{
    const auto line = lines_of([] {
        log::warn("a thing happened", {{"name", "two words"}, {"count", 3}, {"share", 0.5}});
    });

    ASSERT_GT(line.size(), 25U);
    EXPECT_EQ(line.substr(24), " warn  a thing happened name=\"two words\" count=3 share=0.500\n");
    EXPECT_EQ(line[10], 'T');
    EXPECT_EQ(line[23], 'Z');
}

TEST_F(LogTest, WritesALineOfJson)
{
    log::configure(log::Level::Info, log::Format::Json);
    const auto line = lines_of([] {
        log::error("it \"failed\"", {{"path", R"(a\b)"}, {"count", std::size_t{7}}, {"empty", ""}});
    });

    const auto read = nlohmann::json::parse(line);
    EXPECT_EQ(read["level"], "error");
    EXPECT_EQ(read["message"], "it \"failed\"");
    EXPECT_EQ(read["path"], R"(a\b)");
    EXPECT_EQ(read["count"], 7);
    EXPECT_EQ(read["empty"], "");
}

TEST_F(LogTest, LetsNoValueForgeALine)
{
    std::string forged = "x\n2026-01-01T00:00:00.000Z info  all is well\r\x1b[2J\x7f\t\"";
    forged += '\0';
    forged += "\u009b2J";  // The control sequence introducer of C1.
    for (const auto format : {log::Format::Text, log::Format::Json}) {
        log::configure(log::Level::Info, format);
        const auto line = lines_of([&] { log::info("seen", {{"value", forged}}); });

        ASSERT_FALSE(line.empty());
        EXPECT_EQ(line.find('\n'), line.size() - 1);
        for (const char c : line.substr(0, line.size() - 1)) {
            EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) << line;
        }
        EXPECT_EQ(line.find("\xc2\x9b"), std::string::npos) << line;
        EXPECT_NE(line.find(R"(\")"), std::string::npos) << line;
        if (format == log::Format::Json) {
            EXPECT_EQ(nlohmann::json::parse(line)["value"], forged);
        }
    }
}

TEST_F(LogTest, StaysTextWhateverTheBytes)
{
    log::configure(log::Level::Info, log::Format::Json);
    const auto line = lines_of([] { log::info("seen", {{"value", "a\xff\xc3"}}); });

    EXPECT_TRUE(nlohmann::json::accept(line)) << line;
}

TEST_F(LogTest, ShowsSecretsAsStars)
{
    const Secret code{"123456"};
    const auto line = lines_of([&] { log::info("sent", {{"code", to_text(code)}}); });

    EXPECT_NE(line.find("code=***"), std::string::npos) << line;
    EXPECT_EQ(line.find("123456"), std::string::npos);
}

TEST_F(LogTest, LeavesOutWhatIsBelowItsLevel)
{
    log::configure(log::Level::Warn, log::Format::Text);
    const auto lines = lines_of([] {
        log::debug("one");
        log::info("two");
        log::warn("three");
        log::error("four");
    });

    EXPECT_EQ(lines.find("one"), std::string::npos);
    EXPECT_EQ(lines.find("two"), std::string::npos);
    EXPECT_NE(lines.find("three"), std::string::npos);
    EXPECT_NE(lines.find("four"), std::string::npos);
    EXPECT_FALSE(log::is_enabled(log::Level::Info));
    EXPECT_TRUE(log::is_enabled(log::Level::Error));
}

}  // namespace
}  // namespace accessd
