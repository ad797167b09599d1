// What does TLS cost: on connections that stay, and for each that is new?
// docs/benchmarks.md says how to read the answer.

#include "support/load_generator.h"
#include "support/login_script.h"
#include "support/loopback.h"
#include "support/options.h"
#include "support/tls_wire.h"

#include <CLI/CLI.hpp>

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>

namespace accessd::bench {
namespace {

using Better = Figure::Better;
using Steady = std::chrono::steady_clock;
using Wire = LoadGenerator::Wire;

constexpr auto kPatience = std::chrono::seconds{60};
constexpr std::size_t kConnections = 32;
constexpr int kAnswerMillis = 10'000;

/// What logins came to, over all rounds.
struct Logins {
    LoginTimes times{};
    double cpu_s = 0;
};

void measure_logins(const Server& server, const Account& account, Wire wire,
                    std::chrono::seconds time, Logins& logins)
{
    LoadGenerator generator{server.port(), kConnections, wire};
    const auto cpu = cpu_seconds(server.process());  // Handshakes are done: they count elsewhere.
    LoginScript script{account, kConnections, Steady::now() + time, nullptr};
    generator.run(script, time + kPatience);
    logins.cpu_s += cpu_seconds(server.process()) - cpu;
    const auto& times = script.times();
    if (times.refused > 0) throw std::runtime_error{"refused: " + times.first_refusal};
    logins.times.add(times);
}

/// One request on a connection of its own, as a client without keep-alive makes it.
void ask_once(std::uint16_t port, Wire wire)
{
    const auto request = request_text("GET", "/healthz", {}, {});
    std::string received;
    if (wire == Wire::Tls) {
        TlsWire connection{port};
        connection.write(request);
        connection.make_non_blocking();
        while (received.find("\r\n\r\n") == std::string::npos) {
            pollfd answer{.fd = connection.descriptor(), .events = POLLIN, .revents = 0};
            ::poll(&answer, 1, kAnswerMillis);
            if (!connection.read(received) || answer.revents == 0)
                throw std::runtime_error{"no answer by TLS"};
        }
        return;
    }
    const auto socket = connect_loopback(port);
    if (::send(socket.get(), request.data(), request.size(), MSG_NOSIGNAL) < 0) fail("send");
    std::array<char, 4096> bytes{};
    if (::recv(socket.get(), bytes.data(), bytes.size(), 0) <= 0) fail("recv");
}

/// CPU of the server for each new connection, in milliseconds.
struct NewConnections {
    double per_second = 0;
    double cpu_ms = 0;
};
NewConnections connect_anew(const Server& server, Wire wire, std::chrono::seconds time)
{
    const auto cpu = cpu_seconds(server.process());
    const auto begin = Steady::now();
    double count = 0;
    for (; Steady::now() - begin < time; ++count) ask_once(server.port(), wire);
    return {count / static_cast<double>(time.count()),
            (cpu_seconds(server.process()) - cpu) * 1e3 / count};
}

void add(Report& report, const std::string& how, Logins& logins, int seconds,
         const NewConnections& anew)
{
    auto& times = logins.times;
    std::sort(times.verify.begin(), times.verify.end());
    report.add_heading(how);
    report.add({"logins, connections that stay", static_cast<double>(times.completed) / seconds,
                "/s", Better::Higher});
    report.add(
        {"CPU of the server for each",
         logins.cpu_s * 1e3 / static_cast<double>(std::max<std::size_t>(1, times.completed_in_all)),
         "ms"});
    report.add({"verify-otp, 99th percentile", percentile(times.verify, 0.99), "ms"});
    report.add({"requests on a connection of their own, one after the other", anew.per_second, "/s",
                Better::Higher});
    report.add({"CPU of the server for each of those", anew.cpu_ms, "ms"});
}

void run(const Options& settings, Report& report)
{
    const auto [binary, folder] = find_place(settings);
    const std::chrono::seconds time{settings.seconds};
    add_machine(report, folder);
    add_sync(report, folder, "before");
    Server server{{.binary = binary, .folder = folder}};
    const auto key = server.make_key();
    server.start();
    const auto account = open_account(server, key, Mail::Inbox);
    Server secure{{.binary = binary, .folder = folder}};
    const auto secure_key = secure.make_key();
    secure.start();
    const auto secure_account = open_account(secure, secure_key, Mail::Inbox);
    secure.stop();
    secure.use_tls();
    secure.start();

    Logins plain;
    Logins tls;
    for (int round = 1; round <= settings.rounds; ++round) {
        tell("plain and TLS by turns, " + std::to_string(round) + " of " +
             std::to_string(settings.rounds));
        measure_logins(server, account, Wire::Plain, time, plain);
        measure_logins(secure, secure_account, Wire::Tls, time, tls);
    }
    const auto plain_anew = connect_anew(server, Wire::Plain, time);
    const auto tls_anew = connect_anew(secure, Wire::Tls, time);
    const int seconds = settings.seconds * settings.rounds;
    add(report, "Plain HTTP, 32 connections", plain, seconds, plain_anew);
    add(report, "TLS 1.3, P-256, no sessions resumed", tls, seconds, tls_anew);
    report.add_heading("The difference");
    report.add({"logins that TLS leaves",
                100 * static_cast<double>(tls.times.completed) /
                    static_cast<double>(std::max<std::size_t>(1, plain.times.completed)),
                "%", Better::Higher});
    report.add({"CPU of the server for a handshake", tls_anew.cpu_ms - plain_anew.cpu_ms, "ms"});
}

}  // namespace
}  // namespace accessd::bench

int main(int argc, char** argv)
{
    using namespace accessd::bench;
    Options settings;
    CLI::App app{"What does TLS cost?"};
    add_seconds(app, settings, "for each measurement");
    add_rounds(app, settings, "of logins without and with TLS");
    add_folder(app, settings);
    add_json(app, settings);
    CLI11_PARSE(app, argc, argv);
    return run_report("tls_cost", settings, [&](Report& report) { run(settings, report); });
}
