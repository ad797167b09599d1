#pragma once

#include "base/result.h"
#include "base/secret.h"
#include "delivery/sender_account.h"
#include "outbound/guard.h"

#include <nlohmann/json_fwd.hpp>

#include <map>
#include <string>
#include <vector>

namespace accessd::http {
class Fields;
}  // namespace accessd::http

namespace accessd::delivery {

/// Secrets by the names of provider_fields(). Of what a caller sends, an empty one is to be forgotten.
using ProviderSecrets = std::map<std::string, Secret>;

/// Reads what a caller may say of a sender at a provider over `account`, remembering problems in `body`.
void read_provider(http::Fields& body, SenderAccount& account, ProviderSecrets& sent);

/// What no single field shows. `secrets`: all there are afterwards; `sent`: those that came with the request;
/// `before`: the account that is changed, if it isn't new. Gives warnings.
/// A kept secret goes to no other address or account than it was given for: else whoever may change a sender
/// could read what nobody can read.
/// Errors: InvalidRequest; UrlNotAllowed with details.field for a host the server may not connect to.
Result<std::vector<std::string>> check_provider(const SenderAccount& account,
                                                const ProviderSecrets& secrets,
                                                const ProviderSecrets& sent,
                                                const SenderAccount* before,
                                                const outbound::Guard& guard);

/// The settings as they are shown: whether there is a secret, never which.
nlohmann::json provider_settings_json(const SenderAccount& account, const ProviderSecrets& secrets);

}  // namespace accessd::delivery
