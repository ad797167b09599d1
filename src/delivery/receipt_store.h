#pragma once

#include "base/clock.h"
#include "base/result.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace accessd::delivery {

/// What makes a signature that doesn't cover its receipt good for one only.
struct OnceToken {
    std::string digest;  ///< Of the signer and the token.
    TimePoint until;     ///< From then on the signature is stale by itself.
};

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
    std::optional<OnceToken> once{};
};

std::string_view to_text(Receipt::Kind kind);
std::optional<Receipt::Kind> parse_receipt_kind(std::string_view text);

/// Receipts at rest, and what they make of messages.
class ReceiptStore {
public:
    virtual ~ReceiptStore() = default;

    /// Writes a receipt down, once per message and kind; a repetition changes nothing. A message that was sent
    /// becomes Delivered (otp.delivered), one that bounced Failed (otp.delivery_failed); what has failed stays
    /// so. Gives false where nothing was written: a repetition, or the message is not one that `sender_id`
    /// handed over or may be handing over now, of `project_id` where that isn't empty, or its token was spent. Errors: StoreUnavailable.
    virtual Result<bool> record(const std::string& sender_id, const std::string& project_id,
                                const Receipt& receipt) = 0;
    /// Spends the token of something that is no receipt, so that none can be made with it. Errors: StoreUnavailable.
    virtual Result<void> spend(const OnceToken& token) = 0;
    /// Our message that a sender's provider calls so; nothing if there is none. Errors: StoreUnavailable.
    virtual Result<std::optional<std::string>> find_message_of(const std::string& sender_id,
                                                               const std::string& provider_id) = 0;
    virtual Result<std::vector<Receipt>> of_validation(const std::string& project_id,
                                                       const std::string& validation_id) = 0;
};

}  // namespace accessd::delivery
