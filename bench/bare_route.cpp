// How much of a request is HTTP alone? Requests for each second of the server's processor time on its
// barest route, next to nginx serving a file of the same size.

#include "support/load_generator.h"
#include "support/loopback.h"
#include "support/nginx.h"
#include "support/one_request.h"
#include "support/options.h"

#include <CLI/CLI.hpp>

#include <string>

namespace accessd::bench {
namespace {

using Better = Figure::Better;
using Steady = std::chrono::steady_clock;

constexpr auto kPatience = std::chrono::seconds{20};

struct Settings : Options {
    std::size_t connections = 64;
};

struct Rates {
    double per_second = 0;
    double per_cpu_second = 0;
};

Rates measure(std::uint16_t port, pid_t process, std::size_t connections, std::chrono::seconds time)
{
    const auto request = request_text("GET", "/healthz", {}, {});
    LoadGenerator generator{port, connections};
    OneRequest warm_up{request, connections, Steady::now() + std::chrono::seconds{1}};
    generator.run(warm_up, kPatience);
    const auto cpu = cpu_seconds(process);
    OneRequest script{request, connections, Steady::now() + time};
    generator.run(script, time + kPatience);
    const auto count = static_cast<double>(script.answers());
    return {count / static_cast<double>(time.count()), count / (cpu_seconds(process) - cpu)};
}

void add(Report& report, const std::string& who, const Rates& rates)
{
    report.add({who + ": requests", rates.per_second, "/s", Better::Higher});
    report.add(
        {who + ": requests for each second of its CPU", rates.per_cpu_second, "", Better::Higher});
}

void run(const Settings& settings, Report& report)
{
    const auto [binary, folder] = find_place(settings);
    const auto connections = settings.connections;
    const std::chrono::seconds time{settings.seconds};
    report.add_heading("GET /healthz, " + std::to_string(connections) + " connections");
    Server server{{.binary = binary, .folder = folder}};
    server.start();
    const auto ours = measure(server.port(), server.process(), connections, time);
    add(report, "accessd", ours);
    server.stop();

    if (const auto nginx_binary = find_nginx()) {
        const Nginx nginx{*nginx_binary, folder};
        const auto theirs = measure(nginx.port(), nginx.process(), connections, time);
        add(report, "nginx", theirs);
        report.add({"accessd to nginx, by second of CPU",
                    ours.per_cpu_second / theirs.per_cpu_second, "", Better::Higher, 0.5, 0.9});
    } else {
        report.add_note("nginx isn't installed, so there is nothing to compare with.");
    }
}

}  // namespace
}  // namespace accessd::bench

int main(int argc, char** argv)
{
    using namespace accessd::bench;
    Settings settings;
    settings.seconds = 4;
    CLI::App app{"What does HTTP alone cost, next to nginx?"};
    app.add_option("--connections", settings.connections)
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    add_seconds(app, settings, "for each server");
    add_json(app, settings);
    CLI11_PARSE(app, argc, argv);
    return run_report("bare_route", settings, [&](Report& report) { run(settings, report); });
}
