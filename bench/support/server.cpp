#include "support/server.h"

#include "support/loopback.h"
#include "support/tls_wire.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <utility>

namespace accessd::bench {
namespace {

using Steady = std::chrono::steady_clock;

constexpr auto kReadyTimeout = std::chrono::seconds{60};
constexpr auto kProbePause = std::chrono::microseconds{300};

/// A master key of this run: 43 characters of base64url hold 32 bytes, the last one 4 bits.
std::string make_master_key()
{
    constexpr std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::random_device device;
    std::string key;
    while (key.size() < 42) key += alphabet[device() % alphabet.size()];
    return key + 'A';
}

std::string read_file(const std::filesystem::path& file)
{
    std::ifstream in{file};
    return {std::istreambuf_iterator<char>{in}, {}};
}

nlohmann::json data_of(const HttpAnswer& answer, std::string_view what)
{
    if (answer.status / 100 != 2) {
        throw std::runtime_error{std::string{what} + " was refused: " + answer.body};
    }
    return nlohmann::json::parse(answer.body).at("data");
}

/// The fraud guard counts and says what it would do: nobody's numbers are as alike as those of a benchmark.
template <class Send>
void ready_for_phones(const Send& send, const std::string& base, const nlohmann::json& project,
                      Account& account, std::uint16_t sms_port)
{
    const auto flow = base + "/flows/" + project.at("default_flow_id").get<std::string>();
    const auto own = base + "/projects/" + account.project_id;
    account.by_phone = true;
    send("PUT", flow + "/methods/phone", account.token, {{"enabled", true}});
    send("PATCH", flow, account.token, {{"policy", {{"any", {"phone"}}}}});
    send("PUT", own + "/fraud-guard", account.token,
         {{"rules", {{"block", "dry_run"}, {"range", "dry_run"}, {"country", "dry_run"}}},
          {"messages_per_day", 0}});
    const nlohmann::json settings{{"url", "http://127.0.0.1:" + std::to_string(sms_port) + "/send"},
                                  {"body", {{"to", "{{to}}"}, {"code", "{{code}}"}}}};
    send("POST", own + "/senders", account.token,
         {{"name", "Bench"}, {"kind", "http"}, {"settings", settings}});
}

}  // namespace

std::filesystem::path server_binary()
{
    const char* name = std::getenv("ACCESSD_BIN");
    if (name == nullptr || !std::filesystem::exists(name)) {
        throw std::runtime_error{"ACCESSD_BIN must name the built program; scripts/bench sets it"};
    }
    return name;
}

Server::Server(Options options)
    : options_(std::move(options)),
      folder_(options_.folder),
      port_(free_port()),
      operations_port_(free_port()),
      environment_{"ACCESSD_MASTER_KEY=" + make_master_key()}
{
    configure({});
}

void Server::configure(const std::string& server_settings) const
{
    std::ofstream file{folder_.path() / "accessd.toml"};
    file << "[server]\nport = " << port_ << "\noperations_port = " << operations_port_ << '\n'
         << server_settings << "[store]\ndata_dir = \"" << data().string() << "\"\nurl = \""
         << options_.store_url << "\"\n[log]\nlevel = \"warn\"\n";
    if (options_.smtp_port != 0) {
        file << "[smtp]\nhost = \"127.0.0.1\"\nport = " << options_.smtp_port
             << "\nsecurity = \"none\"\nfrom = \"codes@bench.example\"\n";
    }
    file << options_.extra_settings;
    if (!file.flush()) throw std::runtime_error{"can't write the configuration"};
}

void Server::use_tls()
{
    const auto files = make_certificate(folder_.path());
    // Tokens that were issued before stay the issuer's.
    configure("public_url = \"http://127.0.0.1:" + std::to_string(port_) +
              "\"\ntls_certificate_file = \"" + files.certificate.string() +
              "\"\ntls_key_file = \"" + files.key.string() + "\"\n");
    has_tls_ = true;
}

bool Server::is_ready() const
{
    try {
        if (!has_tls_) return call(port_, "GET", "/readyz").status == 200;
        connect_loopback(port_);
        return call(operations_port_, "GET", "/readyz").status == 200;
    } catch (const std::runtime_error&) {
        return false;  // Not listening yet.
    }
}

Server::ApiKey Server::make_key()
{
    const auto file = folder_.path() / "key.json";
    ChildProcess command{{options_.binary, "key", "create", "--name", "bench", "--scope",
                          "access manage read", "--all-projects", "--json", "--config",
                          folder_.path() / "accessd.toml"},
                         environment_,
                         file};
    const int status = command.wait(60);
    const auto said = read_file(file);
    if (status != 0) throw std::runtime_error{"accessd key create failed: " + said};
    // Sentences for people, from standard error, stand around it.
    const auto begin = std::min(said.find('{'), said.size());
    const auto key = nlohmann::json::parse(said.substr(begin, said.rfind('}') + 1 - begin));
    return {key.at("client_id").get<std::string>(), key.at("client_secret").get<std::string>()};
}

std::chrono::microseconds Server::start()
{
    const auto begin = Steady::now();
    auto environment = environment_;
    environment.insert(environment.end(), options_.environment.begin(), options_.environment.end());
    process_ = std::make_unique<ChildProcess>(
        std::vector<std::string>{options_.binary, "serve", "--config",
                                 folder_.path() / "accessd.toml"},
        environment, folder_.path() / "output");
    while (!is_ready()) {
        if (!process_->is_running()) throw std::runtime_error{"accessd ended: " + output()};
        if (Steady::now() - begin > kReadyTimeout) {
            throw std::runtime_error{"accessd isn't ready: " + output()};
        }
        std::this_thread::sleep_for(kProbePause);
    }
    return std::chrono::duration_cast<std::chrono::microseconds>(Steady::now() - begin);
}

void Server::stop() { process_.reset(); }

std::string Server::output() const
{
    const auto text = read_file(folder_.path() / "output");
    return text.size() > 2000 ? text.substr(text.size() - 2000) : text;
}

double Server::metric(const std::string& name) const
{
    std::istringstream lines{call(operations_port_, "GET", "/metrics").body};
    double sum = 0;
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with(name + ' ') && !line.starts_with(name + '{')) continue;
        sum += std::stod(line.substr(line.rfind(' ') + 1));
    }
    return sum;
}

Account open_account(const Server& server, const Server::ApiKey& key, Mail mail,
                     std::uint16_t sms_port)
{
    const auto send = [&](std::string_view method, const std::string& path, std::string_view token,
                          const nlohmann::json& body) {
        return data_of(call(server.port(), method, path, token, body.dump()), path);
    };
    const std::string base = "/v2/access";
    Account account;
    account.token = send("POST", base + "/auth/token", {},
                         {{"client_id", key.client_id}, {"client_secret", key.client_secret}})
                        .at("access_token");
    const auto project = send("POST", base + "/projects", account.token,
                              {{"name", "Bench"},
                               {"mode", mail == Mail::Inbox ? "test" : "live"},
                               {"allowed_countries", {"*"}}});
    account.project_id = project.at("project_id");
    if (mail == Mail::Inbox) {
        const nlohmann::json everyone{{"destination", "*@bench.example"}, {"code", "123456"}};
        send("PUT", base + "/projects/" + account.project_id + "/test-recipients", account.token,
             {{"recipients", nlohmann::json::array({everyone})}});
    } else {
        if (mail == Mail::Sms) ready_for_phones(send, base, project, account, sms_port);
        send("PATCH", base + "/flows/" + project.at("default_flow_id").get<std::string>(),
             account.token, {{"status", "active"}});
    }
    return account;
}

}  // namespace accessd::bench
