#pragma once

#include "base/log.h"
#include "base/secret.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace accessd::config {

/// [server]: where callers reach the program, and how much of it they may use.
struct Server {
    std::string address = "127.0.0.1";  ///< Loopback until the operator decides otherwise.
    std::uint16_t port = 8080;
    /// How people and customers' software reach the server. Links and `iss` are made from it, never
    /// from a request's header. Empty: http(s)://address:port.
    std::string public_url;
    std::string tls_certificate_file;  ///< PEM chain; empty: plain HTTP (behind a proxy).
    std::string tls_key_file;
    std::string operations_address = "127.0.0.1";
    std::uint16_t operations_port = 9090;
    bool docs = false;  ///< Serve /docs. On in development.

    int io_threads = 1;  ///< One feeds 32 workers; measured in design.md 2.
    int workers = 32;    ///< They mostly wait for the disk: more than cores.
    int queue_max = 1024;
    int connections_max = 20'000;
    int connections_per_client_max = 256;
    bool connections_per_client_exempt = true;  ///< Loopback and trusted proxies.
    std::vector<std::string> trusted_proxies;   ///< Addresses and networks: "10.0.0.0/8".
    std::int64_t bodies_bytes_max = 128LL * 1024 * 1024;
    std::chrono::seconds header_timeout{10};
    std::chrono::seconds body_timeout{20};
    std::chrono::seconds silent_timeout{20};
    std::chrono::seconds keep_alive_timeout{75};
    std::chrono::seconds write_timeout{30};
    std::chrono::seconds drain{0};
    std::chrono::seconds stop_timeout{25};
};

/// [store]: where everything is kept.
struct Store {
    std::string data_dir = "accessd-data";  ///< Made if missing, mode 0700.
    Secret url;            ///< Of a PostgreSQL server; empty: the embedded store in data_dir.
    int connections = 16;  ///< To that server, of this node.
    int backup_days = 0;   ///< How long the operator keeps a backup; 0: not said.
};

/// [keys]: what seals secrets at rest. ACCESSD_MASTER_KEY (base64url, 32 bytes) wins over the file.
struct Keys {
    std::string master_key_file;  ///< Empty: master.key in the data directory.
    std::chrono::seconds pepper_life{30LL * 24 * 3600};
};

/// [tokens]
struct Tokens {
    std::chrono::seconds signing_key_life{90LL * 24 * 3600};
};

/// [smtp], [smtp2], [smtp3]: the operator's accounts for live projects' mail, in the order in which they are
/// tried. One without a host isn't there.
struct Smtp {
    enum class Security {
        StartTls,  ///< Upgrades a plain connection, or fails.
        Tls,       ///< TLS from the first byte.
        None,      ///< No TLS: for a relay on this machine.
    };
    std::string host;
    std::uint16_t port = 587;
    Security security = Security::StartTls;
    std::string user;
    Secret password;
    std::string password_file;  ///< Instead of `password`, which load() fills from it.
    std::string from;           ///< "codes@example.com".
    std::string from_name;      ///< Empty: the project's name.
    std::string ca_file;        ///< PEM; empty: the system's.
    std::string dkim_selector;  ///< For `accessd doctor` alone: the relay signs.
    Secret receipt_secret;      ///< Signs receipts of this account; empty: none are taken.
    std::chrono::seconds timeout{20};
    int connections_max = 4;
};

/// [twilio], [vonage], [whatsapp], [sms_http]: the operator's accounts for live projects' phone messages. One
/// without the setting that names the account isn't there. What there is of each: setting_table.cpp.
struct Provider {
    std::map<std::string, std::string> values;  ///< Of settings that aren't empty.
    std::map<std::string, Secret> secrets;
};

/// [delivery]
struct Delivery {
    int workers = 8;  ///< Half of them can be one sender's: a relay that hangs holds no more.
    int batch = 20;   ///< Messages leased at once.
    std::chrono::seconds lease{60};
};

/// [outbound]: where the server may connect to at the API's wish.
struct Outbound {
    std::vector<std::string> allow;  ///< Inner networks that are open all the same: "10.0.0.0/8".
    /// Where files of `sqlite` sources may be. Never the data folder, whatever stands here.
    std::vector<std::string> sqlite_folders;
    std::string database_ca_file;  ///< PEM, of sources that are databases; empty: the system's.
    std::string ca_file;           ///< PEM; trusted beside the system's. Empty: those alone.
};

/// [webhooks]
struct Webhooks {
    int requests_max = 512;              ///< Under way, to all endpoints together.
    int requests_per_endpoint_max = 16;  ///< Of them to one.
};

/// [limits]: what stands behind the published limits, which are not for configuring. 0 is off.
struct Limits {
    // Source of the defaults: api.md, section 8.
    int email_sends_per_hour = 10;      ///< Per project and address.
    int email_sends_per_day = 20;       ///< Per project and address.
    int phone_sends_per_hour = 10;      ///< Per project and number, by SMS and WhatsApp together.
    int phone_sends_per_day = 20;       ///< Per project and number.
    int client_sends_per_hour = 30;     ///< Per project and network of the person: `client.ip`.
    int client_logins_per_hour = 30;    ///< Per project and network of the browser that opens them.
    int failures_before_wait = 10;      ///< Consecutive, of one identity from one network.
    int failures_before_lock = 100;     ///< Consecutive, of one identity from anywhere.
    int face_failures_before_wait = 5;  ///< The same, for faces.
    int face_failures_before_lock = 50;  ///< The same, for faces.
};

/// [biometrics]: face models, and the processes that look at pictures with them.
struct Biometrics {
    enum class Profile { Default, Strong };
    bool enabled = true;
    std::string models_dir;  ///< Empty: beside the program, where the set-up puts them.
    Profile profile = Profile::Default;
    std::string embedder_manifest;  ///< Replaces the profile's embedders.
    std::string passive_manifest;   ///< Empty: no presentation-attack model.
    std::string calibration_file;   ///< Replaces the shipped table.
    std::string detector_manifest;  ///< Replaces the detector.
    int workers = 0;                ///< 0: half of the cores, 1 to 4.
    int queue_max = 6;              ///< Requests that wait; see also face_pool_settings.
    std::chrono::seconds queue_wait{2};
    std::chrono::seconds picture_time{10};  ///< A picture takes 0.1 s.
    /// Of one worker, address space. The default profile uses a third.
    std::int64_t worker_memory_bytes = 1024LL * 1024 * 1024;
    bool search = false;         ///< Whether `POST /biometric/search` answers.
    int faces_per_user_max = 5;  ///< Enrolments of one person; a further one replaces the oldest.
};

/// [log]
struct Log {
    log::Level level = log::Level::Info;
    log::Format format = log::Format::Text;
};

/// One of the operator's accounts and the section that it stands in.
struct NamedSmtp {
    std::string name;  ///< "smtp2".
    Smtp account;
};

/// One of the operator's accounts at a provider of phone messages.
struct NamedProvider {
    std::string name;                   ///< The section: "twilio".
    std::string kind;                   ///< As senders name theirs: "whatsapp_cloud".
    std::string channel;                ///< "sms", "whatsapp".
    std::vector<std::string> prefixes;  ///< Of numbers that it is for; empty: all.
    std::map<std::string, std::string> settings;
    std::map<std::string, Secret> secrets;
};

/// All settings: defaults, then the file, then the environment.
struct Config {
    Server server;
    Store store;
    Keys keys;
    Tokens tokens;
    Smtp smtp;
    Smtp smtp2;
    Smtp smtp3;
    Provider twilio;
    Provider vonage;
    Provider whatsapp;
    Provider sms_http;
    Delivery delivery;
    Outbound outbound;
    Webhooks webhooks;
    Limits limits;
    Biometrics biometrics;
    Log log;

    /// server.public_url, or what address, port and TLS make of it. No trailing slash.
    std::string public_url() const;
    /// The accounts that have a host, in the order in which they are tried.
    std::vector<NamedSmtp> mail_accounts() const;
    /// The accounts at providers of phone messages, in the order in which they are tried.
    std::vector<NamedProvider> providers() const;
    /// keys.master_key_file, or its default place.
    std::string master_key_file() const;
};

}  // namespace accessd::config
