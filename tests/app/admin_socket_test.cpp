#include "app/admin_socket.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <string>

namespace accessd::app {
namespace {

using namespace std::chrono_literals;

TEST(MayAdminister, LetsTheServersOwnUserAndRootIn)
{
    EXPECT_TRUE(may_administer(1000, 1000));
    EXPECT_TRUE(may_administer(0, 1000));
    EXPECT_FALSE(may_administer(1001, 1000));
    EXPECT_FALSE(may_administer(1000, 0));
}

/// Two ends of a connection.
class AdminLineTest : public testing::Test {
protected:
    void SetUp() override
    {
        int ends[2];
        ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
        near_ = Descriptor{ends[0]};
        far_ = Descriptor{ends[1]};
    }
    Descriptor near_;
    Descriptor far_;
};

TEST_F(AdminLineTest, CarriesALineToTheOtherSide)
{
    ASSERT_TRUE(write_admin_line(near_.get(), std::string(60'000, 'x'), 1s));

    const auto line = read_admin_line(far_.get(), kAdminRequestMax, 1s);

    ASSERT_TRUE(line);
    EXPECT_EQ(*line, std::string(60'000, 'x'));
}

TEST_F(AdminLineTest, RefusesALineWithoutAnEndOnceItIsTooLong)
{
    ASSERT_TRUE(write_admin_line(near_.get(), std::string(2000, 'x'), 1s));

    const auto line = read_admin_line(far_.get(), 1000, 1s);

    ASSERT_FALSE(line);
    EXPECT_EQ(line.error().code, ErrorCode::BodyTooLarge);
}

TEST_F(AdminLineTest, WaitsForAReaderOnlySoLong)
{
    const auto written = write_admin_line(near_.get(), std::string(8'000'000, 'x'), 20ms);

    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, ErrorCode::RequestTimeout);
}

TEST_F(AdminLineTest, WaitsForAWriterOnlySoLong)
{
    const auto line = read_admin_line(far_.get(), 1000, 20ms);

    ASSERT_FALSE(line);
    EXPECT_EQ(line.error().code, ErrorCode::RequestTimeout);
}

TEST_F(AdminLineTest, TakesNoHalfALine)
{
    ASSERT_EQ(::send(near_.get(), "{}", 2, 0), 2);
    near_ = Descriptor{};

    EXPECT_FALSE(read_admin_line(far_.get(), 1000, 1s));
}

TEST(AdminAnswer, ComesBackAsItWasSaid)
{
    const auto data = from_admin_answer(to_admin_answer(nlohmann::json{{"id", "key_1"}}));
    ASSERT_TRUE(data);
    EXPECT_EQ(data->at("id"), "key_1");

    const auto error =
        from_admin_answer(to_admin_answer(Error{ErrorCode::KeyNotFound}.saying("No such key.")));
    ASSERT_FALSE(error);
    EXPECT_EQ(error.error().code, ErrorCode::KeyNotFound);
    EXPECT_EQ(error.error().message, "No such key.");

    for (const auto* line : {"", "[]", "{}", R"({"ok":false})", R"({"ok":false,"code":1})"}) {
        EXPECT_FALSE(from_admin_answer(line)) << line;
    }
}

}  // namespace
}  // namespace accessd::app
