#pragma once

#include "base/clock.h"
#include "base/random.h"
#include "outbound/http_client.h"
#include "sources/source_client.h"

#include <string>
#include <string_view>

namespace accessd::sources {

/// `url` with each placeholder replaced by the contact, percent-encoded so that it is one piece of a path or one
/// value of a query, whatever it holds.
std::string fill_url(std::string_view url, const users::Contact& contact);

/// What is wrong with a URL of a source; empty: nothing. Placeholders stand behind the host only.
std::string refuse_url(std::string_view url);

/// "t=1700000000,v1=<hex>": HMAC-SHA-256 of "t.METHOD target\nbody", by which the service knows who asks.
std::string sign_request(std::string_view secret, std::int64_t seconds, std::string_view method,
                         std::string_view target, std::string_view body);

/// Asks the customer's own HTTP service.
class HttpSourceClient final : public SourceClient {
public:
    HttpSourceClient(const SourceSettings& settings, outbound::HttpClient& http, const Clock& clock)
        : settings_(settings), http_(http), clock_(clock)
    {
    }

    tl::expected<Answer, Failure> ask(const users::Contact& contact, Deadline deadline) override;
    bool is_reusable() const override { return true; }

private:
    SourceSettings settings_;
    outbound::HttpClient& http_;
    const Clock& clock_;
};

}  // namespace accessd::sources
