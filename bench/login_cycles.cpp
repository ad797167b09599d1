// How many logins by email code does the server take a second, durably, and what does each cost?
// docs/benchmarks.md says how to read the answer.

#include "support/bare_store.h"
#include "support/login_script.h"
#include "support/options.h"
#include "support/smtp_sink.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace accessd::bench {
namespace {

using Better = Figure::Better;
using Steady = std::chrono::steady_clock;

constexpr int kDrainSecondsMax = 60;

struct Settings : Options {
    std::vector<std::size_t> connections{1, 32, 64, 256};
    std::vector<std::size_t> mail_connections{64, 256};
};

/// Waits until the outbox is empty: messages belong to their login's cost.
double drain(const Server& server)
{
    const auto begin = Steady::now();
    const auto until = begin + std::chrono::seconds{kDrainSecondsMax};
    while (server.metric("accessd_delivery_queue_length") > 0 && Steady::now() < until) {
        std::this_thread::sleep_for(std::chrono::milliseconds{50});
    }
    return std::chrono::duration<double>{Steady::now() - begin}.count();
}

void measure(Report& report, const Server& server, const Account& account, std::size_t connections,
             int seconds, Mailbox* mailbox)
{
    tell(std::to_string(connections) + " connections, " + (mailbox != nullptr ? "mail" : "inbox"));
    const CpuWatch cpu{server.process()};
    auto times = log_in(server, account, connections, std::chrono::seconds{seconds}, mailbox);
    const auto load = cpu.spent();
    const auto drained_s = drain(server);
    const auto all = cpu.spent();

    report.add_heading((mailbox != nullptr ? "Live project, code read from the mail, "
                                           : "Test project, messages to the inbox, ") +
                       std::to_string(connections) + " connections");
    Figure rate{"logins (send + verify + token)", static_cast<double>(times.completed) / seconds,
                "/s", Better::Higher};
    Figure cost{"CPU of the server for each, its message included",
                all.server_s * 1e3 /
                    static_cast<double>(std::max<std::size_t>(1, times.completed_in_all)),
                "ms"};
    if (connections == 64) {
        rate.must = 3000;
        rate.aim = 5000;
        cost.must = 0.4;
        cost.aim = 0.25;
    }
    report.add(rate);
    report.add(cost);
    add_times(report, "send-otp", std::move(times.send));
    add_times(report, "verify-otp", std::move(times.verify),
              connections == 32 ? std::optional{SlowestTargets{20, 6}} : std::nullopt);
    if (mailbox != nullptr) add_times(report, "send-otp to code in hand", std::move(times.mail));
    report.add({"time to empty the outbox afterwards", drained_s, "s"});
    report.add(
        {"CPU of this load generator for each login",
         load.own_s * 1e3 / static_cast<double>(std::max<std::size_t>(1, times.completed_in_all)),
         "ms"});
    report.add({"CPU of other programs, share of the machine", load.others_share * 100, "%"});
    if (times.refused > 0) {
        report.add_note(std::to_string(times.refused) +
                        " answers were refused; the first: " + times.first_refusal);
    }
}

void measure_start(Report& report, Server& server)
{
    std::array<double, 5> times{};
    for (auto& time : times) {
        server.stop();
        time = std::chrono::duration<double, std::milli>{server.start()}.count();
    }
    std::sort(times.begin(), times.end());
    report.add({"start to ready, existing store, median of 5", times[2], "ms", Better::Lower, 150.0,
                50.0});
}

void measure_bare(Report& report, const std::filesystem::path& folder)
{
    const TemporaryFolder inside{folder};
    report.add_heading("SQLite alone, in process, one thread: the bound above");
    for (const int cycles : {1, 32}) {
        const auto bare = run_bare_store(inside.path(), cycles, std::chrono::seconds{2});
        const auto name = cycles == 1 ? std::string{"two commits for each login"}
                                      : "two commits for " + std::to_string(cycles) + " logins";
        report.add({name, bare.cycles_per_s, "/s", Better::Higher});
        report.add({name + ", CPU for each login", bare.cpu_ms_per_cycle, "ms"});
    }
}

void run(const Settings& settings, Report& report)
{
    const auto [binary, folder] = find_place(settings);
    add_machine(report, folder);
    report.add_heading("The disk and the program");
    add_sync(report, folder, "before");

    Mailbox mailbox;
    const SmtpSink sink{[&mailbox](std::string recipient, std::string code) {
        mailbox.put(std::move(recipient), std::move(code));
    }};
    Server server{{.binary = binary, .folder = folder, .smtp_port = sink.port()}};
    const auto key = server.make_key();
    server.start();
    std::this_thread::sleep_for(std::chrono::seconds{1});
    report.add(
        {"memory, idle", memory_of(server.process()).now_mb, "MB", Better::Lower, 40.0, 20.0});

    const auto inbox = open_account(server, key, Mail::Inbox);
    const auto relay = open_account(server, key, Mail::Relay);
    log_in(server, inbox, 32, std::chrono::seconds{1});  // Not measured: to warm up.
    drain(server);
    Report logins;
    for (const auto count : settings.connections) {
        measure(logins, server, inbox, count, settings.seconds, nullptr);
    }
    for (const auto count : settings.mail_connections) {
        measure(logins, server, relay, count, settings.seconds, &mailbox);
    }
    report.add({"memory, the most under load", memory_of(server.process()).most_mb, "MB",
                Better::Lower, 80.0, 40.0});
    measure_start(report, server);
    server.stop();
    add_sync(report, folder, "after");

    measure_bare(logins, folder);
    report.append(logins);
}

}  // namespace
}  // namespace accessd::bench

int main(int argc, char** argv)
{
    using namespace accessd::bench;
    Settings settings;
    CLI::App app{"How many logins by email code does the server take a second?"};
    add_seconds(app, settings, "for each number of connections");
    add_numbers(app, "--connections", settings.connections, "to a test project; 0: none", 0,
                10'000);
    add_numbers(app, "--mail-connections", settings.mail_connections, "to a live project; 0: none",
                0, 10'000);
    add_folder(app, settings);
    add_json(app, settings);
    CLI11_PARSE(app, argc, argv);
    std::erase(settings.connections, 0U);
    std::erase(settings.mail_connections, 0U);
    return run_report("login_cycles", settings, [&](Report& report) { run(settings, report); });
}
