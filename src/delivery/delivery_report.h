#pragma once

#include "delivery/receipt_store.h"

#include <optional>
#include <string>
#include <string_view>

namespace accessd::delivery {

/// What a delivery report says of the one recipient of one of our mails.
struct DeliveryReport {
    std::string message_id;             ///< "msg_...".
    std::optional<Receipt::Kind> kind;  ///< Nothing for what proves neither, such as "relayed".
    std::string status;                 ///< "5.1.1".
    std::string diagnostic;             ///< The other server's words.
};

/// Reads the fields of a delivery status (RFC 3464, 2): alone, or within the multipart/report or the whole mail
/// that an MTA hands to a pipe. The mail that it is about is known by our Message-ID in what was returned of it,
/// or by Original-Envelope-Id. Nothing for text that says neither what happened nor to which mail.
std::optional<DeliveryReport> parse_delivery_report(std::string_view text);

}  // namespace accessd::delivery
