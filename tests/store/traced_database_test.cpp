#include "store/sql/traced_database.h"

#include "base/trace.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace accessd::store {
namespace {

/// Is never asked: the jobs here only decide.
class NoConnection final : public Connection {
public:
    void script(const std::string&) override {}
    void begin_snapshot() override {}
    void end_snapshot() override {}

protected:
    int run_bound(std::string_view, const Bind*, std::size_t) override { return 0; }
    void send_bound(std::string_view, const Bind*, std::size_t) override {}
    Changes begin_bound(std::string_view, const Bind*, std::size_t) override { return Changes{0}; }
    Rows query_bound(std::string_view, const Bind*, std::size_t) override { return Rows{nullptr}; }
};

/// Does what engines promise: undoes what a job refuses unless that is kept, and may fail to commit.
class ScriptedDatabase final : public Database {
public:
    bool is_healthy() override { return true; }

    std::optional<Error> failure;  ///< Of the commit.
    int undone = 0;

protected:
    Result<void> run_write(const Claims&, const WriteJob& job) override
    {
        connection_.forget_keep();
        if (!job(connection_) && !connection_.keeps()) {
            ++undone;
            return {};
        }
        if (failure) return *failure;
        return {};
    }
    Result<void> run_read(const ReadJob& job) override
    {
        if (failure) return *failure;
        job(connection_);
        return {};
    }

private:
    NoConnection connection_;
};

class Kept final : public trace::Sink {
public:
    void take(trace::Finished span) noexcept override { spans.push_back(std::move(span)); }
    std::vector<trace::Finished> spans;
};

class TracedDatabaseTest : public testing::Test {
protected:
    TracedDatabaseTest()
    {
        auto inner = std::make_unique<ScriptedDatabase>();
        inner_ = inner.get();
        database_ = std::make_unique<TracedDatabase>(std::move(inner), "sqlite");
        trace::configure(&kept_, 1.0);
    }
    ~TracedDatabaseTest() override { trace::configure(nullptr, 0); }

    static Result<int> refuse(Connection&) { return Error{ErrorCode::InvalidOtp}; }
    static Result<int> refuse_and_keep(Connection& connection)
    {
        connection.keep();
        return Error{ErrorCode::InvalidOtp};
    }
    static Result<int> find(Connection&) { return 7; }

    Kept kept_;
    ScriptedDatabase* inner_ = nullptr;
    std::unique_ptr<TracedDatabase> database_;
};

TEST_F(TracedDatabaseTest, PassesOnWhatJobsReturn)
{
    const trace::Span request{"request", trace::Kind::Server};

    EXPECT_EQ(database_->write(find), 7);
    EXPECT_EQ(database_->read(find), 7);
    EXPECT_EQ(database_->write(refuse).error().code, ErrorCode::InvalidOtp);
    EXPECT_EQ(inner_->undone, 1);
    EXPECT_EQ(database_->write(refuse_and_keep).error().code, ErrorCode::InvalidOtp);
    EXPECT_EQ(inner_->undone, 1);
}

TEST_F(TracedDatabaseTest, DoesNotHideThatWhatWasToBeKeptIsLost)
{
    inner_->failure = Error{ErrorCode::StoreUnavailable, "the disk is full"};
    const trace::Span request{"request", trace::Kind::Server};
    std::optional<ErrorCode> later;

    const auto now = database_->write(refuse_and_keep);
    database_->write_later(Claims::nothing(), refuse_and_keep,
                           [&](Result<int> outcome) { later = outcome.error().code; });

    EXPECT_EQ(now.error().code, ErrorCode::StoreUnavailable);
    EXPECT_EQ(later, ErrorCode::StoreUnavailable);
    ASSERT_EQ(kept_.spans.size(), 2U);
    EXPECT_TRUE(kept_.spans[0].is_error && kept_.spans[1].is_error);
}

TEST_F(TracedDatabaseTest, MakesSpansBelowThoseOfRequestsOnly)
{
    database_->write(find).value();
    database_->read(find).value();
    EXPECT_TRUE(kept_.spans.empty());

    const trace::Span request{"request", trace::Kind::Server};
    database_->write(refuse).has_value();
    database_->write_later(Claims::nothing(), find, [](const Result<int>&) {});
    database_->read(find).value();

    ASSERT_EQ(kept_.spans.size(), 3U);
    for (const auto& span : kept_.spans) {
        EXPECT_EQ(span.parent, request.context()->span);
        EXPECT_FALSE(span.is_error) << "what a job refuses is an answer";
    }
    EXPECT_EQ(kept_.spans[2].name, "store read");
}

}  // namespace
}  // namespace accessd::store
