#pragma once

#include "base/result.h"
#include "delivery/provider.h"
#include "delivery/provider_call.h"
#include "delivery/receipt_forms.h"

#include <string>
#include <string_view>
#include <vector>

namespace accessd::delivery {

/// A provider's receipt as it was posted.
struct ProviderPost {
    std::string url;             ///< As the provider called it, query included.
    std::string message_id;      ///< Of the query; empty: there is none.
    FormFields form;             ///< The body's fields, decoded, where it is a form.
    std::string_view signature;  ///< X-Twilio-Signature or X-Hub-Signature-256.
    std::string_view authorization;
    std::string_view body;
};

/// Checks the provider's signature and reads what it signs; what says nothing of interest is left out.
/// `account` is of Twilio, Vonage or WhatsAppCloud; one without the secret that signs takes none.
/// A receipt that comes twice is for the store to know: signatures of Twilio and WhatsApp hold no time.
/// Source: docs/decisions/0040-receipts-of-providers.md.
/// Errors: InvalidCredentials (unsigned, forged or stale), InvalidJson, InvalidRequest.
Result<std::vector<ReadReceipt>> read_provider_receipts(const ProviderPost& post,
                                                        const ProviderAccount& account,
                                                        TimePoint now);

}  // namespace accessd::delivery
