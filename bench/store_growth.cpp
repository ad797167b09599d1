// What does a login cost in a store that is full: of people, of codes that are still good, of events?
// docs/benchmarks.md says how to read the answer.

#include "support/fill.h"
#include "support/login_script.h"
#include "support/measure.h"
#include "support/program.h"
#include "support/report.h"
#include "support/server.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

namespace accessd::bench {
namespace {

using Better = Figure::Better;

constexpr auto kPatience = std::chrono::seconds{60};
constexpr std::size_t kConnections = 32;
constexpr int kEventDays = 1;  // Young enough to be kept.

struct Settings {
    int seconds = 5;
    std::vector<std::int64_t> sizes{0, 250'000, 500'000, 1'000'000};
    std::vector<std::string> engines{"SQLite", "PostgreSQL"};
    std::string folder;
    std::string json;
};

LoginTimes log_in(const Server& server, const Account& account, std::chrono::seconds time)
{
    LoadGenerator generator{server.port(), kConnections};
    LoginScript script{account, kConnections, std::chrono::steady_clock::now() + time, nullptr};
    generator.run(script, time + kPatience);
    return std::move(script.times());
}

void measure(Report& report, const Server& server, const Account& account, const Fill& fill,
             const std::string& heading, int seconds)
{
    std::printf("%s ...\n", heading.c_str());
    std::fflush(stdout);
    log_in(server, account, std::chrono::seconds{1});  // Not measured: pages come into memory.
    const CpuWatch cpu{server.process()};
    auto times = log_in(server, account, std::chrono::seconds{seconds});
    const auto logins = static_cast<double>(std::max<std::size_t>(1, times.completed_in_all));
    const auto spent = cpu.spent();
    std::sort(times.verify.begin(), times.verify.end());
    report.add_heading(heading);
    report.add({"logins", static_cast<double>(times.completed) / seconds, "/s", Better::Higher});
    report.add({"CPU of accessd for each", spent.server_s * 1e3 / logins, "ms"});
    report.add({"verify-otp, 99th percentile", percentile(times.verify, 0.99), "ms"});
    report.add({"store on the disk", fill.size_mb(), "MB"});
    if (times.refused > 0) report.add_note("Refused: " + times.first_refusal);
}

enum class What { People, PendingCodes, Events };

std::string name_of(What what)
{
    if (what == What::People) return "people";
    return what == What::Events ? "events" : "pending codes";
}

void fill_up(const Fill& fill, What what, std::int64_t first, std::int64_t count)
{
    if (what == What::People) fill.users(first, count);
    if (what == What::PendingCodes) fill.pending_validations(first, count);
    if (what == What::Events) fill.events(count, kEventDays);
    fill.settle();
}

void grow(Report& report, const std::string& engine, What what, const Settings& settings,
          const std::filesystem::path& binary, const std::filesystem::path& folder)
{
    const bool is_server = engine == "PostgreSQL";
    const auto postgres = is_server ? std::make_unique<PostgresServer>(folder) : nullptr;
    Server server{{.binary = binary,
                   .folder = folder,
                   .store_url = is_server ? postgres->url() : std::string{}}};
    const auto key = server.make_key();
    server.start();
    const auto account = open_account(server, key, Mail::Inbox);
    const Fill fill{server, postgres.get(), account};
    std::int64_t filled = 0;
    for (const auto size : settings.sizes) {
        server.stop();
        if (size > filled) fill_up(fill, what, filled + 1, size - filled);
        filled = size;
        server.start();
        measure(report, server, account, fill,
                engine + ", " + std::to_string(size) + ' ' + name_of(what), settings.seconds);
    }
}

void run(const Settings& settings)
{
    const auto binary = server_binary();
    const auto folder = data_parent(settings.folder, binary);
    Report report;
    add_machine(report, folder);
    report.add_heading("The disk");
    add_sync(report, folder, "before");
    for (const auto& engine : settings.engines) {
        for (const auto what : {What::People, What::PendingCodes, What::Events}) {
            grow(report, engine, what, settings, binary, folder);
        }
    }
    report.add_heading("The disk again");
    add_sync(report, folder, "after");
    report.print();
    if (!settings.json.empty()) report.write_json(settings.json);
}

}  // namespace
}  // namespace accessd::bench

int main(int argc, char** argv)
{
    accessd::bench::Settings settings;
    CLI::App app{"What does a login cost in a full store?"};
    app.add_option("--seconds", settings.seconds, "for each measurement")
        ->check(CLI::Range(1, 600))
        ->capture_default_str();
    app.add_option("--sizes", settings.sizes, "rows, rising")
        ->delimiter(',')
        ->check(CLI::Range(0, 100'000'000))
        ->capture_default_str();
    app.add_option("--engines", settings.engines)
        ->delimiter(',')
        ->check(CLI::IsMember({"SQLite", "PostgreSQL"}))
        ->capture_default_str();
    app.add_option("--folder", settings.folder, "where data is kept; else beside ACCESSD_BIN");
    app.add_option("--json", settings.json, "also write the figures to this file");
    CLI11_PARSE(app, argc, argv);
    return accessd::bench::run_program("store_growth", [&] { accessd::bench::run(settings); });
}
