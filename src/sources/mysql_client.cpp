#include "sources/mysql_client.h"

#include <mysql.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <mutex>
#include <utility>
#include <vector>

namespace accessd::sources {
namespace {

using Outcome = tl::expected<void, Failure>;

// Server's numbers: https://mariadb.com/kb/en/mariadb-error-code-reference/.
constexpr unsigned kAccessDenied = 1045;
constexpr unsigned kAccessDeniedDatabase = 1044;
constexpr unsigned kReadOnly = 1792;
constexpr unsigned kStatementTimeout = 1969;  // MariaDB: max_statement_time.
constexpr unsigned kQueryTimeout = 3024;      // MySQL: max_execution_time.
constexpr unsigned kClientErrors = 2000;      // From here on the library's own.
constexpr std::size_t kPacketBytesMax = kAnswerBytesMax;

// Nothing that shows the password to whoever answers.
constexpr auto kPlugins = "mysql_native_password,caching_sha2_password,client_ed25519";

ValueType type_of(const MYSQL_FIELD& field)
{
    switch (field.type) {
    case MYSQL_TYPE_TINY:
    case MYSQL_TYPE_SHORT:
    case MYSQL_TYPE_INT24:
    case MYSQL_TYPE_LONG:
    case MYSQL_TYPE_LONGLONG:
    case MYSQL_TYPE_YEAR: return ValueType::Integer;
    case MYSQL_TYPE_FLOAT:
    case MYSQL_TYPE_DOUBLE:
    case MYSQL_TYPE_DECIMAL:
    case MYSQL_TYPE_NEWDECIMAL: return ValueType::Real;
    case MYSQL_TYPE_JSON: return ValueType::Json;
    default: return ValueType::Text;
    }
}

/// BIT(1) comes as a byte.
std::string text_of(const MYSQL_FIELD& field, std::string bytes)
{
    if (field.type == MYSQL_TYPE_BIT && bytes.size() == 1) return bytes[0] != 0 ? "1" : "0";
    return bytes;
}

Failure failure_of(unsigned code, const char* message, const char* doing)
{
    auto said = told_by(message);
    if (said.empty()) said = "the connection broke (" + std::to_string(code) + ")";
    if (code == kStatementTimeout || code == kQueryTimeout) {
        return {Failure::Kind::Down, "the query took longer than timeout_ms"};
    }
    if (code == kReadOnly) {
        return {Failure::Kind::Wrong, "the query tries to change something: " + said};
    }
    const bool is_down = code == 0 || code >= kClientErrors || code == kAccessDenied ||
                         code == kAccessDeniedDatabase;
    return {is_down ? Failure::Kind::Down : Failure::Kind::Wrong, std::string{doing} + ": " + said};
}

}  // namespace

/// One connection, asked through the library's non-blocking calls: each wait ends at the deadline, however the
/// server drips its bytes.
class MysqlClient::Connection {
public:
    Connection() : mysql_(mysql_init(nullptr), mysql_close) {}
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    Outcome connect(const SourceSettings& settings, const std::string& address,
                    const std::string& ca_file, Deadline deadline)
    {
        if (!mysql_) return down("out of memory");
        set_options(settings, ca_file);
        const auto& database = settings.database;
        // The library connects to what this holds, and afterwards keeps a copy to compare certificates with:
        // by then it is the name. Were that order another one, certificates would be refused, never believed.
        std::vector<char> host(std::max(address.size(), database.host.size()) + 1, '\0');
        std::copy(address.begin(), address.end(), host.begin());
        MYSQL* connected = nullptr;
        int status =
            mysql_real_connect_start(&connected, mysql_.get(), host.data(), database.user.c_str(),
                                     database.password.reveal().c_str(), database.database.c_str(),
                                     static_cast<unsigned>(database.port), nullptr, 0);
        while (status != 0) {
            std::fill(host.begin(), host.end(), '\0');
            std::copy(database.host.begin(), database.host.end(), host.begin());
            const int ready = wait(status, deadline);
            if (ready == 0) return abandon("it took too long to connect");
            status = mysql_real_connect_cont(&connected, mysql_.get(), ready);
        }
        if (connected == nullptr) {
            return tl::unexpected{failure_of(mysql_errno(mysql_.get()), mysql_error(mysql_.get()),
                                             "it can't be connected to")};
        }
        // The library takes a server that offers no TLS, whatever MYSQL_OPT_SSL_ENFORCE says.
        if (database.tls != TlsMode::None && mysql_get_ssl_cipher(connected) == nullptr) {
            return abandon("the server offers no TLS");
        }
        return prepare_session(settings, deadline);
    }

    tl::expected<Answer, Failure> ask(const QueryText& query, const users::Contact& contact,
                                      Deadline deadline)
    {
        if (!statement_) {
            if (auto prepared = prepare(query, deadline); !prepared) {
                return tl::unexpected{std::move(prepared).error()};
            }
        }
        if (auto executed = execute(query, contact, deadline); !executed) {
            return tl::unexpected{std::move(executed).error()};
        }
        return fetch(deadline);
    }

    bool is_drained() const { return is_drained_; }

    /// Cuts the connection without another word: what is left of an answer isn't read.
    void cut() const
    {
        if (mysql_) ::shutdown(mysql_get_socket(mysql_.get()), SHUT_RDWR);
    }

private:
    void set_options(const SourceSettings& settings, const std::string& ca_file)
    {
        auto* mysql = mysql_.get();
        const my_bool yes = 1;
        const unsigned int no = 0;
        const std::size_t packet = kPacketBytesMax;
        const auto tls = settings.database.tls;
        mysql_options(mysql, MYSQL_OPT_NONBLOCK, nullptr);
        // Or a server could ask for files of this machine.
        mysql_options(mysql, MYSQL_OPT_LOCAL_INFILE, &no);
        mysql_options(mysql, MARIADB_OPT_RESTRICTED_AUTH, kPlugins);
        mysql_options(mysql, MYSQL_OPT_MAX_ALLOWED_PACKET, &packet);
        mysql_options(mysql, MYSQL_SET_CHARSET_NAME, "utf8mb4");
        const unsigned int tcp = MYSQL_PROTOCOL_TCP;
        mysql_options(mysql, MYSQL_OPT_PROTOCOL, &tcp);
        if (tls == TlsMode::None) return;
        mysql_options(mysql, MYSQL_OPT_SSL_ENFORCE, &yes);
        if (tls != TlsMode::Verify) return;
        mysql_options(mysql, MYSQL_OPT_SSL_CA, ca_file.c_str());
        mysql_options(mysql, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &yes);
    }

    Outcome prepare_session(const SourceSettings& settings, Deadline deadline)
    {
        const auto millis = settings.timeout.count();
        const bool is_maria = mariadb_connection(mysql_.get()) != 0;
        const auto limit =
            is_maria ? "SET SESSION max_statement_time = " + std::to_string(millis / 1000) + "." +
                           std::to_string(1000 + millis % 1000).substr(1)
                     : "SET SESSION max_execution_time = " + std::to_string(millis);
        if (auto set = run(limit, deadline); !set) return set;
        return run("SET SESSION TRANSACTION READ ONLY", deadline);
    }

    Outcome run(const std::string& sql, Deadline deadline)
    {
        int failed = 0;
        int status = mysql_real_query_start(&failed, mysql_.get(), sql.data(), sql.size());
        while (status != 0) {
            const int ready = wait(status, deadline);
            if (ready == 0) return abandon("it took too long to answer");
            status = mysql_real_query_cont(&failed, mysql_.get(), ready);
        }
        if (failed == 0) return {};
        return tl::unexpected{failure_of(mysql_errno(mysql_.get()), mysql_error(mysql_.get()),
                                         "the database refuses the session")};
    }

    Outcome prepare(const QueryText& query, Deadline deadline)
    {
        statement_.reset(mysql_stmt_init(mysql_.get()));
        if (!statement_) return down("out of memory");
        int failed = 0;
        int status =
            mysql_stmt_prepare_start(&failed, statement_.get(), query.sql.data(), query.sql.size());
        while (status != 0) {
            const int ready = wait(status, deadline);
            if (ready == 0) return abandon("it took too long to take the query");
            status = mysql_stmt_prepare_cont(&failed, statement_.get(), ready);
        }
        if (failed != 0) return refuse();
        if (mysql_stmt_field_count(statement_.get()) > kColumnsMax) {
            return wrong("the query has more than 200 columns");
        }
        return {};
    }

    Outcome execute(const QueryText& query, const users::Contact& contact, Deadline deadline)
    {
        is_drained_ = false;
        std::vector<MYSQL_BIND> binds(query.parameters.size());
        auto text = contact.text;
        unsigned long length = text.size();
        for (std::size_t i = 0; i < binds.size(); ++i) {
            binds[i].buffer_type =
                query.parameters[i] == contact.kind ? MYSQL_TYPE_STRING : MYSQL_TYPE_NULL;
            binds[i].buffer = text.data();
            binds[i].buffer_length = length;
            binds[i].length = &length;
        }
        if (mysql_stmt_bind_param(statement_.get(), binds.data()) != 0) return refuse();
        int failed = 0;
        int status = mysql_stmt_execute_start(&failed, statement_.get());
        while (status != 0) {
            const int ready = wait(status, deadline);
            if (ready == 0) return abandon("it took too long to answer");
            status = mysql_stmt_execute_cont(&failed, statement_.get(), ready);
        }
        return failed == 0 ? Outcome{} : refuse();
    }

    tl::expected<Answer, Failure> fetch(Deadline deadline)
    {
        const std::unique_ptr<MYSQL_RES, decltype(&mysql_free_result)> metadata{
            mysql_stmt_result_metadata(statement_.get()), mysql_free_result};
        if (!metadata) return wrong("the query gives no rows");
        Answer answer;
        answer.has_fixed_names = true;
        const auto count = mysql_num_fields(metadata.get());
        const auto* fields = mysql_fetch_fields(metadata.get());
        for (unsigned i = 0; i < count; ++i) answer.names.emplace_back(fields[i].name);

        std::vector<MYSQL_BIND> binds(count);  // Of no size: only lengths are told.
        std::vector<unsigned long> lengths(count);
        std::vector<my_bool> nulls(count);
        for (unsigned i = 0; i < count; ++i) {
            binds[i].buffer_type = MYSQL_TYPE_STRING;
            binds[i].length = &lengths[i];
            binds[i].is_null = &nulls[i];
        }
        if (mysql_stmt_bind_result(statement_.get(), binds.data()) != 0) {
            return tl::unexpected{refuse().error()};
        }
        while (answer.records.size() < 2) {
            const auto got = fetch_row(deadline);
            if (!got) return tl::unexpected{got.error()};
            if (!*got) {
                is_drained_ = true;
                mysql_stmt_free_result(statement_.get());
                return answer;
            }
            answer.records.push_back(read_row(fields, count, lengths, nulls));
        }
        return answer;
    }

    tl::expected<bool, Failure> fetch_row(Deadline deadline)
    {
        int outcome = 0;
        int status = mysql_stmt_fetch_start(&outcome, statement_.get());
        while (status != 0) {
            const int ready = wait(status, deadline);
            if (ready == 0) return tl::unexpected{abandon("it took too long to answer").value()};
            status = mysql_stmt_fetch_cont(&outcome, statement_.get(), ready);
        }
        if (outcome == MYSQL_NO_DATA) return false;
        if (outcome == 0 || outcome == MYSQL_DATA_TRUNCATED) return true;
        return tl::unexpected{refuse().error()};
    }

    Record read_row(const MYSQL_FIELD* fields, unsigned count,
                    const std::vector<unsigned long>& lengths, const std::vector<my_bool>& nulls)
    {
        Record record;
        for (unsigned i = 0; i < count; ++i) {
            std::optional<std::string> text;
            if (nulls[i] == 0) {
                std::string bytes(std::min<std::size_t>(lengths[i], kAnswerBytesMax), '\0');
                unsigned long length = bytes.size();
                MYSQL_BIND bind{};
                bind.buffer_type = MYSQL_TYPE_STRING;
                bind.buffer = bytes.data();
                bind.buffer_length = length;
                bind.length = &length;
                if (!bytes.empty()) mysql_stmt_fetch_column(statement_.get(), &bind, i, 0);
                text = text_of(fields[i], std::move(bytes));
            }
            record.push_back(make_field(fields[i].name, std::move(text), type_of(fields[i])));
        }
        return record;
    }

    /// What became ready of what the library waits for; 0: time is over.
    int wait(int status, Deadline deadline) const
    {
        pollfd watched{mysql_get_socket(mysql_.get()), 0, 0};
        if ((status & MYSQL_WAIT_READ) != 0) watched.events |= POLLIN;
        if ((status & MYSQL_WAIT_WRITE) != 0) watched.events |= POLLOUT;
        if ((status & MYSQL_WAIT_EXCEPT) != 0) watched.events |= POLLPRI;
        if (::poll(&watched, 1, milliseconds_until(deadline)) <= 0) return 0;
        int ready = 0;
        if ((watched.revents & (POLLIN | POLLHUP | POLLERR)) != 0) ready |= MYSQL_WAIT_READ;
        if ((watched.revents & (POLLOUT | POLLHUP | POLLERR)) != 0) ready |= MYSQL_WAIT_WRITE;
        if ((watched.revents & POLLPRI) != 0) ready |= MYSQL_WAIT_EXCEPT;
        return ready & status;
    }

    /// A call that isn't finished can't be followed by another one: the connection is cut, and the library,
    /// which finds it cut, ends the call.
    tl::unexpected<Failure> abandon(const char* words) const
    {
        cut();
        return down(words);
    }

    Outcome refuse() const
    {
        const auto code = mysql_stmt_errno(statement_.get());
        // The library notes what happens while rows are fetched at the connection alone.
        if (code == 0) {
            return tl::unexpected{failure_of(mysql_errno(mysql_.get()), mysql_error(mysql_.get()),
                                             "the database ends the query")};
        }
        return tl::unexpected{
            failure_of(code, mysql_stmt_error(statement_.get()), "the database refuses the query")};
    }

    std::unique_ptr<MYSQL, decltype(&mysql_close)> mysql_;
    struct CloseStatement {
        void operator()(MYSQL_STMT* statement) const { mysql_stmt_close(statement); }
    };
    std::unique_ptr<MYSQL_STMT, CloseStatement> statement_;
    bool is_drained_ = false;
};

MysqlClient::MysqlClient(const SourceSettings& settings, QueryText query,
                         const AddressFinder& addresses, std::string ca_file)
    : settings_(settings),
      query_(std::move(query)),
      addresses_(addresses),
      ca_file_(std::move(ca_file))
{
    static std::once_flag once;  // The library isn't ready for several threads to begin at once.
    std::call_once(once, [] { mysql_library_init(0, nullptr, nullptr); });
}

MysqlClient::~MysqlClient()
{
    if (connection_ && !is_reusable_) connection_->cut();
}

tl::expected<Answer, Failure> MysqlClient::ask(const users::Contact& contact, Deadline deadline)
{
    is_reusable_ = false;
    if (!connection_) {
        const auto addresses = addresses_.addresses_of(settings_.database.host);
        if (!addresses) return tl::unexpected{addresses.error()};
        Outcome connected = down("the host has no address");
        for (const auto& address : *addresses) {
            connection_ = std::make_unique<Connection>();
            connected = connection_->connect(settings_, address, ca_file_, deadline);
            if (connected || milliseconds_until(deadline) == 0) break;
        }
        if (!connected) return tl::unexpected{std::move(connected).error()};
    }
    auto answer = connection_->ask(query_, contact, deadline);
    is_reusable_ = answer && connection_->is_drained();
    return answer;
}

}  // namespace accessd::sources
