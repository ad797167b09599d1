#include "config/setting_table.h"

#include "config/provider_settings.h"

#include <algorithm>
#include <initializer_list>
#include <utility>

namespace accessd::config {
namespace {

constexpr std::int64_t kHour = 3600;
constexpr std::int64_t kDay = 24 * kHour;

/// Adds the settings of one section to the table. The defaults are those of the structs.
template <class Section>
class Group {
public:
    Group(std::vector<Setting>& table, std::string_view name, Section Config::*section)
        : table_(table), name_(name), section_(section)
    {
    }

    void text(std::string_view key, Kind kind, std::string Section::*member, std::string_view help)
    {
        auto& setting = add(key, kind, help);
        setting.get = [s = section_, member](const Config& c) -> Value { return c.*s.*member; };
        setting.set = [s = section_, member](Config& c, const Value& value) {
            c.*s.*member = std::get<std::string>(value);
        };
    }

    void secret(std::string_view key, Secret Section::*member, std::string_view help)
    {
        auto& setting = add(key, Kind::Text, help);
        setting.is_secret = true;
        setting.get = [s = section_, member](const Config& c) -> Value {
            return (c.*s.*member).reveal();
        };
        setting.set = [s = section_, member](Config& c, const Value& value) {
            c.*s.*member = Secret{std::get<std::string>(value)};
        };
    }

    void texts(std::string_view key, Kind kind, std::vector<std::string> Section::*member,
               std::string_view help)
    {
        auto& setting = add(key, kind, help);
        setting.get = [s = section_, member](const Config& c) -> Value { return c.*s.*member; };
        setting.set = [s = section_, member](Config& c, const Value& value) {
            c.*s.*member = std::get<std::vector<std::string>>(value);
        };
    }

    template <class Number>
    Setting& whole(std::string_view key, Number Section::*member, std::int64_t min,
                   std::int64_t max, std::string_view help)
    {
        auto& setting = add(key, Kind::Whole, help);
        setting.min = min;
        setting.max = max;
        setting.get = [s = section_, member](const Config& c) -> Value {
            return static_cast<std::int64_t>(c.*s.*member);
        };
        setting.set = [s = section_, member](Config& c, const Value& value) {
            c.*s.*member = static_cast<Number>(std::get<std::int64_t>(value));
        };
        return setting;
    }

    void seconds(std::string_view key, std::chrono::seconds Section::*member, std::int64_t min,
                 std::int64_t max, std::string_view help)
    {
        auto& setting = add(key, Kind::Whole, help);
        setting.min = min;
        setting.max = max;
        setting.unit = "seconds";
        setting.get = [s = section_, member](const Config& c) -> Value {
            return std::int64_t{(c.*s.*member).count()};
        };
        setting.set = [s = section_, member](Config& c, const Value& value) {
            c.*s.*member = std::chrono::seconds{std::get<std::int64_t>(value)};
        };
    }

    void yes_no(std::string_view key, bool Section::*member, std::string_view help)
    {
        auto& setting = add(key, Kind::YesNo, help);
        setting.get = [s = section_, member](const Config& c) -> Value { return c.*s.*member; };
        setting.set = [s = section_, member](Config& c, const Value& value) {
            c.*s.*member = std::get<bool>(value);
        };
    }

    /// `names` in the order of the enumerators, which count from 0.
    template <class Enum>
    void choice(std::string_view key, Enum Section::*member,
                std::initializer_list<std::string_view> names, std::string_view help)
    {
        auto& setting = add(key, Kind::Choice, help);
        setting.choices = names;
        setting.get = [s = section_, member, choices = setting.choices](const Config& c) -> Value {
            return std::string{choices.at(static_cast<std::size_t>(c.*s.*member))};
        };
        setting.set = [s = section_, member, choices = setting.choices](Config& c,
                                                                        const Value& value) {
            const auto found =
                std::find(choices.begin(), choices.end(), std::get<std::string>(value));
            c.*s.*member = static_cast<Enum>(found - choices.begin());
        };
    }

private:
    Setting& add(std::string_view key, Kind kind, std::string_view help)
    {
        auto& setting = table_.emplace_back();
        setting.section = name_;
        setting.key = key;
        setting.kind = kind;
        setting.help = help;
        return setting;
    }

    std::vector<Setting>& table_;
    std::string_view name_;
    Section Config::*section_;
};

void add_server(std::vector<Setting>& table)
{
    Group group{table, "server", &Config::server};
    group.text("address", Kind::IpAddress, &Server::address,
               "Address to listen on. 0.0.0.0 or :: is every address; the default is reached from "
               "this machine only, until you decide otherwise.");
    group.whole("port", &Server::port, 0, 65535,
                "Port to listen on. 0 takes any free one, which the log names.");
    group.text("public_url", Kind::Origin, &Server::public_url,
               "How people and customers' software reach the server. Links and the issuer of "
               "tokens are made from it, never from a request. Empty: made of address and port.");
    group.text("tls_certificate_file", Kind::ExistingFile, &Server::tls_certificate_file,
               "Certificate chain, PEM, the server's own first. Empty: plain HTTP, for a proxy in "
               "front that speaks TLS.");
    group.text("tls_key_file", Kind::ExistingFile, &Server::tls_key_file,
               "Private key of the certificate, PEM.");
    group.text(
        "operations_address", Kind::IpAddress, &Server::operations_address,
        "Address of the second listener, for metrics and detailed readiness. Whoever reaches "
        "it needs no token: keep it inside.");
    group.whole("operations_port", &Server::operations_port, 0, 65535,
                "Port of the second listener. 0 takes any free one.");
    group.yes_no("docs", &Server::docs,
                 "Serve the API description as pages at /docs. On with serve --dev.");

    group.whole("io_threads", &Server::io_threads, 1, 64,
                "Threads that read and write sockets. One feeds 32 workers.");
    group.whole("workers", &Server::workers, 1, 1024,
                "Threads that answer requests. They mostly wait for the disk, so more than there "
                "are cores.");
    group.whole(
        "queue_max", &Server::queue_max, 1, 1'000'000,
        "Requests that may wait for a worker. Further ones are answered 503 at once, because "
        "a late answer is worth less than a quick refusal.");
    group.whole("connections_max", &Server::connections_max, 10, 1'000'000,
                "Open connections. The limit of open files of the process must be higher.");
    group.whole(
        "connections_per_client_max", &Server::connections_per_client_max, 1, 1'000'000,
        "Open connections of one network address (IPv6: of one /64). Further ones are closed "
        "at once, so that no single client takes them all.");
    group.yes_no("connections_per_client_exempt", &Server::connections_per_client_exempt,
                 "Leave this machine and trusted proxies out of connections_per_client_max: behind "
                 "one address of theirs are all your clients.");
    group.texts("trusted_proxies", Kind::Networks, &Server::trusted_proxies,
                "Proxies whose X-Forwarded-For is believed. Without them the header is ignored, "
                "because anybody can send it, and limits count the address that connects.");
    group
        .whole("bodies_bytes_max", &Server::bodies_bytes_max, 1LL << 20, 1LL << 36,
               "Memory for request bodies of all connections together.")
        .unit = "bytes";
    group.seconds("header_timeout_seconds", &Server::header_timeout, 1, kHour,
                  "For a request's head to arrive whole; slow senders must not hold connections.");
    group.seconds("body_timeout_seconds", &Server::body_timeout, 1, kHour,
                  "For a request's body to arrive whole.");
    group.seconds("silent_timeout_seconds", &Server::silent_timeout, 1, kHour,
                  "For the first byte on a new connection, TLS included.");
    group.seconds("keep_alive_timeout_seconds", &Server::keep_alive_timeout, 1, kHour,
                  "How long a connection may rest between requests. More than a proxy in front "
                  "keeps its own (often 60), so that it never writes into a closed one.");
    group.seconds("write_timeout_seconds", &Server::write_timeout, 1, kHour,
                  "For the reader of an answer to take it.");
    group.seconds(
        "drain_seconds", &Server::drain, 0, 600,
        "For balancers to see that the server, which is to stop, isn't ready (GET /readyz): so "
        "long it goes on taking connections. With several nodes: longer than the balancer "
        "takes to look twice.");
    group.seconds("stop_timeout_seconds", &Server::stop_timeout, 0, 600,
                  "For open requests to finish when the server stops. Less than the supervisor "
                  "waits before it kills (Kubernetes: 30).");
}

void add_storage(std::vector<Setting>& table)
{
    Group store{table, "store", &Config::store};
    store.text(
        "data_dir", Kind::Path, &Store::data_dir,
        "Folder of the database; made if missing, for its owner only. A relative path starts "
        "at the folder that the program is started in.");
    store.secret(
        "url", &Store::url,
        "Where several nodes keep everything: a PostgreSQL server (12 or newer), as "
        "postgresql://user:password@host/database?sslmode=verify-full, or several hosts with "
        "commas and target_session_attrs=read-write. Empty: the embedded store in data_dir.");
    store.whole("connections", &Store::connections, 2, 200,
                "Connections of this node to that server, at most. All nodes together need fewer "
                "than the server's max_connections.");
    store.whole(
        "backup_days", &Store::backup_days, 0, 3650,
        "How many days you keep a backup of the store before you destroy it. Whoever erases a "
        "person is told by when the last one that holds them is gone. 0: you don't say, and "
        "nobody is told.");

    Group keys{table, "keys", &Config::keys};
    keys.text(
        "master_key_file", Kind::Path, &Keys::master_key_file,
        "File of the master key (mode 0600), which wraps every other key: without it the data "
        "can't be read. Empty: master.key in the data folder. The environment variable "
        "ACCESSD_MASTER_KEY (base64url of 32 bytes) wins over it.");
    keys.seconds("pepper_life_seconds", &Keys::pepper_life, kHour, 366 * kDay,
                 "Age at which the key of the digests of codes is replaced.");

    Group tokens{table, "tokens", &Config::tokens};
    // SigningKeys announces a key a day before it signs, which a shorter life would leave no room for.
    tokens.seconds("signing_key_life_seconds", &Tokens::signing_key_life, 2 * kDay, 5 * 366 * kDay,
                   "Age at which a key that signs tokens is replaced. The next one is published a "
                   "day before, so that nobody meets an unknown key.");
}

void add_limits(std::vector<Setting>& table)
{
    Group limits{table, "limits", &Config::limits};
    limits.whole("email_sends_per_hour", &Limits::email_sends_per_hour, 0, 1000,
                 "Codes sent to one address of a project within any hour. 0: no such limit.");
    limits.whole("email_sends_per_day", &Limits::email_sends_per_day, 0, 1000,
                 "Codes sent to one address of a project within any 24 hours. 0: no such limit.");
    limits.whole("phone_sends_per_hour", &Limits::phone_sends_per_hour, 0, 1000,
                 "Codes sent to one phone number of a project within any hour, by SMS and WhatsApp "
                 "together. 0: no such limit.");
    limits.whole("phone_sends_per_day", &Limits::phone_sends_per_day, 0, 1000,
                 "Codes sent to one phone number of a project within any 24 hours. 0: no such "
                 "limit.");
    limits.whole("client_sends_per_hour", &Limits::client_sends_per_hour, 0, 10'000,
                 "Codes that people of one network (an IPv4 address, an IPv6 /64) ask a project "
                 "for within any hour. Counts sends that say client.ip. 0: no such limit.");
    limits.whole("client_logins_per_hour", &Limits::client_logins_per_hour, 0, 100'000,
                 "Logins that browsers of one network (an IPv4 address, an IPv6 /64) open in a "
                 "project within any hour. 0: no such limit.");
    limits.whole("failures_before_wait", &Limits::failures_before_wait, 0, 1000,
                 "Wrong codes in a row for one address from one network, after which each further "
                 "one brings a wait: 30 seconds, doubling to an hour. 0: no waits.");
    limits.whole("failures_before_lock", &Limits::failures_before_lock, 0, 100'000,
                 "Wrong codes in a row for one address from anywhere, after which logging in with "
                 "it pauses until it is unlocked. 0: never.");
    limits.whole(
        "face_failures_before_wait", &Limits::face_failures_before_wait, 0, 1000,
        "Faces in a row that didn't match one person, or weren't live, from one network, "
        "after which each further one brings a wait: 30 seconds, doubling to an hour. 0: no "
        "waits.");
    limits.whole(
        "face_failures_before_lock", &Limits::face_failures_before_lock, 0, 100'000,
        "The same from anywhere, after which faces are off for that person until another way "
        "to log in or an operator ends it. 0: never.");
}

void add_biometrics(std::vector<Setting>& table)
{
    Group group{table, "biometrics", &Config::biometrics};
    group.yes_no("enabled", &Biometrics::enabled,
                 "Start face workers. Off saves their memory where nobody logs in by face.");
    group.text("models_dir", Kind::Path, &Biometrics::models_dir,
               "Folder of the face models. Empty: where the set-up puts them, beside the program. "
               "Without models the server runs, and biometrics are off.");
    group.choice(
        "profile", &Biometrics::profile, {"default", "strong"},
        "strong compares by two models: fewer mistakes, twice the time. Faces enrolled with "
        "one profile must be enrolled again for the other.");
    group.text("embedder_manifest", Kind::ExistingFile, &Biometrics::embedder_manifest,
               "Manifest of your own models for comparing faces, in place of the profile's.");
    group.text("detector_manifest", Kind::ExistingFile, &Biometrics::detector_manifest,
               "Manifest of your own model for finding faces, in place of the shipped one.");
    group.text("passive_manifest", Kind::ExistingFile, &Biometrics::passive_manifest,
               "Manifest of models that tell a living face from a print or a screen. Empty: none.");
    group.text("calibration_file", Kind::ExistingFile, &Biometrics::calibration_file,
               "Table of what scores mean, made by accessd biometrics calibrate. Empty: the one "
               "that comes with the models.");
    group.whole(
        "workers", &Biometrics::workers, 0, 64,
        "Pictures that are looked at at a time, each by a process of its own; one more stands "
        "ready. 0: half of the cores, 4 at most.");
    group.whole("queue_max", &Biometrics::queue_max, 0, 1000,
                "Requests that may wait for a face worker; further ones are answered 503 BUSY. "
                "Together with those that run, never more than a quarter of server.workers.");
    group.seconds("queue_wait_seconds", &Biometrics::queue_wait, 1, 60,
                  "How long a request waits for a face worker before it is answered 503 BUSY.");
    group.seconds(
        "picture_seconds", &Biometrics::picture_time, 1, 300,
        "For one picture, which takes a tenth of a second. Then its worker is ended, and a "
        "new one started.");
    auto& memory = group.whole(
        "worker_memory_bytes", &Biometrics::worker_memory_bytes, 256LL << 20, 1LL << 36,
        "Address space of one face worker. The shipped models use a third of the default.");
    memory.unit = "bytes";
    group.yes_no("search", &Biometrics::search,
                 "Whether a face may be looked for among all of a project's (POST "
                 "/v2/access/biometric/search). Check what the law says of that first.");
    group.whole("faces_per_user_max", &Biometrics::faces_per_user_max, 1, 20,
                "Enrolments of one person in a project; a further one replaces the oldest.");
}

void add_mail_account(std::vector<Setting>& table, std::string_view section, Smtp Config::*account)
{
    Group smtp{table, section, account};
    smtp.text("host", Kind::Host, &Smtp::host,
              "Name or address of the mail server that carries live projects' codes. Empty: live "
              "projects can't send mail; test projects need none.");
    smtp.whole("port", &Smtp::port, 1, 65535, "587 for starttls, 465 for tls, 25 inside.");
    smtp.choice("security", &Smtp::security, {"starttls", "tls", "none"},
                "starttls upgrades a plain connection, or fails; tls encrypts from the first byte; "
                "none is for a mail server on this machine.");
    smtp.text("user", Kind::Text, &Smtp::user, "Empty: no login at the mail server.");
    smtp.secret("password", &Smtp::password,
                "Better kept out of this file: in password_file, or in the environment variable.");
    smtp.text("password_file", Kind::ExistingFile, &Smtp::password_file,
              "File that holds the password and nothing else, in place of password.");
    smtp.text(
        "from", Kind::EmailAddress, &Smtp::from,
        "Sender of every mail, such as codes@example.com: an address that the mail server lets "
        "you send from. Required with a host.");
    smtp.text("from_name", Kind::Text, &Smtp::from_name,
              "Name shown beside the sender. Empty: the project's name.");
    smtp.text("ca_file", Kind::ExistingFile, &Smtp::ca_file,
              "Certificates, PEM, that may vouch for the mail server. Empty: the system's.");
    smtp.text(
        "dkim_selector", Kind::Text, &Smtp::dkim_selector,
        "The selector that the relay signs with, so that accessd doctor can look its key up.");
    smtp.seconds("timeout_seconds", &Smtp::timeout, 1, 300,
                 "For one mail, from connecting to the server's answer.");
    smtp.whole("connections_max", &Smtp::connections_max, 1, 100,
               "Connections to the mail server at a time.");
    smtp.secret(
        "receipt_secret", &Smtp::receipt_secret,
        "Signs receipts and bounces of this account, 32 characters at least (docs/operate.md "
        "has the form). Empty: none are taken.");
}

void add_delivery(std::vector<Setting>& table)
{
    add_mail_account(table, "smtp", &Config::smtp);
    add_mail_account(table, "smtp2", &Config::smtp2);
    add_mail_account(table, "smtp3", &Config::smtp3);
    add_providers(table);

    Group delivery{table, "delivery", &Config::delivery};
    delivery.whole(
        "workers", &Delivery::workers, 1, 64,
        "Threads that send messages. They mostly wait for mail servers; half of them are one "
        "sender's at most, so that one that hangs doesn't hold up the others.");
    delivery.whole(
        "batch", &Delivery::batch, 1, 1000,
        "Messages taken from the outbox at once. More is quicker in bulk, and more is sent "
        "again late when the program dies.");
    delivery.seconds(
        "lease_seconds", &Delivery::lease, 2, kHour,
        "How long taken messages are one worker's. Afterwards another tries, so at least "
        "twice smtp.timeout_seconds, or a slow mail goes out twice.");

    Group outbound{table, "outbound", &Config::outbound};
    outbound.texts(
        "allow", Kind::Networks, &Outbound::allow,
        "Inner networks and addresses that senders and webhooks set over the API may reach all the same. "
        "Everything private, loopback, link-local or special is closed to them. Addresses "
        "in this file are trusted anyway.");
    outbound.texts(
        "sqlite_folders", Kind::Folders, &Outbound::sqlite_folders,
        "Folders in which sources set over the API may name SQLite files to look people up in. "
        "None by default; never the data folder.");
    outbound.text("database_ca_file", Kind::ExistingFile, &Outbound::database_ca_file,
                  "Certificates, PEM, that may vouch for the databases of sources. Empty: the "
                  "system's.");
    outbound.text(
        "ca_file", Kind::ExistingFile, &Outbound::ca_file,
        "Certificates (PEM) of authorities that https to webhooks and other hosts set over the API "
        "may rely on, beside the system's. For receivers with certificates of your own.");

    Group webhooks{table, "webhooks", &Config::webhooks};
    webhooks.whole("requests_max", &Webhooks::requests_max, 1, 4096,
                   "Requests to webhooks that are under way at a time. They wait on one thread.");
    webhooks.whole("requests_per_endpoint_max", &Webhooks::requests_per_endpoint_max, 1, 256,
                   "Of them to one endpoint. Fewer while it fails or is slow.");

    add_limits(table);
    add_biometrics(table);

    Group log{table, "log", &Config::log};
    log.choice("level", &Log::level, {"debug", "info", "warn", "error"},
               "The least important lines to write.");
    log.choice("format", &Log::format, {"text", "json"},
               "json for machines that collect logs, one object a line.");
}

}  // namespace

std::string Setting::name() const { return std::string{section} + "." + std::string{key}; }

std::string Setting::variable() const
{
    auto text = "ACCESSD_" + std::string{section} + "_" + std::string{key};
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    return text;
}

const std::vector<SectionInfo>& sections()
{
    static const std::vector<SectionInfo> list{
        {"server", "Where callers reach the program, and how much of it they may use."},
        {"store", "Where everything is kept."},
        {"keys", "What seals secrets at rest."},
        {"tokens", "What a finished login hands out."},
        {"smtp", "The mail server that carries live projects' codes."},
        {"smtp2", "A second account: takes over when the first fails."},
        {"smtp3", "A third account."},
        {"twilio", "An account at Twilio, for SMS or WhatsApp. docs/phone.md tells of these four."},
        {"vonage", "An account at Vonage, for SMS or WhatsApp."},
        {"sms_http", "Any provider that takes a message as one HTTP request."},
        {"whatsapp", "An account at Meta's WhatsApp Cloud API."},
        {"delivery", "How messages leave the outbox."},
        {"outbound", "Where the server may connect to at the wish of the API's callers."},
        {"webhooks", "How events are sent to projects' endpoints."},
        {"limits", "How often, behind the published limits, which can't be configured."},
        {"biometrics", "Face models, and the processes that look at pictures with them."},
        {"log", "What is written to standard error."},
    };
    return list;
}

const std::vector<Setting>& settings()
{
    static const auto table = [] {
        std::vector<Setting> made;
        add_server(made);
        add_storage(made);
        add_delivery(made);
        return made;
    }();
    return table;
}

const SectionInfo* find_section(std::string_view name)
{
    const auto& all = sections();
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const auto& section) { return section.name == name; });
    return found == all.end() ? nullptr : &*found;
}

const Setting* find_setting(std::string_view section, std::string_view key)
{
    const auto& all = settings();
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& setting) {
        return setting.section == section && setting.key == key;
    });
    return found == all.end() ? nullptr : &*found;
}

}  // namespace accessd::config
