#pragma once

#include "delivery/sender.h"
#include "delivery/text_sender.h"
#include "outbound/http_client.h"

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace accessd::delivery {

using FormFields = std::vector<std::pair<std::string, std::string>>;

/// application/x-www-form-urlencoded (WHATWG URL, 5.2).
std::string to_form(const FormFields& fields);

/// "Basic ..." (RFC 7617).
std::string basic_credentials(std::string_view user, std::string_view password);

/// A provider's answer, read as far as everybody's go.
struct ProviderAnswer {
    int status = 0;
    std::string body;
    std::optional<std::chrono::seconds> retry_after;
};

/// Asks a provider. The other case is the outcome already: it wasn't reached, or didn't answer.
/// What a connection that breaks after the request went out leaves unknown is marked as such.
tl::expected<ProviderAnswer, SendOutcome> ask_provider(outbound::HttpClient& http,
                                                       outbound::HttpRequest request);

/// What a status means where the provider's own code says nothing better: 429 and 5xx may pass, 401 and 403
/// are the account's fault, other 4xx are this message's. `words`: the provider's own.
SendOutcome outcome_of_status(const ProviderAnswer& answer, std::string words);

/// What a provider's code means for the message.
enum class Verdict {
    Recipient,  ///< This number can't be reached, by anybody.
    Message,    ///< Not by this sender, which is well; another may do better.
    Account,    ///< The account, its settings or its money: another sender may do better.
    Later,      ///< Passes by itself.
};
SendOutcome refusal(Verdict verdict, std::string reason, std::string words);
SendOutcome acceptance(std::string provider_id, std::string words);

/// The provider's code and sentence without contacts, shortened.
std::string provider_words(std::string_view code, std::string_view sentence);

/// The object in an answer; an empty one for what isn't JSON.
nlohmann::json json_of(const ProviderAnswer& answer);
/// A text or number of an object as text; empty if there is none.
std::string text_in(const nlohmann::json& object, const char* name);

/// An authentication template's parts: the code in its body, and on its button to copy or take it over.
/// Source: WhatsApp Business Platform, "Authentication templates", copy code and one-tap buttons.
nlohmann::json template_components(const std::string& code);
/// The language's name that the account's template is registered under.
std::string template_language(const ProviderAccount& account, contacts::Language language);

}  // namespace accessd::delivery
