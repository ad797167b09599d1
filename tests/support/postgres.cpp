#include "support/postgres.h"

#include <libpq-fe.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <stdexcept>

namespace accessd::test {
namespace {

std::string server_url()
{
    const char* url = std::getenv("ACCESSD_TEST_POSTGRES");
    if (url != nullptr) return url;
    throw std::runtime_error{
        "no PostgreSQL for tests: run them by ctest, or set ACCESSD_TEST_POSTGRES to what "
        "scripts/test_postgres start prints"};
}

void run(const std::string& sql)
{
    const std::unique_ptr<PGconn, decltype(&PQfinish)> server{PQconnectdb(server_url().c_str()),
                                                              PQfinish};
    const std::unique_ptr<PGresult, decltype(&PQclear)> result{PQexec(server.get(), sql.c_str()),
                                                               PQclear};
    if (PQresultStatus(result.get()) != PGRES_COMMAND_OK)
        throw std::runtime_error{PQerrorMessage(server.get())};
}

std::string next_name()
{
    static std::atomic<int> made{0};
    return "test_" + std::to_string(::getpid()) + "_" + std::to_string(++made);
}

}  // namespace

PostgresDatabaseForTest::PostgresDatabaseForTest() : name_(next_name()), url_(server_url())
{
    run("CREATE DATABASE " + name_);
    const std::string everybodys = "@/postgres?";
    url_.replace(url_.find(everybodys), everybodys.size(), "@/" + name_ + "?");
}

PostgresDatabaseForTest::~PostgresDatabaseForTest()
{
    try {
        run("DROP DATABASE " + name_ + " WITH (FORCE)");
    } catch (const std::exception&) {
        // It goes with the server.
    }
}

}  // namespace accessd::test
