// What does a login cost in a store that is full: of people, of codes that are still good, of events?
// docs/benchmarks.md says how to read the answer.

#include "support/fill.h"
#include "support/login_script.h"
#include "support/options.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace accessd::bench {
namespace {

using Better = Figure::Better;

constexpr std::size_t kConnections = 32;
constexpr int kEventDays = 1;  // Young enough to be kept.

struct Settings : Options {
    std::vector<std::int64_t> sizes{0, 250'000, 500'000, 1'000'000};
    std::vector<std::string> engines{"SQLite", "PostgreSQL"};
};

void measure(Report& report, const Server& server, const Account& account, const Fill& fill,
             const std::string& heading, int seconds)
{
    tell(heading);
    log_in(server, account, kConnections,
           std::chrono::seconds{1});  // Not measured: pages come into memory.
    const CpuWatch cpu{server.process()};
    auto times = log_in(server, account, kConnections, std::chrono::seconds{seconds});
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

void run(const Settings& settings, Report& report)
{
    const auto [binary, folder] = find_place(settings);
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
}

}  // namespace
}  // namespace accessd::bench

int main(int argc, char** argv)
{
    using namespace accessd::bench;
    Settings settings;
    settings.seconds = 5;
    CLI::App app{"What does a login cost in a full store?"};
    add_seconds(app, settings, "for each measurement");
    add_numbers(app, "--sizes", settings.sizes, "rows, rising", 0, 100'000'000);
    add_engines(app, settings.engines);
    add_folder(app, settings);
    add_json(app, settings);
    CLI11_PARSE(app, argc, argv);
    return run_report("store_growth", settings, [&](Report& report) { run(settings, report); });
}
