#pragma once

#include "config/config.h"
#include "crypto/keyring.h"
#include "delivery/provider.h"
#include "delivery/receipt_forms.h"
#include "delivery/receipt_store.h"
#include "delivery/sender_store.h"
#include "http/request.h"
#include "http/response.h"

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace accessd::delivery {

/// What relays and providers say about messages afterwards: GET and POST /v2/access/senders/{sender_id}/receipts, without a
/// token. The sender is one of a project, or the section of an account of the operator's ("smtp").
class ReceiptHandlers {
public:
    static constexpr std::size_t kBodyBytesMax =
        256 * 1024;  // A report returns the mail's own text.

    /// `accounts`, `providers`: the operator's. `public_url`: what providers call, which some of them sign.
    ReceiptHandlers(ReceiptStore& receipts, SenderStore& senders, const crypto::Keyring& keyring,
                    Clock& clock, const std::vector<config::NamedSmtp>& accounts,
                    const std::vector<config::NamedProvider>& providers, std::string public_url);

    /// The operator's accounts have changed. Threads: safe to call while requests run.
    void replace_operators(const std::vector<config::NamedSmtp>& accounts,
                           const std::vector<config::NamedProvider>& providers);

    /// For vendors that look whether the address is there before they use it.
    Result<http::Response> greet(const http::Request& request);
    Result<http::Response> receive(const http::Request& request);

private:
    struct Source {
        std::string sender_id;
        std::string project_id;  ///< Empty: the operator's.
        ReceiptKeys keys;
        std::optional<ProviderAccount> provider{};  ///< Of senders that aren't mail servers.
    };
    Result<Source> source_of(const http::Request& request) const;
    Result<Source> source_of(const SenderAccount& account) const;
    Result<std::vector<ReadReceipt>> read(const http::Request& request, const Source& source,
                                          TimePoint now) const;
    Result<bool> record(const Source& source, const ReadReceipt& read, TimePoint now);

    ReceiptStore& receipts_;
    SenderStore& senders_;
    const crypto::Keyring& keyring_;
    Clock& clock_;
    std::optional<Source> find_operators(const std::string& id) const;

    mutable std::mutex mutex_;
    std::map<std::string, Secret> operators_;           ///< Secrets by the section's name.
    std::map<std::string, ProviderAccount> providers_;  ///< The same of phone messages'.
    std::string public_url_;
};

}  // namespace accessd::delivery
