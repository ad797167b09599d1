#pragma once

#include "base/random.h"
#include "base/result.h"
#include "crypto/keyring.h"
#include "delivery/sender_field_handlers.h"
#include "delivery/sender_pool.h"
#include "delivery/sender_store.h"
#include "http/entity_tag.h"
#include "http/request.h"
#include "http/response.h"
#include "limits/limit_store.h"
#include "outbound/guard.h"
#include "outbound/http_client.h"
#include "projects/projects.h"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace accessd::delivery {

/// Projects' own senders over the API: api.md, section 12.
class SenderHandlers {
public:
    struct Parts {
        SenderStore& store;
        projects::Projects& projects;
        SenderPool& pool;
        const outbound::Guard& guard;
        outbound::HttpClient& http;
        const crypto::Keyring& keyring;
        limits::LimitStore& limits;
        Clock& clock;
        Random& random;
        std::string public_url;
    };

    explicit SenderHandlers(Parts parts);

    Result<http::Response> create(const http::Request& request);
    Result<http::Response> list(const http::Request& request);
    Result<http::Response> get(const http::Request& request);
    Result<http::Response> change(const http::Request& request);
    Result<http::Response> remove(const http::Request& request);
    /// Sends a mail within the request and answers what came of it.
    Result<http::Response> test(const http::Request& request);

private:
    Result<SenderAccount> sender_of(const http::Request& request) const;
    ProviderSecrets secrets_of(const SenderAccount& account) const;
    Result<std::vector<std::string>> check_and_seal(SenderAccount& account,
                                                    const SenderSecrets& secrets,
                                                    const SenderAccount* before) const;
    Result<SendOutcome> send_test_text(const SenderAccount& account,
                                       const std::string& project_name,
                                       const std::string& recipient, contacts::Language language);
    nlohmann::json stable_json(const SenderAccount& account) const;
    nlohmann::json to_json(const SenderAccount& account) const;
    http::Response answer(const SenderAccount& account, nlohmann::json extras,
                          std::string_view message, int status) const;
    void seal(SenderAccount& account, const SenderSecrets& secrets) const;
    std::string renew_receipt_secret(SenderAccount& account) const;
    Error overtaken(const http::Request& request, const http::IfMatch& if_match,
                    Error refusal) const;
    Result<SendOutcome> send_test(const SenderAccount& account, const std::string& project_name,
                                  const std::string& recipient, contacts::Language language);

    Parts parts_;
};

}  // namespace accessd::delivery
