#include "store/sqlite/sqlite_database.h"

#include "store/open.h"
#include "support/fakes.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <latch>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace accessd::test {
namespace {

using store::Claims;
using store::Connection;
using store::SqliteDatabase;

class DatabaseTest : public testing::Test {
protected:
    DatabaseTest()
    {
        EXPECT_TRUE(database_.write([](Connection& connection) -> Result<void> {
            connection.run("CREATE TABLE things (name TEXT PRIMARY KEY)");
            return {};
        }));
    }

    Result<void> add(const std::string& name)
    {
        return database_.write([&](Connection& connection) -> Result<void> {
            connection.run("INSERT INTO things (name) VALUES (?1)", {name});
            return {};
        });
    }

    std::int64_t count()
    {
        return *database_.read([](Connection& connection) -> Result<std::int64_t> {
            auto row = connection.query("SELECT count(*) FROM things");
            row.next();
            return row.integer(0);
        });
    }

    TempFolder folder_;
    SqliteDatabase database_{folder_.path() + "/test.db"};
};

/// Writes without waiting, and gathers what came of them.
class LaterWriteTest : public DatabaseTest {
protected:
    template <class Job>
    void write_later(Job job)
    {
        ++awaited_;
        database_.write_later(Claims::everything(), std::move(job), [this](Result<void> written) {
            const std::scoped_lock lock{mutex_};
            outcomes_.push_back(std::move(written));
            finished_.notify_all();
        });
    }
    void add_later(const std::string& name)
    {
        write_later([name](Connection& connection) -> Result<void> {
            connection.run("INSERT INTO things (name) VALUES (?1)", {name});
            return {};
        });
    }
    std::vector<Result<void>> outcomes()
    {
        std::unique_lock lock{mutex_};
        EXPECT_TRUE(finished_.wait_for(lock, std::chrono::seconds{20},
                                       [this] { return outcomes_.size() >= awaited_; }));
        return outcomes_;
    }

    std::mutex mutex_;
    std::condition_variable finished_;
    std::vector<Result<void>> outcomes_;
    std::size_t awaited_ = 0;
};

TEST_F(LaterWriteTest, IsToldOnceDone)
{
    for (int i = 0; i < 100; ++i) add_later(std::to_string(i));

    const auto all = outcomes();
    EXPECT_EQ(all.size(), 100U);
    for (const auto& one : all) EXPECT_TRUE(one);
    EXPECT_EQ(count(), 100);
}

TEST_F(LaterWriteTest, TellsErrorsAndUndoesThem)
{
    ASSERT_TRUE(add("a"));
    write_later([](Connection& connection) -> Result<void> {
        connection.run("INSERT INTO things (name) VALUES ('undone')");
        return ErrorCode::Conflict;
    });
    EXPECT_EQ(outcomes().at(0).error().code, ErrorCode::Conflict);
    write_later([](Connection& connection) -> Result<void> {
        connection.run("INSERT INTO things (name) VALUES ('undone')");
        throw std::runtime_error{"broken"};
    });
    EXPECT_EQ(outcomes().at(1).error().code, ErrorCode::Internal);
    add_later("a");  // Is there already.
    EXPECT_EQ(outcomes().at(2).error().code, ErrorCode::StoreUnavailable);
    EXPECT_EQ(count(), 1);
}

TEST_F(DatabaseTest, ClosingDoesWhatIsToBeDoneLater)
{
    std::atomic<int> told = 0;
    const auto file = folder_.path() + "/other.db";
    {
        SqliteDatabase database{file};
        for (int i = 0; i < 50; ++i) {
            database.write_later(
                Claims::everything(),
                [](Connection& connection) -> Result<void> {
                    connection.run("CREATE TABLE IF NOT EXISTS things (name TEXT)");
                    connection.run("INSERT INTO things (name) VALUES ('x')");
                    return {};
                },
                [&](const Result<void>& written) { told += written.has_value() ? 1 : 0; });
        }
    }
    EXPECT_EQ(told, 50);
    SqliteDatabase again{file};
    const auto rows = again.read([](Connection& connection) -> Result<std::int64_t> {
        auto row = connection.query("SELECT count(*) FROM things");
        row.next();
        return row.integer(0);
    });
    EXPECT_EQ(*rows, 50);
}

TEST_F(DatabaseTest, UndoesAWriteThatReturnsAnError)
{
    const auto result = database_.write([](Connection& connection) -> Result<void> {
        connection.run("INSERT INTO things (name) VALUES ('a')");
        return ErrorCode::Conflict;
    });

    EXPECT_EQ(result.error().code, ErrorCode::Conflict);
    EXPECT_EQ(count(), 0);
}

TEST_F(DatabaseTest, KeepsWhatAWriteSaysIsTrueWhateverItsAnswer)
{
    const auto result = database_.write([](Connection& connection) -> Result<void> {
        connection.run("INSERT INTO things (name) VALUES ('a')");
        connection.keep();
        return ErrorCode::Conflict;
    });

    EXPECT_EQ(result.error().code, ErrorCode::Conflict);
    EXPECT_EQ(count(), 1);
}

TEST_F(DatabaseTest, UndoesAFailingWriteAloneAmongThoseOfItsGroup)
{
    constexpr int kThreads = 16;
    std::latch start{kThreads};
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < kThreads; ++i) {
            threads.emplace_back([&, i] {
                start.arrive_and_wait();
                (void)add("same");
                (void)add("own " + std::to_string(i));
            });
        }
    }

    EXPECT_EQ(count(), kThreads + 1);
}

TEST_F(DatabaseTest, KeepsWhatOthersOfAGroupWroteWhenOneIsUndone)
{
    constexpr int kThreads = 24;
    for (int round = 0; round < 20; ++round) {
        const auto prefix = std::to_string(round) + " ";
        std::latch start{kThreads};
        std::vector<std::jthread> threads;
        for (int i = 0; i < kThreads; ++i) {
            threads.emplace_back([&, i] {
                start.arrive_and_wait();
                const auto result = database_.write([&](Connection& connection) -> Result<void> {
                    connection.run("INSERT INTO things (name) VALUES (?1)",
                                   {prefix + std::to_string(i)});
                    if (i % 3 == 0) return ErrorCode::Conflict;
                    if (i % 3 == 1) connection.keep();
                    return i % 3 == 1 ? Result<void>{ErrorCode::NotFound} : Result<void>{};
                });
                const auto wanted = i % 3 == 0 ? ErrorCode::Conflict : ErrorCode::NotFound;
                EXPECT_EQ(result.has_value(), i % 3 == 2);
                if (!result) {
                    EXPECT_EQ(result.error().code, wanted);
                }
            });
        }
        threads.clear();
        ASSERT_EQ(count(), (round + 1) * kThreads * 2 / 3);
    }
}

TEST_F(DatabaseTest, WritesNothingThatItSaysFailedWhenTheTransactionIsLost)
{
    constexpr int kThreads = 24;
    std::atomic<int> answered{0};
    for (int round = 0; round < 20; ++round) {
        std::latch start{kThreads};
        std::vector<std::jthread> threads;
        for (int i = 0; i < kThreads; ++i) {
            threads.emplace_back([&, i] {
                start.arrive_and_wait();
                const auto result = database_.write([&](Connection& connection) -> Result<void> {
                    if (i % 8 == 3) {
                        connection.run("ROLLBACK");  // As SQLite does when the disk fails.
                        connection.run("INSERT INTO missing (name) VALUES (1)");
                    }
                    connection.run("INSERT INTO things (name) VALUES (?1)",
                                   {std::to_string(round) + " " + std::to_string(i)});
                    return {};
                });
                if (result) ++answered;
            });
        }
    }

    EXPECT_EQ(count(), answered);
    EXPECT_TRUE(add("afterwards"));
}

TEST_F(DatabaseTest, AnswersStoreUnavailableForMistakesInSql)
{
    ASSERT_TRUE(add("a"));
    EXPECT_EQ(add("a").error().code, ErrorCode::StoreUnavailable);
    EXPECT_TRUE(add("b"));
}

TEST_F(DatabaseTest, HandsExceptionsBackToTheCaller)
{
    const auto broken = [](Connection& connection) -> Result<void> {
        connection.run("INSERT INTO things (name) VALUES ('a')");
        throw std::logic_error{"a bug"};
    };

    EXPECT_THROW((void)database_.write(broken), std::logic_error);
    EXPECT_EQ(count(), 0);
}

TEST_F(DatabaseTest, SyncsBeforeItAnswers)
{
    const auto level = database_.write([](Connection& connection) -> Result<std::int64_t> {
        auto row = connection.query("PRAGMA synchronous");
        row.next();
        return row.integer(0);
    });

    EXPECT_EQ(*level, 2);  // FULL: https://sqlite.org/pragma.html#pragma_synchronous
}

class OpenStoreTest : public testing::Test {
protected:
    TempFolder folder_;
    FakeClock clock_;
    FakeRandom random_;
};

TEST_F(OpenStoreTest, KeepsTheFolderToOneOpener)
{
    const auto first = store::open(folder_.path(), clock_, random_);
    ASSERT_TRUE(first);

    const auto second = store::open(folder_.path(), clock_, random_);

    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::Busy);
    EXPECT_NE(second.error().message.find("in use by process " + std::to_string(::getpid())),
              std::string::npos)
        << second.error().message;
}

TEST_F(OpenStoreTest, GivesTheFolderUpWhenClosed)
{
    ASSERT_TRUE(store::open(folder_.path(), clock_, random_));
    EXPECT_TRUE(store::open(folder_.path(), clock_, random_));
}

TEST_F(OpenStoreTest, MakesFilesForItsUserAlone)
{
    const auto path = folder_.path() + "/new/data";
    const auto stores = store::open(path, clock_, random_);
    ASSERT_TRUE(stores);

    for (const auto* name : {"", "/accessd.db", "/accessd.db-wal", "/lock"}) {
        struct stat status {};
        ASSERT_EQ(::stat((path + name).c_str(), &status), 0) << name;
        EXPECT_EQ(status.st_mode & (S_IRWXG | S_IRWXO), 0U) << name;
    }
}

TEST_F(OpenStoreTest, MigratesOnce)
{
    const auto first = store::migrate({folder_.path()}, clock_);
    const auto second = store::migrate({folder_.path()}, clock_);

    ASSERT_TRUE(first);
    ASSERT_TRUE(second);
    EXPECT_EQ(first->from, 0);
    EXPECT_GE(first->to, 1);
    EXPECT_EQ(second->from, first->to);
    EXPECT_EQ(second->to, first->to);
}

TEST_F(OpenStoreTest, RefusesTheSchemaOfANewerRelease)
{
    ASSERT_TRUE(store::migrate({folder_.path()}, clock_));
    {
        store::SqliteConnection connection{folder_.path() + "/accessd.db",
                                           store::SqliteConnection::Access::Write};
        connection.run(
            "INSERT INTO schema_migrations (version, name, applied_at) VALUES (9999, 'future', 0)");
    }

    const auto opened = store::open(folder_.path(), clock_, random_);

    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::StoreUnavailable);
    EXPECT_NE(opened.error().message.find("newer release"), std::string::npos);
}

TEST_F(OpenStoreTest, SaysWhatIsWrongWithAFileThatIsNoDatabase)
{
    {
        std::FILE* file = std::fopen((folder_.path() + "/accessd.db").c_str(), "w");
        ASSERT_NE(file, nullptr);
        for (int i = 0; i < 1000; ++i) std::fputs("not a database ", file);
        std::fclose(file);
    }

    const auto opened = store::open(folder_.path(), clock_, random_);

    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::StoreUnavailable);
    EXPECT_NE(opened.error().message.find("accessd.db can't be opened"), std::string::npos);
}

}  // namespace
}  // namespace accessd::test
