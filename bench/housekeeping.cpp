// How fast do old events go, and what do logins notice of it?
// docs/benchmarks.md says how to read the answer.

#include "support/fill.h"
#include "support/login_script.h"
#include "support/options.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace accessd::bench {
namespace {

using Better = Figure::Better;
using Steady = std::chrono::steady_clock;

constexpr std::size_t kConnections = 32;
constexpr int kEventDays = 2000;  // Older than any project keeps them.
/// The housekeeper looks for what is too old a minute after the start.
constexpr auto kPruneBegins = std::chrono::seconds{120};

struct Settings : Options {
    std::vector<std::int64_t> events{100'000, 1'000'000, 10'000'000};
    std::vector<std::string> engines{"SQLite", "PostgreSQL"};
};

void add_logins(Report& report, const std::string& when, LoginTimes times, int seconds)
{
    report.add(
        {"logins, " + when, static_cast<double>(times.completed) / seconds, "/s", Better::Higher});
    add_times(report, "verify-otp, " + when, std::move(times.verify));
    if (times.refused > 0) report.add_note("Refused: " + times.first_refusal);
}

/// Until events begin to go. Throws std::runtime_error.
std::int64_t await_prune(const Fill& fill, std::int64_t oldest)
{
    const auto until = Steady::now() + kPruneBegins;
    while (fill.oldest_event() == oldest) {
        if (Steady::now() > until) throw std::runtime_error{"old events don't go"};
        std::this_thread::sleep_for(std::chrono::milliseconds{100});
    }
    return fill.oldest_event();
}

void measure_prune(Report& report, const Server& server, const Account& account, const Fill& fill,
                   std::int64_t events, int seconds)
{
    const auto oldest = fill.oldest_event();
    const std::chrono::seconds time{seconds};
    log_in(server, account, kConnections,
           std::chrono::seconds{1});  // Not measured: pages come into memory.
    add_logins(report, "before old events go", log_in(server, account, kConnections, time),
               seconds);
    report.add({"store on the disk, before", fill.size_mb(), "MB"});

    const auto begin = await_prune(fill, oldest);
    auto times = log_in(server, account, kConnections, time);
    const auto during = fill.oldest_event();
    add_logins(report, "while they go", std::move(times), seconds);
    report.add({"events removed beside logins", static_cast<double>(during - begin) / seconds, "/s",
                Better::Higher});

    const auto alone = Steady::now();
    std::this_thread::sleep_for(time);
    const auto now = fill.oldest_event();
    const std::chrono::duration<double> took = Steady::now() - alone;
    if (now < oldest + events) {  // Otherwise they were gone before the time was over.
        report.add({"events removed, no logins", static_cast<double>(now - during) / took.count(),
                    "/s", Better::Higher});
    }
    report.add({"store on the disk, after", fill.size_mb(), "MB"});
}

void prune(Report& report, const std::string& engine, std::int64_t events, const Settings& settings,
           const std::filesystem::path& binary, const std::filesystem::path& folder)
{
    const auto heading = engine + ", " + std::to_string(events) + " old events";
    tell(heading);
    report.add_heading(heading);
    const bool is_server = engine == "PostgreSQL";
    const auto postgres = is_server ? std::make_unique<PostgresServer>(folder) : nullptr;
    Server server{{.binary = binary,
                   .folder = folder,
                   .store_url = is_server ? postgres->url() : std::string{}}};
    const auto key = server.make_key();
    server.start();
    const auto account = open_account(server, key, Mail::Inbox);
    server.stop();
    const Fill fill{server, postgres.get(), account};
    const auto begin = Steady::now();
    fill.events(events, kEventDays);
    fill.settle();
    const std::chrono::duration<double> took = Steady::now() - begin;
    report.add({"time to fill the store, by SQL", took.count(), "s"});
    server.start();
    measure_prune(report, server, account, fill, events, settings.seconds);
}

void run(const Settings& settings, Report& report)
{
    const auto [binary, folder] = find_place(settings);
    add_machine(report, folder);
    report.add_heading("The disk");
    add_sync(report, folder, "before");
    for (const auto& engine : settings.engines) {
        for (const auto events : settings.events) {
            prune(report, engine, events, settings, binary, folder);
        }
    }
    report.add_heading("The disk again");
    add_sync(report, folder, "after");
}

}  // namespace
}  // namespace accessd::bench

int main(int argc, char** argv)
{
    using namespace accessd::bench;
    Settings settings;
    CLI::App app{"How fast do old events go, and what do logins notice of it?"};
    add_seconds(app, settings, "for each measurement", 40);
    add_numbers(app, "--events", settings.events, "that are too old", 1000, 100'000'000);
    add_engines(app, settings.engines);
    add_folder(app, settings);
    add_json(app, settings);
    CLI11_PARSE(app, argc, argv);
    return run_report("housekeeping", settings, [&](Report& report) { run(settings, report); });
}
