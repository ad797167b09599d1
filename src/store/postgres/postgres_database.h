#pragma once

#include "store/postgres/postgres_connection.h"
#include "store/postgres/postgres_monitor.h"
#include "store/sql/database.h"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace accessd::store {

class PostgresFailure;

/// A database on a PostgreSQL server, shared by several nodes: writes run side by side, each in a transaction of its
/// own, kept apart by their claims. The server shares one sync of its disk among commits.
///
/// A connection that breaks before its commit was sent costs a new one: the job runs again. After that, the
/// server is asked what became of the transaction, so that an answer always tells what is stored.
class PostgresDatabase final : public Database {
public:
    struct Options {
        std::string url;
        int connections_max = 16;
        AdjustedClock* clock = nullptr;  ///< Put right by the database's time.
        std::function<void(const std::string&)> changed = [](const std::string&) {};
    };
    explicit PostgresDatabase(Options options);
    ~PostgresDatabase() override;
    PostgresDatabase(const PostgresDatabase&) = delete;
    PostgresDatabase& operator=(const PostgresDatabase&) = delete;

    bool is_healthy() override { return monitor_.is_healthy(); }

protected:
    Result<void> run_write(const Claims& claims, const WriteJob& job) override;
    Result<void> run_read(const ReadJob& job) override;

private:
    struct Pooled {
        std::unique_ptr<PostgresConnection> connection;
        std::uint64_t generation = 0;
    };
    /// Borrows a connection; gives it back, or drops it when it is lost.
    class Loan {
    public:
        explicit Loan(PostgresDatabase& database);
        ~Loan();
        Loan(const Loan&) = delete;
        Loan& operator=(const Loan&) = delete;
        PostgresConnection& operator*() const { return *pooled_.connection; }
        PostgresConnection* operator->() const { return pooled_.connection.get(); }

    private:
        PostgresDatabase& database_;
        Pooled pooled_;
    };
    template <class Attempt>
    Result<void> with_retries(Attempt attempt);
    void write_once(const Claims& claims, const WriteJob& job);
    bool was_committed(const PostgresConnection::Mark& mark);
    void give_up_idle();
    static Error unavailable(const SqlFailure& failure);

    Options options_;
    PostgresMonitor monitor_;

    std::mutex mutex_;  ///< Guards what follows.
    std::condition_variable back_;
    std::vector<Pooled> idle_;
    int open_ = 0;                  ///< Lent out and idle ones.
    std::uint64_t generation_ = 0;  ///< Connections made before a loss aren't trusted after it.
};

}  // namespace accessd::store
