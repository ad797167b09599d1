#pragma once

#include "support/child_process.h"
#include "support/disk.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace accessd::bench {

/// The program under test, with a data folder of its own on free ports of this machine.
class Server {
public:
    struct Options {
        std::filesystem::path binary;
        std::filesystem::path folder;  ///< Where the data folder is made; removed with it.
        std::uint16_t smtp_port = 0;   ///< The relay for live projects; 0: none.
        std::string extra_settings;    ///< TOML, added to the file.
        std::string store_url;         ///< Of a PostgreSQL; empty: the embedded store.
        std::vector<std::string> environment{};  ///< "NAME=value", for the server alone.
    };
    /// Prepares; starts nothing yet. Throws std::runtime_error.
    explicit Server(Options options);

    /// Makes a key for all projects with every scope. The server must not run.
    struct ApiKey {
        std::string client_id;
        std::string client_secret;
    };
    ApiKey make_key();

    /// Starts it; returns the time until it said that it is ready. Throws std::runtime_error with
    /// what the program said if it ends or isn't ready within 60 s.
    std::chrono::microseconds start();
    void stop();
    /// From the next start on it speaks TLS. Throws std::runtime_error.
    void use_tls();

    std::uint16_t port() const { return port_; }
    pid_t process() const { return process_->id(); }
    /// The embedded store's folder.
    std::filesystem::path data() const { return folder_.path() / "data"; }
    /// A number of the operations listener's metrics, summed over its labels.
    double metric(const std::string& name) const;

private:
    std::string output() const;
    void configure(const std::string& server_settings) const;
    bool is_ready() const;

    Options options_;
    TemporaryFolder folder_;
    std::uint16_t port_ = 0;
    std::uint16_t operations_port_ = 0;
    bool has_tls_ = false;
    std::vector<std::string> environment_;
    std::unique_ptr<ChildProcess> process_;
};

/// $ACCESSD_BIN, which scripts/bench sets. Throws std::runtime_error when there is none.
std::filesystem::path server_binary();

/// Gets a token for the key, makes a project and readies it for logins.
struct Account {
    std::string token;
    std::string project_id;
    bool by_phone = false;
};
enum class Mail { Inbox, Relay, Sms };
/// Inbox: a test project in which every address of bench.example has the code 123456. Relay: a live project. Sms: a
/// live one whose codes leave by a provider on `sms_port`, as {"to": "+34...", "code": "123456"}; the server must be
/// let out to loopback. Throws std::runtime_error with the answer that was refused.
Account open_account(const Server& server, const Server::ApiKey& key, Mail mail,
                     std::uint16_t sms_port = 0);

}  // namespace accessd::bench
