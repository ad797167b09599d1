#include "store/postgres/postgres_monitor.h"

#include "base/log.h"
#include "store/postgres/postgres_connection.h"
#include "store/postgres/postgres_failure.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <utility>

namespace accessd::store {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr auto kLookEvery = milliseconds{800};
constexpr auto kLookAgain = milliseconds{300};  ///< While it is down.
constexpr auto kAnswerWait = milliseconds{1200};

constexpr auto kLook = R"(
    SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT), pg_is_in_recovery())";

}  // namespace

PostgresMonitor::PostgresMonitor(std::string url, AdjustedClock* clock,
                                 std::function<void(const std::string&)> changed)
    : url_(std::move(url)),
      clock_(clock),
      changed_(std::move(changed)),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
{
    thread_ = std::thread{[this] { run(); }};
    std::unique_lock lock{mutex_};
    looked_.wait(lock, [this] { return has_looked_; });
}

PostgresMonitor::~PostgresMonitor()
{
    {
        const std::scoped_lock lock{mutex_};
        is_stopping_ = true;
    }
    look_now();
    thread_.join();
    ::close(wake_);
}

void PostgresMonitor::look_now() { ::eventfd_write(wake_, 1); }

std::string PostgresMonitor::problem() const
{
    const std::scoped_lock lock{mutex_};
    return problem_;
}

void PostgresMonitor::set_problem(std::string problem)
{
    const bool was_healthy = is_healthy_.exchange(problem.empty());
    if (was_healthy && !problem.empty()) log::error("the database is away", {{"detail", problem}});
    if (!was_healthy && problem.empty()) log::info("the database is there", {});
    {
        const std::scoped_lock lock{mutex_};
        problem_ = std::move(problem);
        has_looked_ = true;
    }
    looked_.notify_all();
}

void PostgresMonitor::run()
{
    std::unique_ptr<PostgresConnection> connection;
    do {
        try {
            if (!connection) {
                connection = std::make_unique<PostgresConnection>(url_, kAnswerWait);
                connection->send("LISTEN accessd_changes");
            }
            look(*connection);
            for (const auto& change : connection->notifications()) changed_(change);
        } catch (const SqlFailure& failure) {
            connection.reset();
            set_problem(failure.what());
        }
    } while (wait(connection.get()));
}

void PostgresMonitor::look(PostgresConnection& connection)
{
    const auto asked = steady_clock::now();
    auto row = connection.query(kLook);
    row.next();
    const auto way = std::chrono::duration_cast<milliseconds>(steady_clock::now() - asked) / 2;
    const auto drift = row.time(0) + way - SystemClock{}.now();
    if (clock_ != nullptr) clock_->set_offset(drift);
    if (row.flag(1)) {
        set_problem("the database can only be read");
    } else if (drift > kClockDriftMax || drift < -kClockDriftMax) {
        set_problem("this machine's clock and the database's differ by " +
                    std::to_string(drift.count()) + " ms");
    } else {
        set_problem({});
    }
}

/// Until it is time for the next look, something was announced, or look_now().
bool PostgresMonitor::wait(PostgresConnection* connection)
{
    std::array<pollfd, 2> wanted{{{wake_, POLLIN, 0}, {-1, POLLIN, 0}}};
    if (connection != nullptr) wanted[1].fd = connection->socket();
    const auto pause = connection != nullptr ? kLookEvery : kLookAgain;
    ::poll(wanted.data(), wanted.size(), static_cast<int>(pause.count()));
    eventfd_t woken = 0;
    ::eventfd_read(wake_, &woken);
    const std::scoped_lock lock{mutex_};
    return !is_stopping_;
}

}  // namespace accessd::store
