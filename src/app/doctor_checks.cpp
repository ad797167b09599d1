#include "app/doctor_checks.h"

#include "app/mail_dns.h"
#include "app/master_key.h"
#include "crypto/keyring.h"
#include "delivery/smtp_sender.h"
#include "limits/guess_chance.h"

#include <nlohmann/json.hpp>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <memory>
#include <optional>

namespace accessd::app {
namespace {

constexpr std::uint64_t kMegabyte = 1'000'000;
constexpr std::uint64_t kRoomMin = 100 * kMegabyte;  // Below it the next busy hour fills the disk.
constexpr std::uint64_t kRoomWanted = 1000 * kMegabyte;
constexpr std::time_t kClockLead = 2;    // Seconds; as for readiness.
constexpr int kCertificateDaysMin = 14;  // Time enough for two renewals that fail.

struct FreeOpenSsl {
    void operator()(BIO* bio) const { BIO_free(bio); }
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};

template <class T>
using OpenSsl = std::unique_ptr<T, FreeOpenSsl>;

std::string octal(mode_t mode)
{
    std::array<char, 8> text{};
    std::snprintf(text.data(), text.size(), "%04o", static_cast<unsigned>(mode & 07777U));
    return text.data();
}

Finding check_owner(const std::string& data_dir, const struct stat& status)
{
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return Finding::fail(
            "data.mode", data_dir + " is open to other users (mode " + octal(status.st_mode) + ")",
            "Run: chmod 700 " + data_dir);
    }
    if (::geteuid() != 0 && status.st_uid != ::geteuid()) {
        return Finding::fail("data.mode", data_dir + " belongs to another user",
                             "Run doctor, and accessd, as its owner.");
    }
    return Finding::ok("data.mode", data_dir + " is its owner's alone");
}

Finding check_room(const std::string& data_dir)
{
    struct statvfs disk {};
    if (::statvfs(data_dir.c_str(), &disk) != 0) {
        return Finding::warn("data.room", "the room on the disk can't be learned", "Look at df.");
    }
    const auto bytes = static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize;
    const auto text = std::to_string(bytes / kMegabyte) + " MB are free";
    if (bytes < kRoomMin) return Finding::fail("data.room", text, "Make room: writes fail soon.");
    if (bytes < kRoomWanted) return Finding::warn("data.room", text, "Make room soon.");
    return Finding::ok("data.room", text);
}

Finding check_clock(const std::string& data_dir, TimePoint now)
{
    const auto seconds = static_cast<std::time_t>(unix_seconds(now));
    for (const auto* name : {"/accessd.db", "/accessd.db-wal", "/lock"}) {
        struct stat status {};
        if (::stat((data_dir + name).c_str(), &status) != 0) continue;
        if (status.st_mtime > seconds + kClockLead) {
            return Finding::fail("clock",
                                 "the clock is " + std::to_string(status.st_mtime - seconds) +
                                     " s behind the time at which " + data_dir + name +
                                     " was written",
                                 "Set the clock, and keep it set (NTP): codes and limits need it.");
        }
    }
    return Finding::ok("clock", to_rfc3339(now) + ", not behind the store");
}

template <class T, class Read>
OpenSsl<T> read_pem(const std::string& file, Read read)
{
    const OpenSsl<BIO> bio{BIO_new_file(file.c_str(), "r")};
    return OpenSsl<T>{bio ? read(bio.get(), nullptr, nullptr, nullptr) : nullptr};
}

std::optional<int> days_left(const X509* certificate, TimePoint now)
{
    const auto seconds = static_cast<std::time_t>(unix_seconds(now));
    ASN1_TIME* moment = ASN1_TIME_set(nullptr, seconds);
    int days = 0;
    int rest = 0;
    const int known = ASN1_TIME_diff(&days, &rest, moment, X509_get0_notAfter(certificate));
    ASN1_TIME_free(moment);
    if (known != 1) return std::nullopt;
    return rest < 0 && days == 0 ? -1 : days;
}

/// How many codes one identity can be sent in a day. The strictest of the limits decides; 0 switches one off.
double codes_a_day(const limits::Limit& sends, int per_hour, int per_day)
{
    auto codes = limits::codes_per_day(sends);
    if (per_hour > 0) codes = std::min(codes, 24.0 * per_hour);
    if (per_day > 0) codes = std::min(codes, 1.0 * per_day);
    return codes;
}

std::optional<TimePoint> time_of(const nlohmann::json& object, const char* name)
{
    const auto found = object.find(name);
    if (found == object.end() || !found->is_number_integer()) return std::nullopt;
    return from_unix_millis(found->get<std::int64_t>());
}

}  // namespace

Findings check_data_folder(const std::string& data_dir, TimePoint now)
{
    struct stat status {};
    if (::stat(data_dir.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
        return {Finding::fail("data", "there is no data folder " + data_dir,
                              "Run accessd init, or mend store.data_dir.")};
    }
    return {check_owner(data_dir, status), check_room(data_dir), check_clock(data_dir, now)};
}

Finding check_tls(const config::Server& server, TimePoint now)
{
    const auto& file = server.tls_certificate_file;
    if (file.empty()) return Finding::ok("tls", "not used: a proxy is expected to do it");
    const auto certificate = read_pem<X509>(file, PEM_read_bio_X509);
    if (!certificate) {
        return Finding::fail("tls", file + " can't be read as a PEM certificate",
                             "Mend server.tls_certificate_file or the file's mode.");
    }
    const auto key = read_pem<EVP_PKEY>(server.tls_key_file, PEM_read_bio_PrivateKey);
    if (!key) {
        return Finding::fail("tls", server.tls_key_file + " can't be read as a PEM private key",
                             "Mend server.tls_key_file or the file's mode.");
    }
    if (X509_check_private_key(certificate.get(), key.get()) != 1) {
        return Finding::fail("tls", "certificate and key are no pair",
                             "Name the key that the certificate was made for.");
    }
    const auto days = days_left(certificate.get(), now);
    if (!days) return Finding::fail("tls", "the certificate has no end", "Get another one.");
    if (*days < 0) return Finding::fail("tls", "the certificate has expired", "Renew it now.");
    const auto text = "the certificate is good for " + std::to_string(*days) + " days";
    if (*days < kCertificateDaysMin) return Finding::warn("tls", text, "Renew it.");
    return Finding::ok("tls", text);
}

Finding check_smtp(const config::Smtp& smtp, const std::string& section)
{
    if (smtp.host.empty()) {
        return Finding::warn(section,
                             "no mail server is set, so live projects send codes only through "
                             "senders of their own",
                             "Set smtp.host and what belongs to it, unless every project has its "
                             "own sender.");
    }
    return check_relay(smtp, section, "[" + section + "]");
}

Finding check_relay(const config::Smtp& smtp, const std::string& check, const std::string& where,
                    const outbound::Guard* guard)
{
    const auto name = smtp.host + ":" + std::to_string(smtp.port);
    const auto outcome = delivery::SmtpSender{smtp, check, guard}.check();
    if (outcome.outcome == delivery::Attempt::Outcome::Accepted) {
        return Finding::ok(check, name + " answers" +
                                      (smtp.user.empty() ? "" : " and takes the credentials"));
    }
    auto text = name + ": " + outcome.reason;
    if (!outcome.provider_answer.empty()) text += " (it said: " + outcome.provider_answer + ")";
    return Finding::fail(check, text, "Check " + where + ", the network, and the relay's own log.");
}

Findings check_mail_dns(const config::Smtp& smtp)
{
    const auto at = smtp.from.rfind('@');
    if (smtp.host.empty() || at == std::string::npos) return {};
    const auto domain = smtp.from.substr(at + 1);
    const auto dkim = smtp.dkim_selector.empty()
                          ? TextRecords{}
                          : look_up_text(smtp.dkim_selector + "._domainkey." + domain);
    return {judge_spf(domain, look_up_text(domain)), judge_dkim(domain, smtp.dkim_selector, dkim),
            judge_dmarc(domain, look_up_text("_dmarc." + domain))};
}

Finding check_master_key(const config::Config& config, const nlohmann::json& store)
{
    const auto key = read_master_key(config);
    if (!key) {
        return Finding::fail("master_key", key.error().message, "Put the right key back.");
    }
    const auto wanted = store.value("master_id", std::string{});
    if (wanted.empty()) return Finding::ok("master_key", "readable; the store has no keys yet");
    const auto id = crypto::Keyring::id_of(*key);
    if (id == wanted)
        return Finding::ok("master_key", "id " + id + ", which the store was made with");
    return Finding::fail(
        "master_key", "id " + id + ", but the store was made with the key of id " + wanted,
        "Point keys.master_key_file or ACCESSD_MASTER_KEY to that one. A rekey that "
        "was cut off is completed by the next start.");
}

Finding check_signing_keys(const config::Tokens& tokens, const nlohmann::json& store, TimePoint now)
{
    std::optional<TimePoint> newest;
    for (const auto& key : store.value("signing_keys", nlohmann::json::array())) {
        const auto created = time_of(key, "created_at");
        if (created && *created > now + std::chrono::seconds{kClockLead}) {
            return Finding::fail("signing_keys", "a key was made in the future", "Set the clock.");
        }
        const auto active = time_of(key, "active_from");
        if (active && (!newest || *active > *newest)) newest = active;
    }
    if (!newest) return Finding::ok("signing_keys", "none yet; the first start makes them");
    const auto age = std::chrono::duration_cast<std::chrono::hours>(now - *newest).count() / 24;
    const auto text =
        "the newest signs since " + std::to_string(std::max<std::int64_t>(0, age)) + " days";
    if (now - *newest <= tokens.signing_key_life) return Finding::ok("signing_keys", text);
    return Finding::warn("signing_keys", text + ", longer than tokens.signing_key_life_seconds",
                         "Keep the server running: it replaces keys by itself. See its log.");
}

Finding check_guess_chance(const config::Limits& settings, const nlohmann::json& store)
{
    const auto by_email = codes_a_day(limits::kEmailSends, settings.email_sends_per_hour,
                                      settings.email_sends_per_day);
    const auto by_phone = codes_a_day(limits::kPhoneSends, settings.phone_sends_per_hour,
                                      settings.phone_sends_per_day);
    double worst = 0;
    std::string flow;
    bool is_phone = false;
    for (const auto& rule : store.value("code_rules", nlohmann::json::array())) {
        const bool goes_to_phone = rule.value("method", "") == "phone";
        const auto chance =
            limits::guess_chance(rule.value("otp_length", 6), rule.value("max_attempts", 3),
                                 goes_to_phone ? by_phone : by_email);
        if (chance <= worst) continue;
        worst = chance;
        flow = rule.value("flow_id", std::string{});
        is_phone = goes_to_phone;
    }
    if (flow.empty()) return Finding::ok("limits", "no flow sends codes yet");
    std::array<char, 32> number{};
    std::snprintf(number.data(), number.size(), "%.2g", worst);
    const auto text = std::string{"somebody who spends every try guesses a code of one person "} +
                      (is_phone ? "by phone" : "by email") + " with a chance of " + number.data() +
                      " a day (flow " + flow + ")";
    if (worst <= limits::kGuessChanceMax) return Finding::ok("limits", text);
    return Finding::warn(
        "limits", text,
        std::string{"Use longer codes (otp_length 8) or fewer tries "
                    "(max_attempts) in that flow, or lower "} +
            (is_phone ? "limits.phone_sends_per_day" : "limits.email_sends_per_day") +
            ". See docs/security.md.");
}

}  // namespace accessd::app
