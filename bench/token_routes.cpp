// What do requests cost that aren't logins: a token given out, a token checked, a send that its limit refuses?
// docs/benchmarks.md says how to read the answer.

#include "support/loopback.h"
#include "support/nginx.h"
#include "support/one_request.h"
#include "support/options.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace accessd::bench {
namespace {

using Better = Figure::Better;

constexpr auto kPatience = std::chrono::seconds{60};
constexpr int kSendsLetThrough = 5;  // In a minute, to one address.

struct Settings : Options {
    std::vector<std::size_t> connections{1, 32, 256};
};

struct Asked {
    std::string name;
    std::string request;
    int status = 200;
};

void measure(Report& report, std::uint16_t port, pid_t process, const Asked& asked,
             std::size_t connections, int seconds)
{
    const auto name = asked.name + ", " + std::to_string(connections) + " connections";
    tell(name);
    LoadGenerator generator{port, connections};
    const auto until = [](int of) {
        return std::chrono::steady_clock::now() + std::chrono::seconds{of};
    };
    OneRequest warm_up{asked.request, connections, until(1), asked.status};
    generator.run(warm_up, kPatience);
    const auto cpu = cpu_seconds(process);
    OneRequest script{asked.request, connections, until(seconds), asked.status};
    generator.run(script, std::chrono::seconds{seconds} + kPatience);
    const auto count = static_cast<double>(std::max<std::size_t>(1, script.answers()));
    report.add_heading(name);
    report.add({"answers", count / seconds, "/s", Better::Higher});
    report.add({"CPU of the server for each", (cpu_seconds(process) - cpu) * 1e3 / count, "ms"});
    add_times(report, "answer", std::move(script.times()));
}

/// A finished login's token.
std::string log_in(const Server& server, const Account& account)
{
    const auto post = [&](const std::string& path, const nlohmann::json& body) {
        const auto answer =
            call(server.port(), "POST", "/v2/access/" + path, account.token, body.dump());
        if (answer.status != 200) throw std::runtime_error{path + ": " + answer.body};
        return nlohmann::json::parse(answer.body).at("data");
    };
    const std::string email = "ana@bench.example";
    const auto sent =
        post("email/send-otp", {{"email", email}, {"project_id", account.project_id}});
    return post("email/verify-otp",
                {{"email", email}, {"otp", "123456"}, {"validation_id", sent.at("validation_id")}})
        .at("token");
}

std::vector<Asked> what_is_asked(const Server& server, const Server::ApiKey& key,
                                 const Account& account)
{
    const auto post = [&](const std::string& path, std::string_view token,
                          const nlohmann::json& body) {
        return request_text("POST", "/v2/access/" + path, token, body.dump());
    };
    const auto send =
        post("email/send-otp", account.token,
             {{"email", "limited@bench.example"}, {"project_id", account.project_id}});
    for (int i = 0; i < kSendsLetThrough; ++i) {
        call(server.port(), "POST", "/v2/access/email/send-otp", account.token,
             send.substr(send.find("\r\n\r\n") + 4));
    }
    return {{"token issue (auth/token)",
             post("auth/token", {},
                  {{"client_id", key.client_id}, {"client_secret", key.client_secret}})},
            {"token verify (tokens/introspect)",
             post("tokens/introspect", account.token, {{"token", log_in(server, account)}})},
            {"limiter: a send that is refused", send, 429}};
}

void run(const Settings& settings, Report& report)
{
    const auto [binary, folder] = find_place(settings);
    add_machine(report, folder);
    add_sync(report, folder, "before");
    Server server{{.binary = binary, .folder = folder}};
    const auto key = server.make_key();
    server.start();
    const auto account = open_account(server, key, Mail::Inbox);
    const auto asked = what_is_asked(server, key, account);
    for (const auto count : settings.connections) {
        for (const auto& one : asked) {
            measure(report, server.port(), server.process(), one, count, settings.seconds);
        }
    }
    server.stop();
    if (const auto nginx_binary = find_nginx()) {
        const Nginx nginx{*nginx_binary, folder};
        const Asked file{"nginx, a small file: the limit", request_text("GET", "/healthz", {}, {})};
        for (const auto count : settings.connections) {
            measure(report, nginx.port(), nginx.process(), file, count, settings.seconds);
        }
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
    settings.seconds = 5;
    CLI::App app{"What do tokens and limits cost?"};
    add_seconds(app, settings, "for each measurement", 40);
    add_numbers(app, "--connections", settings.connections, "at the same time", 1, 10'000);
    add_folder(app, settings);
    add_json(app, settings);
    CLI11_PARSE(app, argc, argv);
    return run_report("token_routes", settings, [&](Report& report) { run(settings, report); });
}
