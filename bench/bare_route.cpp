// How much of a request is HTTP alone? Requests for each second of the server's processor time on its
// barest route, next to nginx serving a file of the same size.

#include "support/load_generator.h"
#include "support/loopback.h"
#include "support/program.h"
#include "support/report.h"
#include "support/server.h"

#include <CLI/CLI.hpp>

#include <cstdlib>
#include <fstream>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

namespace accessd::bench {
namespace {

using Better = Figure::Better;
using Steady = std::chrono::steady_clock;

constexpr auto kPatience = std::chrono::seconds{20};
constexpr std::string_view kBody = R"({"status":"ok"})";

/// The same request, over and over.
class OneRequest final : public Script {
public:
    OneRequest(std::string_view path, std::size_t slots, Steady::time_point until)
        : text_(request_text("GET", path, {}, {})), until_(until), busy_(slots)
    {
    }
    std::string_view next_request(std::size_t) override
    {
        if (Steady::now() < until_) return text_;
        --busy_;
        return {};
    }
    void on_answer(std::size_t, const Answer& answer) override
    {
        if (answer.status != 200) throw std::runtime_error{"an answer other than 200"};
        ++answers_;
    }
    bool is_done() const override { return busy_ == 0; }
    std::size_t answers() const { return answers_; }

private:
    std::string text_;
    Steady::time_point until_;
    std::size_t busy_;
    std::size_t answers_ = 0;
};

struct Rates {
    double per_second = 0;
    double per_cpu_second = 0;
};

Rates measure(std::uint16_t port, pid_t process, std::size_t connections, std::chrono::seconds time)
{
    LoadGenerator generator{port, connections};
    OneRequest warm_up{"/healthz", connections, Steady::now() + std::chrono::seconds{1}};
    generator.run(warm_up, kPatience);
    const auto cpu = cpu_seconds(process);
    OneRequest script{"/healthz", connections, Steady::now() + time};
    generator.run(script, time + kPatience);
    const auto count = static_cast<double>(script.answers());
    return {count / static_cast<double>(time.count()), count / (cpu_seconds(process) - cpu)};
}

std::optional<std::filesystem::path> find_nginx()
{
    const char* path = std::getenv("PATH");
    std::istringstream folders{std::string{path == nullptr ? "" : path} + ":/usr/sbin"};
    for (std::string folder; std::getline(folders, folder, ':');) {
        const auto file = std::filesystem::path{folder} / "nginx";
        if (std::filesystem::exists(file)) return file;
    }
    return std::nullopt;
}

/// nginx as one process, serving one small file from memory's page cache.
class Nginx {
public:
    Nginx(const std::filesystem::path& binary, const std::filesystem::path& parent)
        : folder_(parent), port_(free_port())
    {
        const auto& folder = folder_.path();
        std::ofstream{folder / "healthz"} << kBody;
        std::ofstream{folder / "nginx.conf"} << configuration();
        process_.emplace(std::vector<std::string>{binary, "-p", folder, "-c", folder / "nginx.conf",
                                                  "-e", folder / "error.log"},
                         std::vector<std::string>{}, folder / "output");
        const auto until = Steady::now() + std::chrono::seconds{10};
        while (!answers()) {
            if (Steady::now() > until) throw std::runtime_error{"nginx doesn't start"};
            std::this_thread::sleep_for(std::chrono::milliseconds{10});
        }
    }
    std::uint16_t port() const { return port_; }
    pid_t process() const { return process_->id(); }

private:
    std::string configuration() const
    {
        const auto folder = folder_.path().string();
        std::string text = "daemon off;\nmaster_process off;\nworker_processes 1;\n";
        text += "pid " + folder + "/pid;\nevents { worker_connections 1024; }\nhttp {\n";
        text += "access_log off;\nsendfile on;\ntcp_nopush on;\nopen_file_cache max=10;\n";
        text += "keepalive_requests 1000000000;\ndefault_type application/json;\n";
        for (const auto* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"}) {
            text += std::string{kind} + "_temp_path " + folder + '/' + kind + ";\n";
        }
        text +=
            "server { listen 127.0.0.1:" + std::to_string(port_) + "; root " + folder + "; }\n}\n";
        return text;
    }
    bool answers() const
    {
        try {
            return call(port_, "GET", "/healthz").status == 200;
        } catch (const std::runtime_error&) {
            return false;  // Not listening yet.
        }
    }

    TemporaryFolder folder_;
    std::uint16_t port_;
    std::optional<ChildProcess> process_;
};

void add(Report& report, const std::string& who, const Rates& rates)
{
    report.add({who + ": requests", rates.per_second, "/s", Better::Higher});
    report.add(
        {who + ": requests for each second of its CPU", rates.per_cpu_second, "", Better::Higher});
}

void run(std::size_t connections, std::chrono::seconds time, const std::string& json)
{
    const auto binary = server_binary();
    const auto folder = binary.parent_path();
    Report report;
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
    report.print();
    if (!json.empty()) report.write_json(json);
}

}  // namespace
}  // namespace accessd::bench

int main(int argc, char** argv)
{
    std::size_t connections = 64;
    int seconds = 4;
    std::string json;
    CLI::App app{"What does HTTP alone cost, next to nginx?"};
    app.add_option("--connections", connections)->check(CLI::Range(1, 1000))->capture_default_str();
    app.add_option("--seconds", seconds)->check(CLI::Range(1, 600))->capture_default_str();
    app.add_option("--json", json, "also write the figures to this file");
    CLI11_PARSE(app, argc, argv);
    return accessd::bench::run_program("bare_route", [&] {
        accessd::bench::run(connections, std::chrono::seconds{seconds}, json);
    });
}
