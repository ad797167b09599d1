#include "sources/postgres_client.h"

#include <libpq-fe.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace accessd::sources {
namespace {

using Result = std::unique_ptr<PGresult, decltype(&PQclear)>;

Result owned(PGresult* result) { return {result, PQclear}; }

// Of PostgreSQL's pg_type.dat; they never change.
constexpr Oid kBool = 16;
constexpr Oid kInt8 = 20;
constexpr Oid kInt2 = 21;
constexpr Oid kInt4 = 23;
constexpr Oid kJson = 114;
constexpr Oid kFloat4 = 700;
constexpr Oid kFloat8 = 701;
constexpr Oid kNumeric = 1700;
constexpr Oid kJsonb = 3802;

ValueType type_of(Oid oid)
{
    switch (oid) {
    case kBool: return ValueType::Boolean;
    case kInt8:
    case kInt2:
    case kInt4: return ValueType::Integer;
    case kFloat4:
    case kFloat8:
    case kNumeric: return ValueType::Real;
    case kJson:
    case kJsonb: return ValueType::Json;
    default: return ValueType::Text;
    }
}

const char* ssl_mode(TlsMode mode)
{
    switch (mode) {
    case TlsMode::Verify: return "verify-full";
    case TlsMode::Require: return "require";
    case TlsMode::None: return "disable";
    }
    return "verify-full";
}

tl::unexpected<Failure> too_slow(std::string_view doing)
{
    return down("it took too long to " + std::string{doing});
}

/// That came over the connection since it began; libpq itself doesn't tell how much it keeps.
std::uint64_t bytes_received(int socket)
{
    tcp_info info{};
    socklen_t length = sizeof(info);
    if (::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &length) != 0) return 0;
    return info.tcpi_bytes_received;
}

Record read_row(const PGresult* result)
{
    Record record;
    for (int column = 0; column < PQnfields(result); ++column) {
        std::optional<std::string> text;
        if (PQgetisnull(result, 0, column) == 0) {
            text.emplace(PQgetvalue(result, 0, column),
                         static_cast<std::size_t>(PQgetlength(result, 0, column)));
        }
        record.push_back(
            make_field(PQfname(result, column), std::move(text), type_of(PQftype(result, column))));
    }
    return record;
}

/// What the database said of a statement, with a hint where the cause is a usual one.
Failure refused(const PGresult* result)
{
    const auto* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const auto* message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const std::string_view code = state == nullptr ? "" : state;
    const auto said = told_by(message == nullptr ? "nothing" : message);
    if (code == "57014") return {Failure::Kind::Down, "the query took longer than timeout_ms"};
    if (code == "25006") {
        return {Failure::Kind::Wrong, "the query tries to change something: " + said};
    }
    if (code == "22P02") {
        return {
            Failure::Kind::Wrong,
            "a parameter is compared with another type (cast the column: id::text = :user_id): " +
                said};
    }
    // 08, 53, 57, 58: connection, resources, operator's intervention, system.
    const bool is_down = code.starts_with("08") || code.starts_with("53") ||
                         code.starts_with("57") || code.starts_with("58");
    return {is_down ? Failure::Kind::Down : Failure::Kind::Wrong,
            "the database refuses the query: " + said};
}

}  // namespace

PostgresClient::PostgresClient(const SourceSettings& settings, QueryText query,
                               const AddressFinder& addresses, std::string ca_file)
    : settings_(settings),
      query_(std::move(query)),
      addresses_(addresses),
      ca_file_(std::move(ca_file)),
      connection_(nullptr, PQfinish)
{
}

PostgresClient::~PostgresClient() = default;

tl::expected<Answer, Failure> PostgresClient::ask(const users::Contact& contact, Deadline deadline)
{
    is_reusable_ = false;
    if (!connection_) {
        if (auto connected = connect(deadline); !connected) {
            return tl::unexpected{std::move(connected).error()};
        }
    }
    bytes_before_ = bytes_received(PQsocket(connection_.get()));
    if (auto begun = begin(deadline); !begun) return tl::unexpected{std::move(begun).error()};
    if (auto sent = send(contact); !sent) return tl::unexpected{std::move(sent).error()};
    auto answer = receive(deadline);
    if (!answer) return answer;
    // More than one row is left to read: throwing the connection away is quicker.
    if (answer->records.size() > 1) return answer;
    is_reusable_ = run("ROLLBACK", deadline).has_value();
    return answer;
}

PostgresClient::Outcome PostgresClient::connect(Deadline deadline)
{
    const auto addresses = addresses_.addresses_of(settings_.database.host);
    if (!addresses) return tl::unexpected{addresses.error()};
    Outcome outcome = down("the host has no address");
    for (const auto& address : *addresses) {
        outcome = connect_to(address, deadline);
        if (outcome || milliseconds_until(deadline) == 0) break;
    }
    return outcome;
}

/// Every setting that libpq would otherwise look for in its environment or in files has a value here.
PostgresClient::Outcome PostgresClient::connect_to(const std::string& address, Deadline deadline)
{
    const auto& database = settings_.database;
    const auto port = std::to_string(database.port);
    const std::array<std::pair<const char*, const char*>, 17> values{{
        {"host", database.host.c_str()},
        {"hostaddr", address.c_str()},
        {"port", port.c_str()},
        {"dbname", database.database.c_str()},
        {"user", database.user.c_str()},
        {"password", database.password.reveal().c_str()},
        {"passfile", "/dev/null"},
        {"sslmode", ssl_mode(database.tls)},
        {"sslrootcert", ca_file_.c_str()},
        {"sslcert", "/dev/null/none"},
        {"sslkey", "/dev/null/none"},
        {"gssencmode", "disable"},
        {"client_encoding", "UTF8"},
        {"application_name", "accessd"},
        {"options", " "},
        {"target_session_attrs", "any"},
        {"service", nullptr},
    }};
    std::array<const char*, values.size() + 1> names{};
    std::array<const char*, values.size() + 1> texts{};
    std::size_t used = 0;
    for (const auto& [name, text] : values) {
        if (text == nullptr) continue;
        names[used] = name;
        texts[used++] = text;
    }
    connection_.reset(PQconnectStartParams(names.data(), texts.data(), 0));
    if (!connection_) return down("out of memory");
    if (PQstatus(connection_.get()) == CONNECTION_BAD) {
        return tl::unexpected{told("it can't be connected to")};
    }
    auto next = PGRES_POLLING_WRITING;
    while (next != PGRES_POLLING_OK) {
        if (next == PGRES_POLLING_FAILED) {
            return tl::unexpected{told("it can't be connected to")};
        }
        if (!poll(next == PGRES_POLLING_READING, deadline)) return too_slow("connect");
        next = PQconnectPoll(connection_.get());
    }
    PQsetnonblocking(connection_.get(), 1);
    return {};
}

PostgresClient::Outcome PostgresClient::begin(Deadline deadline)
{
    const auto limit = std::max(1, milliseconds_until(deadline));
    const auto sql = "BEGIN READ ONLY; SET LOCAL statement_timeout = " + std::to_string(limit);
    return run(sql.c_str(), deadline);
}

PostgresClient::Outcome PostgresClient::send(const users::Contact& contact)
{
    std::vector<const char*> values;
    for (const auto kind : query_.parameters) {
        values.push_back(kind == contact.kind ? contact.text.c_str() : nullptr);
    }
    // The extended protocol: one statement, its values apart from its text.
    if (PQsendQueryParams(connection_.get(), query_.sql.c_str(), static_cast<int>(values.size()),
                          nullptr, values.data(), nullptr, nullptr, 0) == 0) {
        return tl::unexpected{told("the query can't be sent")};
    }
    PQsetSingleRowMode(connection_.get());
    return {};
}

tl::expected<Answer, Failure> PostgresClient::receive(Deadline deadline)
{
    Answer answer;
    answer.has_fixed_names = true;
    if (auto flushed = flush(deadline); !flushed) return tl::unexpected{flushed.error()};
    for (;;) {
        if (auto ready = wait_for_result(deadline); !ready) return tl::unexpected{ready.error()};
        const auto result = owned(PQgetResult(connection_.get()));
        if (!result) return answer;
        const auto status = PQresultStatus(result.get());
        if (status != PGRES_SINGLE_TUPLE && status != PGRES_TUPLES_OK) {
            if (PQstatus(connection_.get()) == CONNECTION_BAD) {
                return tl::unexpected{told("the connection broke")};
            }
            return tl::unexpected{refused(result.get())};
        }
        if (static_cast<std::size_t>(PQnfields(result.get())) > kColumnsMax) {
            return wrong("the query has more than 200 columns");
        }
        if (answer.names.empty()) {
            for (int i = 0; i < PQnfields(result.get()); ++i) {
                answer.names.emplace_back(PQfname(result.get(), i));
            }
        }
        if (status == PGRES_TUPLES_OK) continue;  // The end: without a row.
        answer.records.push_back(read_row(result.get()));
        if (answer.records.size() > 1) return answer;
    }
}

PostgresClient::Outcome PostgresClient::run(const char* sql, Deadline deadline)
{
    if (PQsendQuery(connection_.get(), sql) == 0) {
        return tl::unexpected{told("the connection broke")};
    }
    if (auto flushed = flush(deadline); !flushed) return flushed;
    Outcome outcome;
    for (;;) {
        if (auto ready = wait_for_result(deadline); !ready) return ready;
        const auto result = owned(PQgetResult(connection_.get()));
        if (!result) return outcome;
        if (PQresultStatus(result.get()) == PGRES_COMMAND_OK || !outcome) continue;
        if (PQstatus(connection_.get()) == CONNECTION_BAD) {
            return tl::unexpected{told("the connection broke")};
        }
        outcome = tl::unexpected{refused(result.get())};
    }
}

PostgresClient::Outcome PostgresClient::flush(Deadline deadline)
{
    for (;;) {
        const int left = PQflush(connection_.get());
        if (left == 0) return {};
        if (left < 0) return tl::unexpected{told("the connection broke")};
        if (!poll(false, deadline)) return too_slow("take the query");
    }
}

/// Until PQgetResult doesn't wait. What comes is counted first: libpq keeps a row of any size.
PostgresClient::Outcome PostgresClient::wait_for_result(Deadline deadline)
{
    while (PQisBusy(connection_.get()) != 0) {
        if (!poll(true, deadline)) return too_slow("answer");
        if (PQconsumeInput(connection_.get()) == 0) {
            return tl::unexpected{told("the connection broke")};
        }
        if (bytes_received(PQsocket(connection_.get())) - bytes_before_ > kAnswerBytesMax) {
            return wrong("the answer is larger than 1 MiB");
        }
    }
    return {};
}

PostgresClient::Outcome PostgresClient::poll(bool for_reading, Deadline deadline) const
{
    pollfd watched{PQsocket(connection_.get()), static_cast<short>(for_reading ? POLLIN : POLLOUT),
                   0};
    if (::poll(&watched, 1, milliseconds_until(deadline)) > 0) return {};
    return down("time is over");
}

/// libpq's messages begin with where the connection goes, which callers of the API needn't learn.
Failure PostgresClient::told(const char* what) const
{
    std::string_view message = PQerrorMessage(connection_.get());
    constexpr std::string_view failed = "failed: ";
    if (const auto at = message.find(failed);
        message.starts_with("connection to server") && at != std::string_view::npos) {
        message.remove_prefix(at + failed.size());
    }
    return {Failure::Kind::Down, std::string{what} + ": " + told_by(message)};
}

}  // namespace accessd::sources
