#include "app/doctor_network.h"

#include "base/percent_encoding.h"
#include "delivery/provider.h"
#include "delivery/provider_call.h"

#include <netdb.h>
#include <sys/socket.h>

#include <chrono>
#include <optional>
#include <string>

namespace accessd::app {
namespace {

using delivery::SenderKind;

std::string host_of(const std::string& url)
{
    const auto begin = url.find("://");
    auto host = begin == std::string::npos ? url : url.substr(begin + 3);
    if (host.starts_with('[')) return host.substr(1, host.find(']') - 1);
    return host.substr(0, host.find_first_of(":/"));
}

/// Nothing: the kind has no request that only asks.
std::optional<outbound::HttpRequest> question(const delivery::ProviderAccount& account)
{
    outbound::HttpRequest request;
    request.method = "GET";
    request.timeout = std::chrono::seconds{10};
    request.long_answer = outbound::LongAnswer::Cut;
    const auto base = account.setting("base_url");
    switch (account.kind) {
    case SenderKind::Twilio: {
        const auto sid = account.setting("account_sid");
        request.url = base + "/2010-04-01/Accounts/" + percent_encoded(sid) + ".json";
        request.headers.push_back(
            {"Authorization",
             delivery::basic_credentials(sid, account.secret("auth_token").reveal())});
        return request;
    }
    case SenderKind::Vonage: {
        const auto key = account.setting("api_key");
        request.url = base + "/accounts/" + percent_encoded(key) + "/secrets";
        request.headers.push_back(
            {"Authorization",
             delivery::basic_credentials(key, account.secret("api_secret").reveal())});
        return request;
    }
    case SenderKind::WhatsAppCloud:
        request.url = base + "/" + percent_encoded(account.setting("version")) + "/" +
                      percent_encoded(account.setting("phone_number_id")) + "?fields=verified_name";
        request.headers.push_back(
            {"Authorization", "Bearer " + account.secret("access_token").reveal()});
        return request;
    case SenderKind::Smtp:
    case SenderKind::Http: break;
    }
    return std::nullopt;
}

}  // namespace

Finding check_dns(const config::Config& config)
{
    const auto host = host_of(config.public_url());
    addrinfo* found = nullptr;
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    const int problem = ::getaddrinfo(host.c_str(), nullptr, &hints, &found);
    if (found != nullptr) ::freeaddrinfo(found);
    if (problem == 0) return Finding::ok("dns", host + " is known");
    return Finding::warn(
        "dns", host + " isn't known: " + ::gai_strerror(problem),
        "Mend server.public_url, its DNS record, or this machine's resolver: links "
        "in mails lead there.");
}

Finding check_account(const delivery::ProviderAccount& account, const std::string& check,
                      const std::string& where, outbound::HttpClient& http, PlainHttp plain_http)
{
    auto request = question(account);
    if (!request) {
        return Finding::ok(check, "set; its service has no request that only asks, so it "
                                  "wasn't tried");
    }
    request->may_be_plain_http = plain_http == PlainHttp::Allowed;
    const auto answer = http.send(*request);
    if (!answer) {
        return Finding::fail(check, "not reached: " + answer.error().reason,
                             "Check the network, and base_url of " + where + ".");
    }
    if (answer->status / 100 == 2) return Finding::ok(check, "takes the credentials");
    const auto status = std::to_string(answer->status);
    if (answer->status >= 500 || answer->status == 429) {
        return Finding::warn(check, "answers with status " + status,
                             "It has trouble of its own; run doctor again.");
    }
    return Finding::fail(check, "refuses the credentials (status " + status + ")",
                         "Check " + where + " against the provider's console.");
}

Finding check_provider(const config::NamedProvider& provider, outbound::HttpClient& http)
{
    delivery::ProviderAccount account;
    account.kind = delivery::parse_sender_kind(provider.kind).value_or(SenderKind::Http);
    account.settings = provider.settings;
    account.secrets = provider.secrets;
    return check_account(account, provider.name, "[" + provider.name + "]", http,
                         PlainHttp::Allowed);
}

}  // namespace accessd::app
