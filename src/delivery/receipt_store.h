#pragma once

#include "base/clock.h"
#include "base/result.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace accessd::delivery {

/// What a relay says about a mail after it took it.
struct Receipt {
    enum class Kind {
        Delivered,   ///< The recipient's server has it.
        Bounced,     ///< It never will.
        Complained,  ///< The recipient called it spam.
        Deferred,    ///< Not yet; the relay goes on trying.
    };
    std::string message_id;  ///< "msg_...".
    Kind kind{};
    std::string reason;           ///< Plain words; empty when delivered.
    std::string provider_answer;  ///< The other side's own words, without contacts.
    TimePoint received_at;
    /// What the signature covers instead of all this, and so may come but once; empty: it covers the receipt.
    /// Not kept with the receipt.
    std::string token{};
};

/// How far a signature's time may be from now. Tokens are remembered for as long as one can be good: it may be
/// from the future by this, and is good for this long afterwards.
inline constexpr auto kSignatureLife = std::chrono::minutes{5};

std::string_view to_text(Receipt::Kind kind);
std::optional<Receipt::Kind> parse_receipt_kind(std::string_view text);

/// Receipts at rest, and what they make of messages.
class ReceiptStore {
public:
    virtual ~ReceiptStore() = default;

    /// Writes a receipt down, once per message and kind; a repetition changes nothing. A message that was sent
    /// becomes Delivered (otp.delivered), one that bounced Failed (otp.delivery_failed); what has failed stays
    /// so. Gives false where nothing was written: a repetition, a token that was used before, or the message is
    /// not one that `sender_id` handed over or may be handing over now, of `project_id` where that isn't empty.
    /// Errors: StoreUnavailable; then the token is good as before.
    virtual Result<bool> record(const std::string& sender_id, const std::string& project_id,
                                const Receipt& receipt) = 0;
    /// Uses up the token of a receipt that says nothing of interest. Errors: StoreUnavailable.
    virtual Result<void> use_token(const std::string& sender_id, const std::string& token,
                                   TimePoint now) = 0;
    /// Our message that a sender's provider calls so; nothing if there is none. Errors: StoreUnavailable.
    virtual Result<std::optional<std::string>> find_message_of(const std::string& sender_id,
                                                               const std::string& provider_id) = 0;
    virtual Result<std::vector<Receipt>> of_validation(const std::string& project_id,
                                                       const std::string& validation_id) = 0;
};

}  // namespace accessd::delivery
