#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"
#include "delivery/receipt_store.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace accessd::delivery {

/// What may have signed a receipt. Empty: nothing of that kind is taken.
struct ReceiptKeys {
    Secret own;      ///< The sender's receipt_secret.
    Secret mailgun;  ///< Mailgun's "HTTP webhook signing key".
};

/// A receipt as it was posted.
struct PostedReceipt {
    std::string_view content_type;  ///< Without parameters, in lower case.
    std::string_view signature;     ///< The header X-Accessd-Signature; empty: it wasn't there.
    std::string_view body;
};

/// A signed receipt that was read.
struct ReadReceipt {
    std::optional<Receipt> receipt;  ///< Nothing: it says nothing of interest, such as "opened".
    std::string token;               ///< Of Mailgun, where `receipt` has none to hold it.
    /// What the provider calls the message, where the receipt doesn't say what we do; then the receipt's
    /// message_id is empty.
    std::string provider_id{};
};

/// Checks the signature and reads what it signs: our own JSON, Mailgun's, or a delivery report (RFC 3464).
/// Source: docs/decisions/0025-receipts-for-email.md.
/// Errors: InvalidCredentials (unsigned, forged or stale), InvalidJson, InvalidRequest, UnsupportedMediaType.
Result<ReadReceipt> read_receipt(const PostedReceipt& posted, const ReceiptKeys& keys,
                                 TimePoint now);

/// Whether a signature of this time (seconds since 1970, as the sender says) is within kSignatureLife of now.
bool is_signature_fresh(std::int64_t seconds, TimePoint now);

/// A status code of RFC 3463 in plain words: "5.1.1" is "the mailbox doesn't exist".
std::string explain_status(std::string_view status);

/// The id in our Message-ID ("<msg_...@example.com>") or alone; nothing if there is none.
std::optional<std::string> find_message_id(std::string_view text);

}  // namespace accessd::delivery
