#include "store/copy.h"

#include "store/sqlite/sqlite_connection.h"
#include "store_fixture.h"

#include <gtest/gtest.h>

namespace accessd::test {
namespace {

/// A project with logins in a folder, and a database to move it to.
class CopyTest : public testing::Test {
protected:
    CopyTest()
    {
        auto stores = *store::open(source_.path(), clock_, random_);
        projects::ProjectSetup setup;
        setup.project.id = "prj_1";
        setup.project.name = "Shop";
        setup.project.slug = "shop";
        setup.project.created_at = setup.project.updated_at = clock_.now();
        EXPECT_TRUE(stores->projects().insert(setup));
        for (int i = 0; i < kUsers; ++i) {
            users::User user;
            user.project_id = "prj_1";
            user.user_id = "user " + std::to_string(i) + " \xc3\xa9'\"\\";
            user.email = "ana" + std::to_string(i) + "@example.com";
            user.created_at = user.updated_at = clock_.now();
            EXPECT_TRUE(stores->users().insert(user, true));
        }
    }

    Result<std::vector<store::CopiedTable>> copy(const std::string& from, const std::string& to)
    {
        return store::copy_store(from, to, [](const std::string&, std::int64_t, std::int64_t) {});
    }

    std::string source() const { return "sqlite:" + source_.path(); }
    std::string server() const { return "postgres:" + place_.url(); }

    static constexpr int kUsers = 1203;  // Some batches, and a part of one.
    TempFolder source_;
    TempFolder back_;
    FakeClock clock_;
    FakeRandom random_;
    PostgresDatabaseForTest place_;
};

std::int64_t rows_of(const std::vector<store::CopiedTable>& tables, const std::string& name)
{
    for (const auto& table : tables) {
        if (table.name == name) return table.rows;
    }
    return -1;
}

TEST_F(CopyTest, MovesEverythingThereAndBack)
{
    const auto there = copy(source(), server());
    ASSERT_TRUE(there) << there.error().detail;
    const auto back = copy(server(), "sqlite:" + back_.path());
    ASSERT_TRUE(back) << back.error().detail;

    EXPECT_EQ(rows_of(*there, "users"), kUsers);
    EXPECT_EQ(rows_of(*there, "events"), kUsers);
    ASSERT_EQ(there->size(), back->size());
    for (std::size_t i = 0; i < there->size(); ++i) {
        EXPECT_EQ((*there)[i].checksum, (*back)[i].checksum) << (*there)[i].name;
    }
    auto stores = *store::open(back_.path(), clock_, random_);
    EXPECT_EQ(stores->users().find("prj_1", "user 7 \xc3\xa9'\"\\")->value().email,
              "ana7@example.com");
}

TEST_F(CopyTest, GoesOnWhereItWasEnded)
{
    int told = 0;
    struct Ended {};
    const auto ending = [&](const std::string& table, std::int64_t done, std::int64_t) {
        if (table == "users" && done >= 500 && ++told == 1) throw Ended{};
    };
    EXPECT_THROW(static_cast<void>(store::copy_store(source(), server(), ending)), Ended);

    std::int64_t first = -1;
    const auto again = store::copy_store(
        source(), server(), [&](const std::string& table, std::int64_t done, std::int64_t) {
            if (table == "users" && first < 0) first = done;
        });

    ASSERT_TRUE(again) << again.error().detail;
    EXPECT_EQ(first, 500);
    EXPECT_EQ(rows_of(*again, "users"), kUsers);
}

TEST_F(CopyTest, RefusesATargetThatHoldsSomethingElse)
{
    {
        auto stores = *store::open(back_.path(), clock_, random_);
        projects::ProjectSetup setup;
        setup.project.id = "prj_2";
        setup.project.name = setup.project.slug = "other";
        ASSERT_TRUE(stores->projects().insert(setup));
    }

    const auto copied = copy(source(), "sqlite:" + back_.path());

    ASSERT_FALSE(copied);
    EXPECT_EQ(copied.error().code, ErrorCode::Conflict);
}

TEST_F(CopyTest, RefusesWhatIsNoPlace)
{
    EXPECT_FALSE(copy("mysql:there", server()));
    EXPECT_FALSE(copy(source(), "nowhere"));
}

}  // namespace
}  // namespace accessd::test
