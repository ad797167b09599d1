#include "store/sql/traced_database.h"

#include "base/trace.h"

#include <chrono>
#include <utility>

namespace accessd::store {
namespace {

using Steady = std::chrono::steady_clock;

constexpr auto kSystem =
    "db.system.name";  // OpenTelemetry, semantic conventions of databases 1.33.

std::int64_t micros(Steady::duration time)
{
    return std::chrono::duration_cast<std::chrono::microseconds>(time).count();
}

/// Of the job that ran last: one that met a conflict runs again.
struct Times {
    Steady::time_point asked = Steady::now();
    Steady::time_point begun{};
    Steady::time_point ended{};
};

void end(trace::Span& span, const Times& times, bool is_stored)
{
    if (times.begun != Steady::time_point{}) {
        span.set("accessd.store.waited_us", micros(times.begun - times.asked));
        span.set("accessd.store.ran_us", micros(times.ended - times.begun));
    }
    // What the job itself refused is an answer, no fault of the store's.
    if (!is_stored) span.failed();
    span.end();
}

constexpr auto kUndo = "undone, as the job asked for";

/// A job in the form that Database::write takes: its "undo" is an error on the way through the inner database, which
/// needs one to undo anything, and none any more behind it. Failures of the database itself stay what they are: what a job
/// wanted kept (Connection::keep) may not have been.
struct Job {
    std::function<bool(Connection&)> job;
    Times times{};

    Result<void> operator()(Connection& connection)
    {
        times.begun = Steady::now();
        const bool stays = job(connection);
        times.ended = Steady::now();
        if (!stays) return Error{ErrorCode::Internal, kUndo};
        return {};
    }
};

Result<void> without_undo(Result<void> written)
{
    if (!written && written.error().code == ErrorCode::Internal &&
        written.error().detail == kUndo) {
        return {};
    }
    return written;
}

}  // namespace

TracedDatabase::TracedDatabase(std::unique_ptr<Database> inner, std::string system)
    : inner_(std::move(inner)), system_(std::move(system))
{
}

TracedDatabase::~TracedDatabase() = default;

Result<void> TracedDatabase::run_write(const Claims& claims, const WriteJob& job)
{
    Job traced{job};
    const auto write = [&] {
        return without_undo(
            inner_->write(claims, [&](Connection& connection) { return traced(connection); }));
    };
    if (!trace::current()) return write();
    trace::Span span{"store write", trace::Kind::Client};
    span.set(kSystem, system_);
    auto done = write();
    end(span, traced.times, done.has_value());
    return done;
}

void TracedDatabase::run_write_later(const Claims& claims, WriteJob job, WriteDone done)
{
    std::shared_ptr<trace::Span> span;
    if (trace::current()) {
        span = std::make_shared<trace::Span>("store write", trace::Kind::Client);
        span->set(kSystem, system_);
    }
    auto traced = std::make_shared<Job>(Job{std::move(job)});
    inner_->write_later(
        claims, [traced](Connection& connection) { return (*traced)(connection); },
        [traced, span, done = std::move(done)](Result<void> written) {
            auto outcome = without_undo(std::move(written));
            if (span) end(*span, traced->times, outcome.has_value());
            done(std::move(outcome));
        });
}

Result<void> TracedDatabase::run_read(const ReadJob& job)
{
    const auto read = [&] {
        return inner_->read([&](Connection& connection) -> Result<void> {
            job(connection);
            return {};
        });
    };
    if (!trace::current()) return read();
    trace::Span span{"store read", trace::Kind::Client};
    span.set(kSystem, system_);
    auto done = read();
    if (!done) span.failed();
    span.end();
    return done;
}

}  // namespace accessd::store
