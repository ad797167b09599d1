// How many events a second reach a webhook, and what do logins pay for it?
// docs/benchmarks.md says how to read the answer.

#include "support/http_sink.h"
#include "support/login_script.h"
#include "support/loopback.h"
#include "support/options.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace accessd::bench {
namespace {

using Better = Figure::Better;
using Steady = std::chrono::steady_clock;

constexpr std::size_t kConnections = 32;
/// What was read of a webhook is good for a second.
constexpr auto kPauseHolds = std::chrono::milliseconds{1500};
constexpr auto kDrainMax = std::chrono::minutes{10};

struct Settings : Options {
    std::size_t events = 100'000;
};

/// A paused webhook for every event of the project.
std::string make_webhook(const Server& server, const Account& account, const HttpSink& sink)
{
    const nlohmann::json body{{"url", "http://127.0.0.1:" + std::to_string(sink.port()) + "/"},
                              {"events", {"*"}},
                              {"status", "paused"}};
    const auto made =
        call(server.port(), "POST", "/v2/access/projects/" + account.project_id + "/webhooks",
             account.token, body.dump());
    if (made.status != 201) throw std::runtime_error{"no webhook: " + made.body};
    return nlohmann::json::parse(made.body).at("data").at("webhook_id");
}

nlohmann::json set_status(const Server& server, const Account& account, const std::string& webhook,
                          const std::string& status)
{
    const auto answer = call(server.port(), "PATCH", "/v2/access/webhooks/" + webhook,
                             account.token, nlohmann::json{{"status", status}}.dump());
    if (answer.status != 200) throw std::runtime_error{"no change: " + answer.body};
    return nlohmann::json::parse(answer.body).at("data");
}

std::size_t waiting(const Server& server, const Account& account, const std::string& webhook)
{
    const auto answer = call(server.port(), "GET", "/v2/access/webhooks/" + webhook, account.token);
    return nlohmann::json::parse(answer.body).at("data").at("health").at("events_waiting");
}

/// Logins, until so many events wait.
void fill(const Server& server, const Account& account, const std::string& webhook,
          std::size_t events)
{
    while (waiting(server, account, webhook) < events) {
        log_in(server, account, kConnections, std::chrono::milliseconds{500});
    }
}

/// Seconds until the sink has had so many more requests.
double await(const HttpSink& sink, std::size_t before, std::size_t count)
{
    const auto begin = Steady::now();
    while (sink.requests() - before < count) {
        if (Steady::now() - begin > kDrainMax) throw std::runtime_error{"events don't arrive"};
        std::this_thread::sleep_for(std::chrono::milliseconds{2});
    }
    return std::chrono::duration<double>{Steady::now() - begin}.count();
}

double rate(const LoginTimes& logins, int seconds)
{
    return static_cast<double>(logins.completed) / seconds;
}

void add_logins(Report& report, const std::string& when, LoginTimes& logins, int seconds)
{
    std::sort(logins.verify.begin(), logins.verify.end());
    report.add({"logins, " + when, rate(logins, seconds), "/s", Better::Higher});
    report.add({"verify-otp, 99th percentile, " + when, percentile(logins.verify, 0.99), "ms"});
}

/// Logins with the webhook paused and draining by turns, so that whatever else changes on this machine, and in a
/// store that grows, falls on both alike.
void compare_logins(const Server& server, const Account& account, const std::string& webhook,
                    const HttpSink& sink, const Settings& settings, Report& report)
{
    const std::chrono::seconds time{settings.seconds};
    LoginTimes paused;
    LoginTimes draining;
    std::size_t drained = 0;
    for (int round = 1; round <= settings.rounds; ++round) {
        tell("logins with the webhook paused and draining, " + std::to_string(round) + " of " +
             std::to_string(settings.rounds));
        paused.add(log_in(server, account, kConnections, time));
        const auto before = sink.requests();
        set_status(server, account, webhook, "active");
        draining.add(log_in(server, account, kConnections, time));
        drained += sink.requests() - before;
        set_status(server, account, webhook, "paused");
        std::this_thread::sleep_for(kPauseHolds);
    }
    const int seconds = settings.seconds * settings.rounds;
    add_logins(report, "webhook paused", paused, seconds);
    add_logins(report, "while it drains", draining, seconds);
    report.add({"logins that draining leaves",
                rate(draining, seconds) / std::max(1.0, rate(paused, seconds)) * 100, "%",
                Better::Higher});
    report.add(
        {"events drained meanwhile", static_cast<double>(drained) / seconds, "/s", Better::Higher});
}

void drain_alone(const Server& server, const Account& account, const std::string& webhook,
                 const HttpSink& sink, const Settings& settings, Report& report)
{
    fill(server, account, webhook, settings.events);
    const auto count = settings.events;  // More may wait, of the logins before.
    tell("draining " + std::to_string(count) + " events");
    const auto cpu = cpu_seconds(server.process());
    const auto before = sink.requests();
    set_status(server, account, webhook, "active");
    const auto seconds = await(sink, before, count);
    const auto events = static_cast<double>(count);
    report.add(
        {"events drained, no logins", events / seconds, "/s", Better::Higher, 1000.0, 5000.0});
    report.add({"CPU of the server for each event",
                (cpu_seconds(server.process()) - cpu) * 1e3 / events, "ms"});
}

void run(const Settings& settings, Report& report)
{
    const auto [binary, folder] = find_place(settings);
    const HttpSink sink;
    Server server{{.binary = binary,
                   .folder = folder,
                   .extra_settings = "[outbound]\nallow = [\"127.0.0.0/8\"]\n"}};
    const auto key = server.make_key();
    server.start();
    const auto account = open_account(server, key, Mail::Inbox);
    const auto webhook = make_webhook(server, account, sink);
    report.add_heading("One webhook, 32 connections for logins, sync of the disk included");

    fill(server, account, webhook, settings.events);
    compare_logins(server, account, webhook, sink, settings, report);
    drain_alone(server, account, webhook, sink, settings, report);
    server.stop();
}

}  // namespace
}  // namespace accessd::bench

int main(int argc, char** argv)
{
    using namespace accessd::bench;
    Settings settings;
    settings.rounds = 3;
    CLI::App app{"How many events a second reach a webhook, and what do logins pay for it?"};
    app.add_option("--events", settings.events, "that wait before they are drained")
        ->check(CLI::Range(1, 10'000'000))
        ->capture_default_str();
    add_seconds(app, settings, "for each measurement of logins");
    add_rounds(app, settings, "of logins without and with draining");
    add_folder(app, settings);
    add_json(app, settings);
    CLI11_PARSE(app, argc, argv);
    return run_report("webhooks_drained", settings, [&](Report& report) { run(settings, report); });
}
