#include "support/postgres_server.h"

#include <array>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <unistd.h>

namespace accessd::bench {
namespace {

/// What a command printed. Throws std::runtime_error when it failed.
std::string output_of(const std::string& command)
{
    std::FILE* pipe = ::popen(command.c_str(), "r");
    if (pipe == nullptr) throw std::runtime_error{"can't run " + command};
    std::string output;
    std::array<char, 4096> buffer{};
    while (const auto size = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
        output.append(buffer.data(), size);
    }
    if (::pclose(pipe) != 0) throw std::runtime_error{command + " failed"};
    while (output.ends_with('\n')) output.pop_back();
    return output;
}

std::string script() { return std::string{ACCESSD_SOURCE_DIR} + "/scripts/test_postgres"; }

struct Times {
    int parent = 0;
    double seconds = 0;  ///< Its own, and that of children that it has waited for.
};

Times times_of(const std::filesystem::path& process)
{
    std::ifstream file{process / "stat"};
    std::string text;
    std::getline(file, text);
    const auto after_name = text.rfind(')');
    if (after_name == std::string::npos) return {};  // It ended meanwhile.
    std::istringstream fields{text.substr(after_name + 1)};
    std::string skipped;
    Times times;
    fields >> skipped >> times.parent;
    for (int field = 5; field < 14; ++field) fields >> skipped;  // proc(5): utime is the 14th.
    for (int field = 14; field < 18; ++field) {
        double ticks = 0;
        fields >> ticks;
        times.seconds += ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
    }
    return times;
}

}  // namespace

PostgresServer::PostgresServer(const std::filesystem::path& folder)
    : folder_(folder), data_(folder_.path() / "postgres/data")
{
    output_of(script() + " start '" + data_.parent_path().string() + "' durable");
    std::ifstream{data_ / "postmaster.pid"} >> process_;
}

PostgresServer::~PostgresServer()
{
    try {
        output_of(script() + " stop '" + data_.parent_path().string() + "'");
    } catch (const std::exception& problem) {
        std::fprintf(stderr, "%s\n", problem.what());
    }
}

std::string PostgresServer::url() const
{
    return "postgresql://accessd@/postgres?host=" + data_.parent_path().string();
}

std::string PostgresServer::url(std::uint16_t port) const
{
    return "postgresql://accessd@127.0.0.1:" + std::to_string(port) + "/postgres?sslmode=disable";
}

double PostgresServer::cpu_seconds() const
{
    double seconds = times_of("/proc/" + std::to_string(process_)).seconds;
    for (const auto& entry : std::filesystem::directory_iterator{"/proc"}) {
        const auto name = entry.path().filename().string();
        if (name.find_first_not_of("0123456789") != std::string::npos) continue;
        const auto times = times_of(entry.path());
        if (times.parent == process_) seconds += times.seconds;
    }
    return seconds;
}

PostgresServer::Work PostgresServer::work() const
{
    std::istringstream values{
        ask("SELECT (SELECT sum(xact_commit) FROM pg_stat_database) || ' ' || wal_sync || ' ' || "
            "wal_bytes FROM pg_stat_wal")};
    Work work;
    values >> work.commits >> work.wal_syncs >> work.wal_bytes;
    return work;
}

std::string PostgresServer::ask(const std::string& sql) const
{
    return output_of("psql -qAtX '" + url() + "' -c \"" + sql + "\" </dev/null");
}

}  // namespace accessd::bench
