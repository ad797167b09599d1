#include "admin/console_sessions.h"

#include "admin/admin_store.h"
#include "crypto/hash.h"
#include "store/open.h"
#include "store/stores.h"
#include "support/fakes.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>

namespace accessd::admin {
namespace {

using namespace std::chrono_literals;

class ConsoleSessionsTest : public testing::Test {
protected:
    ConsoleSessionsTest()
    {
        eva_.id = "adm_1";
        eva_.email = "eva@example.com";
        eva_.role = Role::Editor;
        eva_.projects = ProjectScope::all();
        eva_.created_at = eva_.updated_at = clock_.now();
        EXPECT_TRUE(stores_->admins().insert(eva_, {}));
    }

    ConsoleSessions::Begun begin()
    {
        const auto link = sessions_.make_link(eva_.id, 15min, {});
        return *sessions_.sign_in(link->secret.reveal(), {}, {}, {});
    }

    Result<Caller> read(const ConsoleSessions::Begun& begun)
    {
        return sessions_.authenticate(begun.token.reveal(), false, {});
    }

    test::TempFolder folder_;
    test::FakeClock clock_;
    test::FakeRandom random_;
    std::unique_ptr<store::Stores> stores_ = *store::open(folder_.path(), clock_, random_);
    ConsoleSessions sessions_{stores_->console(), clock_, random_};
    Admin eva_;
};

TEST_F(ConsoleSessionsTest, LetASignedInAdminActAsThemselves)
{
    const auto caller = read(begin());

    ASSERT_TRUE(caller);
    EXPECT_EQ(caller->subject, "adm_1");
    EXPECT_TRUE(caller->is_person);
    EXPECT_TRUE(caller->may(Scope::Manage));
    EXPECT_FALSE(caller->may_administer()) << "an editor";
}

TEST_F(ConsoleSessionsTest, EndAnHourAfterTheLastUse)
{
    const auto begun = begin();
    clock_.advance(59min);
    ASSERT_TRUE(read(begun));
    clock_.advance(59min);
    ASSERT_TRUE(read(begun)) << "the use an hour ago counts";
    clock_.advance(60min);

    EXPECT_EQ(read(begun).error().code, ErrorCode::TokenExpired);
    EXPECT_EQ(read(begun).error().code, ErrorCode::TokenExpired) << "a refused use counts nothing";
}

TEST_F(ConsoleSessionsTest, RememberTheLastUseBeyondARestart)
{
    const auto begun = begin();
    clock_.advance(50min);
    ASSERT_TRUE(read(begun));
    ASSERT_TRUE(sessions_.keep_house(100));
    clock_.advance(50min);

    ConsoleSessions restarted{stores_->console(), clock_, random_};
    EXPECT_TRUE(restarted.authenticate(begun.token.reveal(), false, {}));
}

TEST_F(ConsoleSessionsTest, EndTwelveHoursAfterSigningInHoweverBusy)
{
    const auto begun = begin();
    for (int half_hours = 0; half_hours < 23; ++half_hours) {
        clock_.advance(30min);
        ASSERT_TRUE(read(begun));
    }
    clock_.advance(30min);

    EXPECT_EQ(read(begun).error().code, ErrorCode::TokenExpired);
    ASSERT_TRUE(sessions_.keep_house(100));
    EXPECT_EQ(read(begun).error().code, ErrorCode::InvalidToken) << "removed";
}

TEST_F(ConsoleSessionsTest, AskChangesForTheirOwnCsrfToken)
{
    const auto begun = begin();
    const auto other = begin();
    const auto change = [&](std::optional<std::string_view> shown) {
        return sessions_.authenticate(begun.token.reveal(), true, shown);
    };

    EXPECT_TRUE(change(begun.csrf_token));
    EXPECT_EQ(change({}).error().code, ErrorCode::InsufficientScope);
    EXPECT_EQ(change("").error().code, ErrorCode::InsufficientScope);
    EXPECT_EQ(change(other.csrf_token).error().code, ErrorCode::InsufficientScope);
    EXPECT_EQ(change(begun.token.reveal()).error().code, ErrorCode::InsufficientScope);
}

TEST_F(ConsoleSessionsTest, EndAtOnceWhenSignedOut)
{
    const auto begun = begin();
    ASSERT_TRUE(read(begun));
    ASSERT_TRUE(sessions_.end(begun.token.reveal(), {}));

    EXPECT_EQ(read(begun).error().code, ErrorCode::InvalidToken);
}

TEST_F(ConsoleSessionsTest, TakeALinkUpToItsExpiryAndOnce)
{
    const auto late = sessions_.make_link(eva_.id, 15min, {});
    clock_.advance(15min);
    EXPECT_EQ(sessions_.sign_in(late->secret.reveal(), {}, {}, {}).error().code,
              ErrorCode::InvalidCredentials);

    const auto link = sessions_.make_link(eva_.id, 15min, {});
    clock_.advance(15min - 1ms);
    EXPECT_TRUE(sessions_.sign_in(link->secret.reveal(), {}, {}, {}));
    EXPECT_EQ(sessions_.sign_in(link->secret.reveal(), {}, {}, {}).error().code,
              ErrorCode::InvalidCredentials);
}

TEST_F(ConsoleSessionsTest, ReplaceALinkByTheNextOne)
{
    const auto first = sessions_.make_link(eva_.id, 15min, {});
    const auto second = sessions_.make_link(eva_.id, 15min, {});

    EXPECT_FALSE(sessions_.sign_in(first->secret.reveal(), {}, {}, {}));
    EXPECT_TRUE(sessions_.sign_in(second->secret.reveal(), {}, {}, {}));
}

TEST_F(ConsoleSessionsTest, MakeNoFirstLinkWhenThereIsAnAdmin)
{
    EXPECT_FALSE(sessions_.make_first_link()->has_value());
}

TEST_F(ConsoleSessionsTest, KeepNeitherLinksNorTokens)
{
    const auto link = sessions_.make_link(eva_.id, 15min, {});
    const auto begun = begin();

    EXPECT_EQ(link->secret.reveal().size(), 43U) << "256 random bits";
    EXPECT_FALSE(*stores_->console().find_link(link->secret.reveal(), clock_.now()));
    EXPECT_FALSE(*stores_->console().find_session(begun.token.reveal()));
}

}  // namespace
}  // namespace accessd::admin
