#include "store/postgres/postgres_database.h"

#include "base/log.h"
#include "store/postgres/postgres_failure.h"

#include <optional>
#include <random>
#include <thread>
#include <utility>

namespace accessd::store {
namespace {

using FailureKind = PostgresFailure::Kind;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kTriesMax = 5;
constexpr auto kLoanWaitMax = std::chrono::seconds{4};
/// How long the server is asked for what became of a commit whose answer was lost: longer than a restart or a failover
/// takes, because until then nobody can be told the truth. No more than there are connections wait like this.
constexpr auto kFateWaitMax = std::chrono::seconds{60};
constexpr auto kFatePause = milliseconds{100};

// A number that the server hasn't come to yet was lost with all of its transaction.
constexpr auto kFate = R"(
    SELECT CASE WHEN CAST(CAST(?1 AS TEXT) AS BIGINT) >= txid_snapshot_xmax(txid_current_snapshot())
                THEN 'aborted' ELSE txid_status(CAST(CAST(?1 AS TEXT) AS BIGINT)) END)";
// Asked after the number's fate is known, so that it sees what that transaction left.
constexpr auto kHasMark =
    "SELECT EXISTS (SELECT 1 FROM store_commits WHERE slot = ?1 AND token = ?2)";

enum class Fate { Unknown, Committed, Aborted };

Fate fate_of(Connection& connection, const PostgresConnection::Mark& mark)
{
    std::string status;
    {
        auto row = connection.query(kFate, {mark.transaction_id});
        if (row.next()) status = row.text(0);
    }
    if (status == "aborted") return Fate::Aborted;
    if (status != "committed") return Fate::Unknown;
    auto row = connection.query(kHasMark, {mark.slot, mark.token});
    return row.next() && row.flag(0) ? Fate::Committed : Fate::Aborted;
}

/// Two that met once would meet again without it.
void pause_before(int attempt)
{
    thread_local std::minstd_rand random{std::random_device{}()};
    std::uniform_int_distribution<int> spread{1, 4 << attempt};
    std::this_thread::sleep_for(milliseconds{spread(random)});
}

}  // namespace

PostgresDatabase::PostgresDatabase(Options options)
    : options_(std::move(options)), monitor_(options_.url, options_.clock, options_.changed)
{
}

PostgresDatabase::~PostgresDatabase() = default;

Error PostgresDatabase::unavailable(const SqlFailure& failure)
{
    log::error("the store failed", {{"detail", failure.what()}});
    return Error{ErrorCode::StoreUnavailable, failure.what()};
}

PostgresDatabase::Loan::Loan(PostgresDatabase& database) : database_(database)
{
    std::unique_lock lock{database.mutex_};
    const auto is_there = [&] {
        return !database.idle_.empty() || database.open_ < database.options_.connections_max;
    };
    if (!database.back_.wait_for(lock, kLoanWaitMax, is_there)) {
        throw PostgresFailure{FailureKind::Statement, "all connections are busy"};
    }
    if (!database.idle_.empty()) {
        pooled_ = std::move(database.idle_.back());
        database.idle_.pop_back();
        return;
    }
    // While it is known to be away nobody waits for a connection that won't come.
    if (!database.monitor_.is_healthy()) {
        throw PostgresFailure{FailureKind::Statement, "the database is away"};
    }
    ++database.open_;
    pooled_.generation = database.generation_;
    lock.unlock();
    try {
        pooled_.connection = std::make_unique<PostgresConnection>(database.options_.url);
    } catch (...) {
        lock.lock();
        --database.open_;
        lock.unlock();
        database.back_.notify_one();
        database.monitor_.look_now();
        throw;
    }
}

PostgresDatabase::Loan::~Loan()
{
    const bool is_lost = !pooled_.connection->is_usable();
    {
        const std::scoped_lock lock{database_.mutex_};
        if (is_lost && pooled_.generation == database_.generation_) ++database_.generation_;
        if (is_lost || pooled_.generation != database_.generation_) {
            --database_.open_;
        } else {
            database_.idle_.push_back(std::move(pooled_));
        }
    }
    if (is_lost) {
        database_.give_up_idle();
        database_.monitor_.look_now();
    }
    database_.back_.notify_one();
}

/// A lost connection says that the others are too, as after a restart of the server.
void PostgresDatabase::give_up_idle()
{
    std::vector<Pooled> stale;
    {
        const std::scoped_lock lock{mutex_};
        for (auto pooled = idle_.begin(); pooled != idle_.end();) {
            if (pooled->generation == generation_) {
                ++pooled;
                continue;
            }
            stale.push_back(std::move(*pooled));
            pooled = idle_.erase(pooled);
            --open_;
        }
    }
    back_.notify_all();
}

/// Again after a conflict, and once more on a new connection after a loss.
template <class Attempt>
Result<void> PostgresDatabase::with_retries(Attempt attempt)
{
    bool was_lost = false;
    for (int tries = 1;; ++tries) {
        try {
            attempt();
            return {};
        } catch (const PostgresFailure& failure) {
            const bool is_first_loss =
                failure.kind() == FailureKind::Lost && !std::exchange(was_lost, true);
            const bool is_worth_it = failure.kind() == FailureKind::Conflict || is_first_loss;
            if (!is_worth_it || tries == kTriesMax) return unavailable(failure);
            pause_before(tries);
        } catch (const SqlFailure& failure) {
            return unavailable(failure);
        }
    }
}

Result<void> PostgresDatabase::run_write(const Claims& claims, const WriteJob& job)
{
    return with_retries([&] { write_once(claims, job); });
}

void PostgresDatabase::write_once(const Claims& claims, const WriteJob& job)
{
    PostgresConnection::Mark mark;
    try {
        const Loan connection{*this};
        try {
            connection->begin_write(claims);
            connection->forget_keep();
            if (!job(*connection) && !connection->keeps()) return connection->rollback();
            // What claims everything changes what nodes keep copies of; what claims less doesn't.
            if (claims.is_everything()) connection->send("NOTIFY accessd_changes");
            connection->commit();
        } catch (...) {
            mark = connection->mark();
            connection->rollback();
            throw;
        }
    } catch (const PostgresFailure& failure) {
        if (failure.kind() != FailureKind::CommitUnknown) throw;
        if (was_committed(mark)) return;
        throw PostgresFailure{FailureKind::Lost, failure.what()};
    }
}

/// Asks the server what became of a write until it says. Throws where it doesn't, or no longer knows.
bool PostgresDatabase::was_committed(const PostgresConnection::Mark& mark)
{
    const auto until = steady_clock::now() + kFateWaitMax;
    int aborted = 0;
    while (!mark.transaction_id.empty() && steady_clock::now() < until) {
        try {
            PostgresConnection connection{options_.url};
            const auto fate = fate_of(connection, mark);
            if (fate == Fate::Committed) return true;
            // Twice, because some servers call a transaction committed a moment before others see it.
            if (fate == Fate::Aborted && ++aborted == 2) return false;
        } catch (const SqlFailure&) {
            // Not there yet: asked again.
        }
        std::this_thread::sleep_for(kFatePause);
    }
    throw PostgresFailure{FailureKind::Statement,
                          "the connection was lost while a change was being committed"};
}

Result<void> PostgresDatabase::run_read(const ReadJob& job)
{
    return with_retries([&] {
        const Loan connection{*this};
        try {
            job(*connection);
            connection->rollback();  // Of a snapshot whose end failed; else nothing.
        } catch (...) {
            connection->rollback();
            throw;
        }
    });
}

}  // namespace accessd::store
