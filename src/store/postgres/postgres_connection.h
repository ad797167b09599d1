#pragma once

#include "store/sql/claims.h"
#include "store/sql/sql_connection.h"

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

struct pg_conn;
struct pg_result;

namespace accessd::store {

/// One connection to PostgreSQL, in pipeline mode: statements whose answer nobody needs yet are sent ahead, and what
/// is wrong with them comes to light with the next one that is waited for. A query is waited for when its first row
/// is: several that are begun before any is read cost one round trip.
///
/// Failures are PostgresFailure. After Lost or CommitUnknown the connection is of no more use.
/// Threads: one at a time.
class PostgresConnection final : public Connection {
public:
    /// Longer than any statement may take: a server that says nothing until then counts as lost.
    static constexpr auto kAnswerWait = std::chrono::seconds{8};

    /// `url`: a connection string of libpq, several hosts and TLS settings included. Throws PostgresFailure (Lost).
    explicit PostgresConnection(const std::string& url,
                                std::chrono::milliseconds answer_wait = kAnswerWait);
    ~PostgresConnection() override;
    PostgresConnection(const PostgresConnection&) = delete;
    PostgresConnection& operator=(const PostgresConnection&) = delete;

    void script(const std::string& sql) override;
    void claim_late(std::int64_t key) override;
    void begin_snapshot() override;
    void end_snapshot() override;

    /// Starts a transaction that has its claims before anything else in it runs.
    void begin_write(const Claims& claims);
    /// Returns once the transaction is durable.
    void commit();
    void rollback();

    bool is_usable() const { return is_usable_; }
    /// By what the server can be asked, on another connection, what became of the write begun last.
    struct Mark {
        std::string transaction_id;  ///< Empty before the server has said it.
        std::int64_t slot = 0;       ///< Of this connection, in store_commits.
        std::int64_t token = 0;      ///< What it holds there once the write is committed.
    };
    const Mark& mark() const { return mark_; }

    // For whoever listens to notifications between statements.
    int socket() const;
    /// The payloads of the notifications that have come. Throws PostgresFailure (Lost).
    std::vector<std::string> notifications();

protected:
    int run_bound(std::string_view sql, const Bind* binds, std::size_t count) override;
    void send_bound(std::string_view sql, const Bind* binds, std::size_t count) override;
    Changes begin_bound(std::string_view sql, const Bind* binds, std::size_t count) override;
    Rows query_bound(std::string_view sql, const Bind* binds, std::size_t count) override;

private:
    /// Rows whose query is on its way, or has come.
    class PendingRows;
    struct Statement {
        std::string name;
        std::string text;  ///< As the stores wrote it: statements_ is keyed by it.
    };
    enum class Kind { Prepare, Run, Begin, Sync };
    struct Sent {
        Kind kind;
        std::uint64_t ticket;
        const Statement* statement;     ///< Of Prepare.
        PendingRows* reader = nullptr;  ///< Who will read the answer, if anybody still will.
    };
    struct Clear {
        void operator()(pg_result* result) const noexcept;
    };
    using Result = std::unique_ptr<pg_result, Clear>;

    const Statement& prepare(std::string_view sql);
    std::uint64_t dispatch(std::string_view sql, const Bind* binds, std::size_t count, Kind kind);
    Result answer_to(std::uint64_t ticket);
    PendingRows* dispatch_read(std::string_view sql, const Bind* binds, std::size_t count);
    void fetch(PendingRows& rows);
    void forget(const PendingRows& rows) noexcept;
    Result take_front();
    void note_result(const Sent& sent, pg_result* result);
    void sync();
    void drain();
    Result next_result();
    void wait_for_socket(std::chrono::steady_clock::time_point until);
    void throw_failure();
    void check_sent(int accepted);
    [[noreturn]] void lose(const std::string& why);
    void close() noexcept;

    pg_conn* handle_ = nullptr;
    std::chrono::milliseconds answer_wait_;
    bool is_usable_ = true;
    bool is_in_transaction_ = false;
    bool is_write_ = false;  ///< The transaction begun last.
    bool is_commit_sent_ = false;
    Mark mark_;

    std::unordered_map<std::string_view, std::unique_ptr<Statement>> statements_;
    std::uint64_t names_ = 0;
    std::uint64_t tickets_ = 0;
    std::deque<Sent> sent_;  ///< Whose answers haven't been read, in order.
    std::string
        failed_state_;  ///< SQLSTATE of the first failure since the last end of a transaction.
    std::string failed_reason_;  ///< In the server's words.
};

}  // namespace accessd::store
