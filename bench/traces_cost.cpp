// What do traces cost: sent for every login, for one in ten, and for none?
// docs/benchmarks.md says how to read the answer.

#include "support/http_sink.h"
#include "support/login_script.h"
#include "support/options.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <list>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace accessd::bench {
namespace {

using Better = Figure::Better;

constexpr std::size_t kConnections = 32;
/// Spans wait up to two seconds for others to be sent with: their CPU belongs to their logins.
constexpr auto kSpansLeave = std::chrono::seconds{3};

/// A server that traces so much, and what logins on it came to in all rounds.
struct Traced {
    Traced(std::string told, Server::Options options)
        : how(std::move(told)), server(std::move(options))
    {
    }

    std::string how;
    Server server;
    Account account{};
    LoginTimes times{};
    double cpu_s = 0;

    double logins() const
    {
        return static_cast<double>(std::max<std::size_t>(1, times.completed_in_all));
    }
};

/// `ratio`: of logins that are traced, as OpenTelemetry's variable has it; empty: traces are off.
void add_server(std::list<Traced>& servers, const Place& place, const std::string& how,
                const std::string& ratio, const HttpSink& collector)
{
    std::vector<std::string> environment;
    if (!ratio.empty()) {
        environment = {"OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:" +
                           std::to_string(collector.port()),
                       "OTEL_TRACES_SAMPLER_ARG=" + ratio};
    }
    auto& traced = servers.emplace_back(how, Server::Options{.binary = place.binary,
                                                             .folder = place.folder,
                                                             .environment = environment});
    const auto key = traced.server.make_key();
    traced.server.start();
    traced.account = open_account(traced.server, key, Mail::Inbox);
    log_in(traced.server, traced.account, kConnections, std::chrono::seconds{1});  // To warm up.
    std::this_thread::sleep_for(kSpansLeave);
}

void measure(Traced& traced, std::chrono::seconds time)
{
    const auto cpu = cpu_seconds(traced.server.process());
    const auto times = log_in(traced.server, traced.account, kConnections, time);
    std::this_thread::sleep_for(kSpansLeave);
    traced.cpu_s += cpu_seconds(traced.server.process()) - cpu;
    if (times.refused > 0) throw std::runtime_error{"refused: " + times.first_refusal};
    traced.times.add(times);
}

void add(Report& report, Traced& traced, const Traced& off, double seconds)
{
    report.add_heading(traced.how);
    report.add(
        {"logins", static_cast<double>(traced.times.completed) / seconds, "/s", Better::Higher});
    report.add({"logins, beside those without traces", 100 * traced.logins() / off.logins(), "%",
                Better::Higher});
    report.add({"CPU of the server for each", traced.cpu_s * 1e3 / traced.logins(), "ms"});
    add_times(report, "verify-otp", std::move(traced.times.verify));
    report.add({"spans sent, warming up included",
                traced.server.metric("accessd_trace_spans_sent_total"), ""});
    report.add({"spans lost", traced.server.metric("accessd_trace_spans_dropped_total"), ""});
}

void run(const Options& options, Report& report)
{
    const auto place = find_place(options);
    add_machine(report, place.folder);
    report.add_heading("The disk");
    add_sync(report, place.folder, "before");
    const HttpSink collector;
    std::list<Traced> servers;  // What is in it never moves.
    add_server(servers, place, "No traces", {}, collector);
    add_server(servers, place, "One trace in ten", "0.1", collector);
    add_server(servers, place, "Every trace", "1", collector);

    for (int round = 1; round <= options.rounds; ++round) {
        tell("with more and more traces, " + std::to_string(round) + " of " +
             std::to_string(options.rounds));
        for (auto& traced : servers) measure(traced, std::chrono::seconds{options.seconds});
    }
    for (auto& traced : servers) {
        add(report, traced, servers.front(), options.seconds * options.rounds);
    }
    if (collector.requests() == 0) throw std::runtime_error{"no traces came to the collector"};
    report.add_heading("The disk again");
    add_sync(report, place.folder, "after");
}

}  // namespace
}  // namespace accessd::bench

int main(int argc, char** argv)
{
    using namespace accessd::bench;
    Options options;
    CLI::App app{"What do traces cost?"};
    add_seconds(app, options, "for each measurement");
    add_rounds(app, options, "of logins without, with some and with all traces");
    add_folder(app, options);
    add_json(app, options);
    CLI11_PARSE(app, argc, argv);
    return run_report("traces_cost", options, [&](Report& report) { run(options, report); });
}
