#include "delivery/smtp_sender.h"

#include "base/trace.h"
#include "delivery/failover.h"
#include "delivery/mail_headers.h"
#include "outbound/connection_watch.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace accessd::delivery {
namespace {

constexpr auto kConnectTimeout = std::chrono::seconds{10};
constexpr long kFarewellSecondsMax = 1;  // Nobody waits for it.

/// Relays close connections that are silent for some minutes; one older than this isn't tried again.
constexpr long kIdleSecondsMax = 60;

struct FreeCurl {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
    void operator()(curl_mime* mime) const { curl_mime_free(mime); }
};
using CurlHandle = std::unique_ptr<CURL, FreeCurl>;
using CurlList = std::unique_ptr<curl_slist, FreeCurl>;
using CurlMime = std::unique_ptr<curl_mime, FreeCurl>;

/// What the relay said in one transfer.
struct Conversation {
    std::string last_reply;
    bool data_began = false;            ///< It answered DATA with 354.
    bool asks_about_recipient = false;  ///< RCPT was the last that was said to it.
    std::array<char, CURL_ERROR_SIZE> curl_words{};
    outbound::ConnectionWatch watch;

    /// Three digits, or 0 if nothing was said.
    int code() const
    {
        if (last_reply.size() < 3) return 0;
        int code = 0;
        for (const char c : last_reply.substr(0, 3)) {
            if (c < '0' || c > '9') return 0;
            code = code * 10 + (c - '0');
        }
        return code;
    }
    /// RFC 3463's class 5.7 or 4.7, security and policy: "550 5.7.1 relaying denied".
    bool is_about_policy() const
    {
        return std::string_view{last_reply}.substr(0, 8).ends_with(".7.");
    }
    /// The relay had the mail and its final dot, and what it said to it is lost.
    bool is_cut_after_data() const { return data_began && code() == 354; }
    bool refused(std::string_view command) const
    {
        return std::string_view{curl_words.data()}.starts_with(command);
    }
};

std::size_t hear_reply(char* bytes, std::size_t, std::size_t count, void* context)
{
    if (context == nullptr) return count;  // Between messages.
    const auto reply = std::string_view{bytes, count}.substr(0, 512);
    // libcurl says QUIT after a refusal: the answer to that explains nothing.
    if (reply.starts_with("221")) return count;
    auto& conversation = *static_cast<Conversation*>(context);
    conversation.last_reply = reply;
    conversation.data_began = conversation.data_began || conversation.code() == 354;
    return count;
}

/// Notes the command that is said; what else libcurl tells is nobody's business.
int hear_command(CURL*, curl_infotype kind, char* bytes, std::size_t count, void* context)
{
    if (context == nullptr || kind != CURLINFO_HEADER_OUT) return 0;
    const std::string_view command{bytes, count};
    static_cast<Conversation*>(context)->asks_about_recipient = command.starts_with("RCPT");
    return 0;
}

std::size_t drop_body(char*, std::size_t, std::size_t count, void*) { return count; }

void append(CurlList& list, const std::string& line)
{
    auto* longer = curl_slist_append(list.get(), line.c_str());
    if (longer == nullptr) return;
    static_cast<void>(list.release());
    list.reset(longer);
}

std::string url_of(const config::Smtp& settings, std::string_view ehlo_name)
{
    const bool is_ipv6 = settings.host.find(':') != std::string::npos && settings.host[0] != '[';
    const auto host = is_ipv6 ? '[' + settings.host + ']' : settings.host;
    const auto* scheme = settings.security == config::Smtp::Security::Tls ? "smtps://" : "smtp://";
    return scheme + host + ':' + std::to_string(settings.port) + '/' + std::string{ehlo_name};
}

template <class Duration>
long to_millis(Duration duration)
{
    return static_cast<long>(std::chrono::milliseconds{duration}.count());
}

/// The encoder takes only CR LF for the end of a line and writes a lone LF as "=0A".
std::string with_crlf(std::string_view text)
{
    std::string lines;
    for (const char c : text) {
        if (c == '\n' && !lines.ends_with('\r')) lines += '\r';
        lines += c;
    }
    return lines;
}

void add_part(curl_mime* mime, std::string_view body, const char* type)
{
    const auto text = with_crlf(body);
    auto* part = curl_mime_addpart(mime);
    curl_mime_data(part, text.data(), text.size());
    curl_mime_type(part, type);
    curl_mime_encoder(part, "quoted-printable");
}

/// What never changes between the messages of a connection.
void set_relay(CURL* curl, const config::Smtp& settings)
{
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");  // The environment's proxies are for the web.
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_MAXAGE_CONN, kIdleSecondsMax);
    const auto timeout = std::chrono::milliseconds{settings.timeout};
    const auto connect = std::min<std::chrono::milliseconds>(timeout, kConnectTimeout);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, to_millis(connect));
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, to_millis(timeout));
    // CURLOPT_TIMEOUT says nothing of the answer to QUIT, which would be waited for for two minutes.
    curl_easy_setopt(curl, CURLOPT_SERVER_RESPONSE_TIMEOUT,
                     static_cast<long>(std::chrono::ceil<std::chrono::seconds>(timeout).count()));

    const bool is_plain = settings.security == config::Smtp::Security::None;
    curl_easy_setopt(curl, CURLOPT_USE_SSL,
                     is_plain ? long{CURLUSESSL_NONE} : long{CURLUSESSL_ALL});
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    if (!settings.ca_file.empty()) {
        curl_easy_setopt(curl, CURLOPT_CAINFO, settings.ca_file.c_str());
        curl_easy_setopt(curl, CURLOPT_CAPATH, nullptr);  // That authority alone.
    }
    if (!settings.user.empty()) {
        curl_easy_setopt(curl, CURLOPT_USERNAME, settings.user.c_str());
        curl_easy_setopt(curl, CURLOPT_PASSWORD, settings.password.reveal().c_str());
        curl_easy_setopt(curl, CURLOPT_SASL_IR, 1L);  // Spares a round trip.
    }
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, hear_reply);
    curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, hear_command);
    curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);  // Or it tells nothing.
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop_body);
}

SendOutcome temporary(std::string reason)
{
    return {Attempt::Outcome::TemporaryFailure, std::move(reason), {}};
}

SendOutcome permanent(std::string reason)
{
    return {Attempt::Outcome::PermanentFailure, std::move(reason), {}};
}

/// Another account might do better.
SendOutcome of_account(SendOutcome outcome)
{
    outcome.concerns_account = true;
    return outcome;
}

/// The relay wants to know who we are: the operator's business, not the recipient's.
/// Source: RFC 4954, 6.
bool asks_for_credentials(int code)
{
    return code == 530 || code == 534 || code == 535 || code == 538;
}

/// A refusal that says whose it is by the command that it answered. Codes of policy and 421, with which a
/// relay leaves, are the account's whatever they answer.
SendOutcome judge_refused_command(const Conversation& conversation)
{
    const int code = conversation.code();
    const bool is_final = code >= 500 && code < 600;  // Beyond, it isn't SMTP.
    if (conversation.refused("RCPT")) {
        return is_final ? permanent("the relay refused the recipient")
                        : temporary("the relay doesn't take the recipient now");
    }
    if (conversation.refused("MAIL")) {
        return of_account(is_final ? permanent("the relay refused the sender")
                                   : temporary("the relay doesn't take the sender now"));
    }
    if (conversation.refused("DATA") || conversation.data_began) {
        return is_final ? permanent("the relay refused the message")
                        : of_account(temporary("the relay doesn't take the message now"));
    }
    // Its greeting, or its answer to EHLO.
    return of_account(temporary("the relay refuses to talk to us"));
}

/// The relay broke the conversation off with a code of 400 or more.
SendOutcome judge_refusal(const Conversation& conversation)
{
    const int code = conversation.code();
    if (asks_for_credentials(code))
        return of_account(temporary("the relay wants other credentials"));
    auto outcome = judge_refused_command(conversation);
    if (code == 421 || (code >= 500 && conversation.is_about_policy())) {
        outcome.concerns_account = true;
    }
    return outcome;
}

/// What libcurl has a name for.
std::optional<std::string> find_fault(CURLcode result, const Conversation& conversation)
{
    switch (result) {
    case CURLE_COULDNT_RESOLVE_HOST: return "the relay's name can't be resolved";
    case CURLE_COULDNT_CONNECT:
        return conversation.watch.refused
                   ? "the relay's address isn't public, so the server doesn't connect to it"
                   : "can't connect to the relay";
    case CURLE_OPERATION_TIMEDOUT: return "the relay didn't answer in time";
    case CURLE_LOGIN_DENIED: return "the relay refused the user or password";
    case CURLE_PEER_FAILED_VERIFICATION: return "the relay's certificate isn't trusted";
    case CURLE_SSL_CACERT_BADFILE: return "smtp.ca_file can't be read";
    case CURLE_USE_SSL_FAILED: return "the relay doesn't offer STARTTLS";
    case CURLE_SSL_CONNECT_ERROR: return "can't agree on TLS with the relay";
    default: return std::nullopt;
    }
}

SendOutcome judge_failure(CURLcode result, const Conversation& conversation)
{
    if (conversation.is_cut_after_data()) {
        auto outcome = of_account(temporary(std::string{kMayHaveArrived}));
        outcome.may_have_arrived = true;
        return outcome;
    }
    if (auto fault = find_fault(result, conversation)) {
        // It took the account and the sender, and hesitates about one recipient: others mustn't wait for that.
        const bool is_recipients =
            result == CURLE_OPERATION_TIMEDOUT && conversation.asks_about_recipient;
        return is_recipients ? temporary(*fault) : of_account(temporary(*fault));
    }
    if (conversation.code() >= 400) return judge_refusal(conversation);
    return of_account(temporary("the connection to the relay broke"));
}

SendOutcome judge(CURLcode result, const Conversation& conversation)
{
    auto outcome = result == CURLE_OK ? SendOutcome{Attempt::Outcome::Accepted, {}, {}}
                                      : judge_failure(result, conversation);
    // An earlier "250 ok" explains no failure.
    if (result == CURLE_OK || conversation.code() >= 400) {
        outcome.provider_answer = without_addresses(conversation.last_reply);
    }
    return outcome;
}

/// One message over one connection.
SendOutcome perform(CURL* curl, const config::Smtp& settings, const outbound::Guard* guard,
                    const OutgoingMail& mail)
{
    const auto url = url_of(settings, domain_of(mail.from));
    CurlList recipients;
    append(recipients, mail.recipient);
    CurlList headers;
    for (const auto& line : mail_headers(mail)) append(headers, line);
    append(headers, "Content-Type: multipart/alternative");
    const CurlMime mime{curl_mime_init(curl)};
    add_part(mime.get(), mail.text, "text/plain; charset=utf-8");  // The best form comes last.
    add_part(mime.get(), mail.html, "text/html; charset=utf-8");
    Conversation conversation;

    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, mail.from.c_str());
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients.get());
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(curl, CURLOPT_MIMEPOST, mime.get());
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &conversation);
    curl_easy_setopt(curl, CURLOPT_DEBUGDATA, &conversation);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, conversation.curl_words.data());
    conversation.watch.guard = guard;
    outbound::watch_connections(curl, &conversation.watch);
    const auto result = curl_easy_perform(curl);

    // None of these may be reached from a handle that outlives them.
    curl_easy_setopt(curl, CURLOPT_MIMEPOST, nullptr);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, nullptr);
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, nullptr);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, nullptr);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, nullptr);
    curl_easy_setopt(curl, CURLOPT_DEBUGDATA, nullptr);
    outbound::watch_connections(curl, nullptr);
    return judge(result, conversation);
}

}  // namespace

/// Handles of libcurl, each of which keeps its connection. Made when first needed.
class SmtpSender::Connections {
public:
    Connections(const config::Smtp& settings, int count_max)
        : settings_(settings), left_(std::max(1, count_max))
    {
    }
    ~Connections()
    {
        for (const auto& handle : idle_) {
            curl_easy_setopt(handle.get(), CURLOPT_SERVER_RESPONSE_TIMEOUT, kFarewellSecondsMax);
        }
    }
    Connections(const Connections&) = delete;
    Connections& operator=(const Connections&) = delete;

    /// Waits for a free one. Null when the system has no memory for one.
    CurlHandle take()
    {
        std::unique_lock lock{mutex_};
        freed_.wait(lock, [this] { return left_ > 0; });
        --left_;
        if (idle_.empty()) {
            CurlHandle made{curl_easy_init()};
            if (made) set_relay(made.get(), settings_);
            return made;
        }
        auto handle =
            std::move(idle_.back());  // The one used last: its connection is the freshest.
        idle_.pop_back();
        return handle;
    }

    void give_back(CurlHandle handle)
    {
        {
            const std::scoped_lock lock{mutex_};
            ++left_;
            if (handle) idle_.push_back(std::move(handle));
        }
        freed_.notify_one();
    }

private:
    const config::Smtp& settings_;
    std::mutex mutex_;
    std::condition_variable freed_;
    std::vector<CurlHandle> idle_;
    int left_;
};

SmtpSender::SmtpSender(const config::Smtp& settings, std::string name, const outbound::Guard* guard)
    : settings_(settings), name_(std::move(name)), guard_(guard)
{
    static const auto ready = curl_global_init(CURL_GLOBAL_DEFAULT);  // Once in the process.
    static_cast<void>(ready);
    connections_ = std::make_unique<Connections>(settings_, settings_.connections_max);
}

SmtpSender::~SmtpSender() = default;

SendOutcome SmtpSender::send(const OutgoingMail& mail)
{
    if (!is_plain_address(mail.recipient)) return permanent("the recipient's address isn't valid");
    if (!is_plain_address(mail.from)) return temporary("smtp.from isn't an address");

    auto handle = connections_->take();
    if (!handle) {
        connections_->give_back(nullptr);
        return temporary("no memory for a connection");
    }
    trace::Span span{"SMTP send", trace::Kind::Client};
    auto outcome = perform(handle.get(), settings_, guard_, mail);
    if (outcome.outcome != Attempt::Outcome::Accepted) span.failed();
    span.end();
    connections_->give_back(std::move(handle));
    return outcome;
}

SendOutcome SmtpSender::check()
{
    Conversation conversation;
    const CurlHandle handle{curl_easy_init()};
    if (!handle) return temporary("no memory for a connection");
    set_relay(handle.get(), settings_);
    const auto url = url_of(settings_, domain_of(settings_.from));
    curl_easy_setopt(handle.get(), CURLOPT_URL, url.c_str());
    curl_easy_setopt(handle.get(), CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(handle.get(), CURLOPT_HEADERDATA, &conversation);
    curl_easy_setopt(handle.get(), CURLOPT_ERRORBUFFER, conversation.curl_words.data());
    conversation.watch.guard = guard_;
    outbound::watch_connections(handle.get(), &conversation.watch);
    const auto result = curl_easy_perform(handle.get());
    curl_easy_setopt(handle.get(), CURLOPT_ERRORBUFFER, nullptr);
    curl_easy_setopt(handle.get(), CURLOPT_HEADERDATA, nullptr);
    return judge(result, conversation);
}

}  // namespace accessd::delivery
