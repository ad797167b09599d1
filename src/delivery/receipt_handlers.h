#pragma once

#include "config/config.h"
#include "crypto/keyring.h"
#include "delivery/receipt_forms.h"
#include "delivery/receipt_store.h"
#include "delivery/sender_store.h"
#include "http/request.h"
#include "http/response.h"

#include <map>
#include <string>
#include <vector>

namespace accessd::delivery {

/// What relays say about mails afterwards: GET and POST /v2/access/senders/{sender_id}/receipts, without a
/// token. The sender is one of a project, or the section of an account of the operator's ("smtp").
class ReceiptHandlers {
public:
    static constexpr std::size_t kBodyBytesMax =
        256 * 1024;  // A report returns the mail's own text.

    /// `accounts`: the operator's.
    ReceiptHandlers(ReceiptStore& receipts, SenderStore& senders, const crypto::Keyring& keyring,
                    Clock& clock, const std::vector<config::NamedSmtp>& accounts);

    /// For vendors that look whether the address is there before they use it.
    Result<http::Response> greet(const http::Request& request);
    Result<http::Response> receive(const http::Request& request);

private:
    struct Source {
        std::string sender_id;
        std::string project_id;  ///< Empty: the operator's.
        ReceiptKeys keys;
    };
    Result<Source> source_of(const http::Request& request) const;
    Result<bool> record(const Source& source, const ReadReceipt& read, TimePoint now);

    ReceiptStore& receipts_;
    SenderStore& senders_;
    const crypto::Keyring& keyring_;
    Clock& clock_;
    std::map<std::string, Secret> operators_;  ///< Secrets by the section's name.
    SeenTokens seen_tokens_;
};

}  // namespace accessd::delivery
