// What does a login cost on PostgreSQL, beside the embedded store, in the same run on the same disk?
// docs/benchmarks.md says how to read the answer.

#include "support/counting_relay.h"
#include "support/http_sink.h"
#include "support/login_script.h"
#include "support/options.h"
#include "support/postgres_server.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <future>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace accessd::bench {
namespace {

using Better = Figure::Better;

constexpr auto kCounted = std::chrono::seconds{3};
constexpr std::size_t kProjects = 4;
constexpr auto kLetOut = "[outbound]\nallow = [\"127.0.0.0/8\"]\n";  // The provider is here.

struct Settings : Options {
    std::vector<std::size_t> connections{1, 32, 64, 256};
    std::vector<std::size_t> phone_connections{1, 32, 256};
};

/// One engine with a server on it that is ready for logins.
struct Engine {
    std::string name;
    Server& server;
    std::vector<Account> accounts;  ///< Each of a project of its own.
    Account phones;                 ///< A live project, with a provider of SMS.
    PostgresServer* postgres = nullptr;
};

/// What was used since the last look.
struct Use {
    double server_s = 0;
    double postgres_s = 0;
    PostgresServer::Work work;
};

Use use_of(const Engine& engine)
{
    Use use;
    use.server_s = cpu_seconds(engine.server.process());
    if (engine.postgres == nullptr) return use;
    use.postgres_s = engine.postgres->cpu_seconds();
    use.work = engine.postgres->work();
    return use;
}

/// The connections shared out among the first `projects` accounts.
LoginTimes drive(const Engine& engine, std::size_t projects, std::size_t connections,
                 std::chrono::seconds time)
{
    std::vector<std::future<LoginTimes>> parts;
    for (std::size_t i = 0; i < projects; ++i) {
        parts.push_back(std::async(std::launch::async, [&, i] {
            return log_in(engine.server, engine.accounts[i], connections / projects, time);
        }));
    }
    LoginTimes all = parts[0].get();
    for (std::size_t i = 1; i < projects; ++i) all.add(parts[i].get());
    return all;
}

template <class Drive>
void measure(Report& report, const Engine& engine, const std::string& what, int seconds,
             const Drive& drive_all)
{
    const auto heading = engine.name + ", " + what;
    tell(heading);
    const auto before = use_of(engine);
    auto times = drive_all(std::chrono::seconds{seconds});
    const auto after = use_of(engine);
    const auto logins = static_cast<double>(std::max<std::size_t>(1, times.completed_in_all));

    report.add_heading(heading);
    report.add({"logins (send + verify + token)", static_cast<double>(times.completed) / seconds,
                "/s", Better::Higher});
    report.add(
        {"CPU of accessd for each", (after.server_s - before.server_s) * 1e3 / logins, "ms"});
    if (engine.postgres != nullptr) {
        report.add({"CPU of PostgreSQL for each",
                    (after.postgres_s - before.postgres_s) * 1e3 / logins, "ms"});
        report.add({"commits for each", (after.work.commits - before.work.commits) / logins, ""});
        report.add({"syncs of its log for each",
                    (after.work.wal_syncs - before.work.wal_syncs) / logins, ""});
        report.add({"log written for each",
                    (after.work.wal_bytes - before.work.wal_bytes) / logins / 1024, "KiB"});
    }
    add_times(report, "verify-otp", std::move(times.verify));
    if (times.refused > 0) {
        report.add_note(engine.name + ": " + std::to_string(times.refused) +
                        " answers were refused; the first: " + times.first_refusal);
    }
}

void measure_emails(Report& report, const Engine& engine, std::size_t projects,
                    std::size_t connections, int seconds)
{
    const auto what = std::to_string(connections) + " connections, email, " +
                      (projects == 1 ? "one project" : std::to_string(projects) + " projects");
    measure(report, engine, what, seconds,
            [&](std::chrono::seconds time) { return drive(engine, projects, connections, time); });
}

/// Codes by SMS, read from what the provider was asked to send.
void measure_phones(Report& report, const Engine& engine, Mailbox& mailbox, std::size_t connections,
                    int seconds)
{
    const auto what = std::to_string(connections) + " connections, SMS of a live project";
    measure(report, engine, what, seconds, [&](std::chrono::seconds time) {
        return log_in(engine.server, engine.phones, connections, time, &mailbox);
    });
}

/// {"to": "+34...", "code": "123456"} at the end of a request.
void put_text(Mailbox& mailbox, std::string_view request)
{
    const auto body = nlohmann::json::parse(request.substr(request.find("\r\n\r\n") + 4));
    mailbox.put(body.at("to").get<std::string>(), body.at("code").get<std::string>());
}

Engine start(Server& server, std::string name, PostgresServer* postgres, std::uint16_t sms_port)
{
    const auto key = server.make_key();
    server.start();
    Engine engine{std::move(name), server, {}, {}, postgres};
    for (std::size_t i = 0; i < kProjects; ++i) {
        engine.accounts.push_back(open_account(server, key, Mail::Inbox));
    }
    engine.phones = open_account(server, key, Mail::Sms, sms_port);
    drive(engine, 1, 16, std::chrono::seconds{1});  // Not measured: to warm up.
    return engine;
}

/// Logins one after the other, over a relay that counts how often a connection waits for PostgreSQL.
void count_round_trips(Report& report, const std::filesystem::path& binary,
                       const std::filesystem::path& folder)
{
    PostgresServer postgres{folder};
    const CountingRelay relay{postgres.socket()};
    const HttpSink provider;
    Server server{{.binary = binary,
                   .folder = folder,
                   .extra_settings = kLetOut,
                   .store_url = postgres.url(relay.port())}};
    const auto engine = start(server, "PostgreSQL", &postgres, provider.port());
    std::this_thread::sleep_for(std::chrono::seconds{1});
    const auto begin = relay.round_trips();
    std::this_thread::sleep_for(kCounted);
    const auto idle = relay.round_trips() - begin;
    const auto times = drive(engine, 1, 1, kCounted);
    const auto busy = relay.round_trips() - begin - 2 * idle;
    report.add_heading("PostgreSQL, one login after the other");
    report.add({"round trips for each, those of an idle server taken off",
                static_cast<double>(busy) /
                    static_cast<double>(std::max<std::size_t>(1, times.completed_in_all)),
                ""});
    report.add({"round trips of an idle server",
                static_cast<double>(idle) / static_cast<double>(kCounted.count()), "/s"});
}

void run(const Settings& settings, Report& report)
{
    const auto [binary, folder] = find_place(settings);
    add_machine(report, folder);
    report.add_heading("The disk");
    add_sync(report, folder, "before");
    {
        PostgresServer postgres{folder};
        Mailbox mailbox;
        const HttpSink provider{
            [&mailbox](std::string_view request) { put_text(mailbox, request); }};
        Server embedded{{.binary = binary, .folder = folder, .extra_settings = kLetOut}};
        Server node{{.binary = binary,
                     .folder = folder,
                     .extra_settings = kLetOut,
                     .store_url = postgres.url()}};
        const std::vector<Engine> engines{
            start(embedded, "SQLite", nullptr, provider.port()),
            start(node, "PostgreSQL", &postgres, provider.port()),
        };
        for (const auto count : settings.connections) {
            for (const auto& engine : engines)
                measure_emails(report, engine, 1, count, settings.seconds);
        }
        for (const auto count : settings.phone_connections) {
            for (const auto& engine : engines)
                measure_phones(report, engine, mailbox, count, settings.seconds);
        }
        // What one project's events in order cost: docs/decisions/0061.
        const auto most = settings.connections.back();
        if (most >= kProjects)
            measure_emails(report, engines[1], kProjects, most, settings.seconds);
        report.add_note(postgres.ask("SELECT version()").substr(0, 16) + ", fsync " +
                        postgres.ask("SHOW fsync") + ", synchronous_commit " +
                        postgres.ask("SHOW synchronous_commit"));
    }
    count_round_trips(report, binary, folder);
    report.add_heading("The disk again");
    add_sync(report, folder, "after");
}

}  // namespace
}  // namespace accessd::bench

int main(int argc, char** argv)
{
    using namespace accessd::bench;
    Settings settings;
    CLI::App app{"What does a login cost on PostgreSQL, beside the embedded store?"};
    add_seconds(app, settings, "for each number of connections");
    add_numbers(app, "--connections", settings.connections, "at the same time", 1, 10'000);
    add_numbers(app, "--phone-connections", settings.phone_connections,
                "with codes by SMS; 0: none", 0, 10'000);
    add_folder(app, settings);
    add_json(app, settings);
    CLI11_PARSE(app, argc, argv);
    std::erase(settings.phone_connections, 0U);
    return run_report("engines_compared", settings, [&](Report& report) { run(settings, report); });
}
