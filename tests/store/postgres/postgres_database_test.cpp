#include "store/postgres/postgres_database.h"

#include "store/postgres/postgres_migrate.h"
#include "support/postgres.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <latch>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace accessd::test {
namespace {

using namespace std::chrono_literals;
using store::Claims;
using store::Connection;
using store::PostgresDatabase;

class PostgresDatabaseTest : public testing::Test {
protected:
    PostgresDatabaseTest()
    {
        store::PostgresConnection first{place_.url()};
        EXPECT_TRUE(store::migrate_postgres(first, SystemClock{}.now()));
        EXPECT_TRUE(database_.write([](Connection& connection) -> Result<void> {
            connection.run("CREATE TABLE things (name TEXT PRIMARY KEY, count BIGINT NOT NULL)");
            connection.run("INSERT INTO things VALUES ('a', 0)");
            return {};
        }));
    }

    /// Reads, waits and writes: what two of these lose side by side, a claim keeps.
    Result<void> count_slowly(const Claims& claims)
    {
        return database_.write(claims, [](Connection& connection) -> Result<void> {
            std::int64_t count = 0;
            {
                auto row = connection.query("SELECT count FROM things WHERE name = 'a'");
                row.next();
                count = row.integer(0);
            }
            std::this_thread::sleep_for(2ms);
            connection.run("UPDATE things SET count = ?1 WHERE name = 'a'", {count + 1});
            return {};
        });
    }

    std::int64_t count()
    {
        return *database_.read([](Connection& connection) -> Result<std::int64_t> {
            auto row = connection.query("SELECT count FROM things WHERE name = 'a'");
            row.next();
            return row.integer(0);
        });
    }

    void count_together(int threads, const Claims& claims)
    {
        std::latch start{threads};
        std::vector<std::jthread> all;
        for (int i = 0; i < threads; ++i) {
            all.emplace_back([&] {
                start.arrive_and_wait();
                for (int round = 0; round < 5; ++round) EXPECT_TRUE(count_slowly(claims));
            });
        }
    }

    PostgresDatabaseForTest place_;
    PostgresDatabase database_{{.url = place_.url(), .connections_max = 8}};
};

TEST_F(PostgresDatabaseTest, DoesLaterWritesByTheirCaller)
{
    std::thread::id told_by;
    database_.write_later(
        Claims::everything(),
        [](Connection& connection) -> Result<int> {
            connection.run("UPDATE things SET count = 7");
            return 7;
        },
        [&](const Result<int>& written) {
            EXPECT_EQ(*written, 7);
            told_by = std::this_thread::get_id();
        });
    EXPECT_EQ(told_by, std::this_thread::get_id());
    EXPECT_EQ(count(), 7);

    Result<void> outcome;
    database_.write_later(
        Claims::everything(), [](Connection&) -> Result<void> { throw std::runtime_error{"x"}; },
        [&](Result<void> written) { outcome = std::move(written); });
    EXPECT_EQ(outcome.error().code, ErrorCode::Internal);
}

TEST_F(PostgresDatabaseTest, LetsNoTwoWritesWithOneClaimRunTogether)
{
    count_together(6, store::claim_contact("prj_1", "ana@example.com"));

    EXPECT_EQ(count(), 30);
}

TEST_F(PostgresDatabaseTest, LetsAWriteThatClaimsEverythingRunAlone)
{
    count_together(6, Claims::everything());

    EXPECT_EQ(count(), 30);
}

TEST_F(PostgresDatabaseTest, LosesCountsWithoutAClaim)
{
    // Else the two above would show nothing.
    count_together(6, Claims::nothing());

    EXPECT_LT(count(), 30);
}

TEST_F(PostgresDatabaseTest, UndoesAWriteThatReturnsAnError)
{
    const auto result = database_.write([](Connection& connection) -> Result<void> {
        connection.run("UPDATE things SET count = 7");
        return ErrorCode::Conflict;
    });

    EXPECT_EQ(result.error().code, ErrorCode::Conflict);
    EXPECT_EQ(count(), 0);
}

TEST_F(PostgresDatabaseTest, KeepsWhatAWriteSaysIsTrueWhateverItsAnswer)
{
    const auto result = database_.write([](Connection& connection) -> Result<void> {
        connection.send("UPDATE things SET count = 7");
        connection.keep();
        return ErrorCode::Conflict;
    });

    EXPECT_EQ(result.error().code, ErrorCode::Conflict);
    EXPECT_EQ(count(), 7);
}

TEST_F(PostgresDatabaseTest, TellsOfAStatementThatWasSentAheadAndRefused)
{
    const auto result = database_.write([](Connection& connection) -> Result<void> {
        connection.send("INSERT INTO things VALUES ('a', 1)");
        connection.send("UPDATE things SET count = 9");
        return {};
    });

    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::StoreUnavailable);
    EXPECT_EQ(count(), 0);
    EXPECT_TRUE(count_slowly(Claims::nothing())) << "the connection is as good as before";
}

TEST_F(PostgresDatabaseTest, TriesAgainAfterADeadlock)
{
    ASSERT_TRUE(database_.write([](Connection& connection) -> Result<void> {
        connection.run("INSERT INTO things VALUES ('b', 0)");
        return {};
    }));
    std::latch both{2};
    std::atomic<int> runs{0};
    const auto change = [&](const std::string& first, const std::string& second) {
        std::atomic<bool> is_first_run{true};
        return database_.write(Claims::nothing(), [&](Connection& connection) -> Result<void> {
            ++runs;
            connection.run("UPDATE things SET count = count + 1 WHERE name = ?1", {first});
            if (is_first_run.exchange(false)) both.arrive_and_wait();
            connection.run("UPDATE things SET count = count + 1 WHERE name = ?1", {second});
            return {};
        });
    };

    std::jthread other{[&] { EXPECT_TRUE(change("b", "a")); }};
    EXPECT_TRUE(change("a", "b"));
    other.join();

    EXPECT_EQ(count(), 2);
    EXPECT_GT(runs, 2) << "there was no deadlock";
}

TEST_F(PostgresDatabaseTest, GoesOnWithANewConnectionWhenTheOldOneWasEnded)
{
    ASSERT_TRUE(count_slowly(Claims::nothing()));
    ASSERT_TRUE(database_.write([](Connection& connection) -> Result<void> {
        connection.run("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                       " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                       " AND query NOT LIKE '%clock_timestamp%'");
        return {};
    }));

    EXPECT_TRUE(count_slowly(Claims::nothing()));
    EXPECT_EQ(count(), 2);
}

TEST_F(PostgresDatabaseTest, TellsOtherNodesWhatClaimedEverything)
{
    std::atomic<int> told{0};
    PostgresDatabase other{{.url = place_.url(),
                            .connections_max = 2,
                            .clock = nullptr,
                            .changed = [&](const std::string&) { ++told; }}};
    ASSERT_TRUE(count_slowly(Claims::nothing()));
    ASSERT_TRUE(count_slowly(Claims::everything()));

    for (int i = 0; i < 200 && told == 0; ++i) std::this_thread::sleep_for(10ms);
    EXPECT_EQ(told, 1);
}

TEST_F(PostgresDatabaseTest, PutsTheClockRight)
{
    AdjustedClock clock;
    clock.set_offset(1h);
    const PostgresDatabase other{{.url = place_.url(), .connections_max = 2, .clock = &clock}};

    EXPECT_LT(clock.offset(), 1s);
    EXPECT_GT(clock.offset(), -1s);
}

}  // namespace
}  // namespace accessd::test
