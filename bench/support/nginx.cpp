#include "support/nginx.h"

#include "support/loopback.h"

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <vector>

namespace accessd::bench {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::string_view kBody = R"({"status":"ok"})";

}  // namespace

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

Nginx::Nginx(const std::filesystem::path& binary, const std::filesystem::path& parent)
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

std::string Nginx::configuration() const
{
    const auto folder = folder_.path().string();
    std::string text = "daemon off;\nmaster_process off;\nworker_processes 1;\n";
    text += "pid " + folder + "/pid;\nevents { worker_connections 1024; }\nhttp {\n";
    text += "access_log off;\nsendfile on;\ntcp_nopush on;\nopen_file_cache max=10;\n";
    text += "keepalive_requests 1000000000;\ndefault_type application/json;\n";
    for (const auto* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"}) {
        text += std::string{kind} + "_temp_path " + folder + '/' + kind + ";\n";
    }
    text += "server { listen 127.0.0.1:" + std::to_string(port_) + "; root " + folder + "; }\n}\n";
    return text;
}

bool Nginx::answers() const
{
    try {
        return call(port_, "GET", "/healthz").status == 200;
    } catch (const std::runtime_error&) {
        return false;  // Not listening yet.
    }
}

}  // namespace accessd::bench
