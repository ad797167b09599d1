#pragma once

#include "base/result.h"
#include "base/secret.h"
#include "delivery/provider_field_handlers.h"
#include "delivery/sender_account.h"
#include "outbound/guard.h"

#include <optional>
#include <string>
#include <vector>

namespace accessd::http {
class Fields;
}  // namespace accessd::http

namespace accessd::delivery {

/// What a caller sends to be sealed, or to be forgotten (an empty one). Nothing: it stays as it is.
struct SenderSecrets {
    std::optional<Secret> password;
    std::optional<Secret> mailgun_key;
    ProviderSecrets provider;  ///< Of a sender at a provider: those that came.
};

/// Reads what a caller may say of a sender over `account`, remembering problems in `body`.
void read_sender(http::Fields& body, bool is_new, SenderAccount& account, SenderSecrets& secrets);

/// What no single field shows. `before`: the account that is changed, if it isn't new. Gives warnings.
/// A kept password goes to no other server, port or user than it was given for: else whoever may change a
/// sender could read the password that nobody can read.
/// Errors: InvalidRequest; UrlNotAllowed with details.field for a host or port the server may not connect to.
Result<std::vector<std::string>> check_sender(SenderAccount& account, const SenderSecrets& secrets,
                                              const SenderAccount* before,
                                              const outbound::Guard& guard);

}  // namespace accessd::delivery
