#include "store/postgres/postgres_connection.h"

#include "store/postgres/postgres_failure.h"
#include "store/postgres/postgres_parameters.h"
#include "store/postgres/postgres_result.h"
#include "store/postgres/postgres_rows.h"
#include "store/postgres/postgres_sql.h"

#include <libpq-fe.h>
#include <poll.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <random>
#include <utility>

namespace accessd::store {
namespace {

using FailureKind = PostgresFailure::Kind;
using SteadyTime = std::chrono::steady_clock::time_point;

/// Of statements, and of claims that others hold. A login takes milliseconds; migrations set their own.
constexpr auto kSession =
    "SET statement_timeout = '5s'; SET lock_timeout = '4s';"
    "SET idle_in_transaction_session_timeout = '15s'; SET client_min_messages = 'warning'";
/// More than there are constant statements; lists make some of their own.
constexpr std::size_t kStatementsMax = 1000;

std::int64_t random_slot()
{
    std::random_device device;
    return static_cast<std::int64_t>((std::uint64_t{device()} << 32U | device()) >> 1U);
}

}  // namespace

void PostgresConnection::Clear::operator()(pg_result* result) const noexcept { PQclear(result); }

PostgresConnection::PostgresConnection(const std::string& url,
                                       std::chrono::milliseconds answer_wait)
    : answer_wait_(answer_wait), mark_{{}, random_slot(), 0}
{
    // The first of two "dbname"s is read as a whole connection string; what follows fills in.
    static constexpr std::array<const char*, 9> keywords{
        "application_name",    "connect_timeout",  "keepalives_idle",
        "keepalives_interval", "keepalives_count", "tcp_user_timeout",
        "client_encoding",     "dbname",           nullptr};
    const std::array<const char*, 9> values{"accessd", "2",    "5",         "2",    "3",
                                            "8000",    "UTF8", url.c_str(), nullptr};
    handle_ = PQconnectdbParams(keywords.data(), values.data(), 1);
    if (handle_ == nullptr) throw PostgresFailure{FailureKind::Lost, "no memory for a connection"};
    if (PQstatus(handle_) != CONNECTION_OK) {
        const std::string why = PQerrorMessage(handle_);
        close();
        throw PostgresFailure{FailureKind::Lost, why};
    }
    const Result set{PQexec(handle_, kSession)};
    if (is_failure(set.get()) || PQsetnonblocking(handle_, 1) != 0 ||
        PQenterPipelineMode(handle_) != 1) {
        const std::string why = PQerrorMessage(handle_);
        close();
        throw PostgresFailure{FailureKind::Lost, why};
    }
}

PostgresConnection::~PostgresConnection() { close(); }

void PostgresConnection::close() noexcept
{
    is_usable_ = false;
    PQfinish(handle_);
    handle_ = nullptr;
}

void PostgresConnection::lose(const std::string& why)
{
    is_usable_ = false;
    throw PostgresFailure{is_commit_sent_ ? FailureKind::CommitUnknown : FailureKind::Lost, why};
}

void PostgresConnection::check_sent(int accepted)
{
    if (accepted != 1) lose(PQerrorMessage(handle_));
}

int PostgresConnection::socket() const { return PQsocket(handle_); }

// Waiting. Everything is sent and read here, with an end to every wait.

void PostgresConnection::wait_for_socket(SteadyTime until)
{
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        until - std::chrono::steady_clock::now());
    if (left.count() <= 0) lose("the database doesn't answer");
    const int unsent = PQflush(handle_);
    if (unsent < 0) lose(PQerrorMessage(handle_));
    pollfd wanted{PQsocket(handle_), static_cast<short>(POLLIN | (unsent == 1 ? POLLOUT : 0)), 0};
    const int ready = ::poll(&wanted, 1, static_cast<int>(left.count()));
    if (ready < 0 && errno != EINTR) lose(std::strerror(errno));
    if ((wanted.revents & (POLLIN | POLLERR | POLLHUP)) != 0 && PQconsumeInput(handle_) != 1) {
        lose(PQerrorMessage(handle_));
    }
}

PostgresConnection::Result PostgresConnection::next_result()
{
    const auto until = std::chrono::steady_clock::now() + answer_wait_;
    while (PQisBusy(handle_) != 0) wait_for_socket(until);
    return Result{PQgetResult(handle_)};
}

/// The answer to the oldest statement on its way; none where it went to who reads it.
PostgresConnection::Result PostgresConnection::take_front()
{
    const auto sent = sent_.front();
    auto result = next_result();
    if (!result) lose("an answer is missing");
    if (PQstatus(handle_) == CONNECTION_BAD) lose(PQerrorMessage(handle_));
    sent_.pop_front();
    if (sent.kind != Kind::Sync && next_result()) lose("one answer too many");
    note_result(sent, result.get());
    if (sent.reader == nullptr) return result;
    sent.reader->take(std::move(result));
    return nullptr;
}

void PostgresConnection::note_result(const Sent& sent, pg_result* result)
{
    if (!is_failure(result)) {
        if (sent.kind == Kind::Begin && PQntuples(result) == 1) {
            mark_.transaction_id.assign(PQgetvalue(result, 0, 0),
                                        static_cast<std::size_t>(PQgetlength(result, 0, 0)));
        }
        return;
    }
    if (sent.kind == Kind::Prepare) {
        if (const auto made = statements_.find(sent.statement->text); made != statements_.end()) {
            statements_.erase(made);
        }
    }
    if (PQresultStatus(result) == PGRES_PIPELINE_ABORTED || !failed_state_.empty()) return;
    const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char* reason = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    failed_state_ = state == nullptr ? "08006" : state;
    failed_reason_ = reason == nullptr ? PQresultErrorMessage(result) : reason;
}

/// What failed is told once.
void PostgresConnection::throw_failure()
{
    if (failed_state_.empty()) return;
    const auto kind = kind_of(failed_state_);
    if (kind == FailureKind::Lost) lose(failed_reason_);
    throw PostgresFailure{kind, failed_reason_ + " (" + failed_state_ + ")"};
}

PostgresConnection::Result PostgresConnection::answer_to(std::uint64_t ticket)
{
    if (is_in_transaction_) {
        check_sent(PQsendFlushRequest(handle_));
    } else {
        sync();
    }
    while (!sent_.empty()) {
        const bool is_last = sent_.front().ticket == ticket;
        auto result = take_front();
        if (!is_last) continue;
        if (!is_in_transaction_) drain();
        throw_failure();
        return result;
    }
    return nullptr;
}

/// Waits until the rows have come, and with them whatever was sent before.
void PostgresConnection::fetch(PendingRows& rows)
{
    if (!is_usable_) lose("the connection was lost");
    answer_to(rows.ticket());
    // Without an answer: what it was part of has failed or ended, and that was told.
    if (!rows.has_come()) throw PostgresFailure{FailureKind::Statement, "rows are read too late"};
}

void PostgresConnection::forget(const PendingRows& rows) noexcept
{
    for (auto& sent : sent_) {
        if (sent.reader == &rows) sent.reader = nullptr;
    }
}

void PostgresConnection::sync()
{
    check_sent(PQpipelineSync(handle_));
    sent_.push_back({Kind::Sync, 0, nullptr});
}

void PostgresConnection::drain()
{
    while (!sent_.empty()) take_front();
    if (is_in_transaction_ || failed_state_.empty()) return;
    const auto state = std::exchange(failed_state_, {});
    const auto kind = kind_of(state);
    if (kind == FailureKind::Lost) lose(failed_reason_);
    throw PostgresFailure{kind, failed_reason_ + " (" + state + ")"};
}

// Statements.

const PostgresConnection::Statement& PostgresConnection::prepare(std::string_view sql)
{
    if (const auto found = statements_.find(sql); found != statements_.end()) return *found->second;
    if (statements_.size() >= kStatementsMax && !is_in_transaction_) {
        statements_.clear();
        script("DEALLOCATE ALL");
    }
    auto made = std::make_unique<Statement>();
    made->name = "s" + std::to_string(++names_);
    made->text = sql;
    const auto& statement = *made;
    statements_.emplace(statement.text, std::move(made));
    check_sent(
        PQsendPrepare(handle_, statement.name.c_str(), to_postgres(sql).c_str(), 0, nullptr));
    sent_.push_back({Kind::Prepare, 0, &statement});
    return statement;
}

std::uint64_t PostgresConnection::dispatch(std::string_view sql, const Bind* binds,
                                           std::size_t count, Kind kind)
{
    if (!is_usable_) lose("the connection was lost");
    throw_failure();
    const auto& statement = prepare(sql);
    const PostgresParameters parameters{binds, count};
    check_sent(PQsendQueryPrepared(handle_, statement.name.c_str(), parameters.count(),
                                   parameters.values(), parameters.lengths(), parameters.formats(),
                                   kBinaryForm));
    sent_.push_back({kind, ++tickets_, nullptr});
    return tickets_;
}

int PostgresConnection::run_bound(std::string_view sql, const Bind* binds, std::size_t count)
{
    const auto result = answer_to(dispatch(sql, binds, count, Kind::Run));
    return changed_by(result.get());
}

void PostgresConnection::send_bound(std::string_view sql, const Bind* binds, std::size_t count)
{
    const auto ticket = dispatch(sql, binds, count, Kind::Run);
    if (!is_in_transaction_) answer_to(ticket);
}

/// A statement whose answer is somebody's to read.
PostgresConnection::PendingRows* PostgresConnection::dispatch_read(std::string_view sql,
                                                                   const Bind* binds,
                                                                   std::size_t count)
{
    const auto ticket = dispatch(sql, binds, count, Kind::Run);
    std::unique_ptr<PendingRows, PendingRows::Release> rows{new PendingRows{*this, ticket}};
    sent_.back().reader = rows.get();
    // Outside of a transaction nothing else would wait for one that isn't read.
    if (!is_in_transaction_) fetch(*rows);
    return rows.release();
}

Changes PostgresConnection::begin_bound(std::string_view sql, const Bind* binds, std::size_t count)
{
    return Changes{dispatch_read(sql, binds, count)};
}

Rows PostgresConnection::query_bound(std::string_view sql, const Bind* binds, std::size_t count)
{
    return Rows{dispatch_read(sql, binds, count)};
}

void PostgresConnection::script(const std::string& sql)
{
    drain();
    if (PQexitPipelineMode(handle_) != 1 || PQsetnonblocking(handle_, 0) != 0) {
        lose(PQerrorMessage(handle_));
    }
    const Result result{PQexec(handle_, sql.c_str())};
    const bool is_refused = is_failure(result.get());
    const std::string why = PQresultErrorMessage(result.get());
    if (PQstatus(handle_) == CONNECTION_BAD || PQsetnonblocking(handle_, 1) != 0 ||
        PQenterPipelineMode(handle_) != 1) {
        lose(why);
    }
    if (is_refused) throw PostgresFailure{FailureKind::Statement, why};
}

std::vector<std::string> PostgresConnection::notifications()
{
    if (PQconsumeInput(handle_) != 1) lose(PQerrorMessage(handle_));
    std::vector<std::string> payloads;
    while (auto* note = PQnotifies(handle_)) {
        payloads.emplace_back(note->extra);
        PQfreemem(note);
    }
    return payloads;
}

}  // namespace accessd::store
