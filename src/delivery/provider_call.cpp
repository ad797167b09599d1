#include "delivery/provider_call.h"

#include "base/encoding.h"
#include "base/percent_encoding.h"
#include "delivery/failover.h"
#include "delivery/mail_headers.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>

namespace accessd::delivery {
namespace {

using outbound::HttpFailureKind;
using Outcome = Attempt::Outcome;

/// A provider that asks for more patience than a code lives is taken to say "not with me".
constexpr auto kRetryAfterMax = std::chrono::seconds{600};
constexpr auto kHttpTooMany = 429;
constexpr std::size_t kProviderIdMax = 200;
constexpr std::size_t kCodeDigits = 6;  // Of what we send; some are shorter, and so are many words.
constexpr std::size_t kNumberDigits = 9;  // Of a phone; codes of providers' own have up to six.

std::optional<std::chrono::seconds> retry_after_of(const outbound::HttpAnswer& answer)
{
    const auto text = answer.header("Retry-After");
    if (!text) return std::nullopt;
    int seconds = 0;
    const auto read = std::from_chars(text->data(), text->data() + text->size(), seconds);
    if (read.ec != std::errc{} || seconds < 0) return std::nullopt;  // Dates are for caches.
    return std::min(std::chrono::seconds{seconds}, kRetryAfterMax);
}

/// Providers repeat numbers, and some the text with its code: runs of that many digits go.
std::string without_digits(std::string_view text, std::size_t digits_min)
{
    std::string clean;
    for (std::size_t i = 0; i < text.size();) {
        const auto end = std::min(text.find_first_not_of("0123456789", i), text.size());
        if (end - i >= digits_min) {
            clean += "<digits>";
        } else {
            clean += text.substr(i, end - i);
        }
        i = end;
        if (i < text.size()) clean += text[i++];
    }
    return clean;
}

SendOutcome outcome_of_failure(const outbound::HttpFailure& failure)
{
    SendOutcome outcome{
        Outcome::TemporaryFailure, "the provider can't be reached: " + failure.reason, {}};
    outcome.concerns_account = true;
    switch (failure.kind) {
    case HttpFailureKind::BadUrl:
    case HttpFailureKind::NotAllowed: outcome.outcome = Outcome::PermanentFailure; break;
    case HttpFailureKind::TimedOut:
    case HttpFailureKind::TooLarge:
    case HttpFailureKind::Broken:
        // The request may have gone out whole: the provider may be sending, and billing, already.
        outcome.may_have_arrived = true;
        outcome.reason = std::string{kMayHaveArrived} + " (" + failure.reason + ")";
        break;
    case HttpFailureKind::NotResolved:
    case HttpFailureKind::NotConnected:
    case HttpFailureKind::TlsRefused: break;
    }
    return outcome;
}

}  // namespace

std::string to_form(const FormFields& fields)
{
    std::string form;
    for (const auto& [name, value] : fields) {
        if (!form.empty()) form += '&';
        form += percent_encoded(name) + "=" + percent_encoded(value);
    }
    return form;
}

std::string basic_credentials(std::string_view user, std::string_view password)
{
    return "Basic " + to_base64(std::string{user} + ":" + std::string{password});
}

tl::expected<ProviderAnswer, SendOutcome> ask_provider(outbound::HttpClient& http,
                                                       outbound::HttpRequest request)
{
    request.long_answer = outbound::LongAnswer::Cut;
    auto answer = http.send(request);
    if (!answer) return tl::unexpected(outcome_of_failure(answer.error()));
    const auto retry_after = retry_after_of(*answer);
    return ProviderAnswer{answer->status, std::move(answer->body), retry_after};
}

SendOutcome outcome_of_status(const ProviderAnswer& answer, std::string words)
{
    const auto status = std::to_string(answer.status);
    if (words.empty()) words = "HTTP " + status;
    if (answer.status == kHttpTooMany) {
        auto outcome =
            refusal(Verdict::Later, "the provider takes no more messages for now", words);
        outcome.retry_after = answer.retry_after;
        return outcome;
    }
    if (answer.status == 401 || answer.status == 403 || answer.status == 402) {
        return refusal(Verdict::Account, "the provider refuses the account's credentials", words);
    }
    if (answer.status >= 400 && answer.status < 500 && answer.status != 408) {
        return refusal(Verdict::Message, "the provider refuses the message", words);
    }
    auto outcome = refusal(Verdict::Later, "the provider fails at the moment", words);
    outcome.retry_after = answer.retry_after;
    return outcome;
}

SendOutcome refusal(Verdict verdict, std::string reason, std::string words)
{
    SendOutcome outcome{Outcome::PermanentFailure, std::move(reason), std::move(words)};
    outcome.concerns_account = verdict == Verdict::Account || verdict == Verdict::Later;
    outcome.is_for_another = verdict == Verdict::Message;
    if (verdict == Verdict::Later) outcome.outcome = Outcome::TemporaryFailure;
    return outcome;
}

SendOutcome acceptance(std::string provider_id, std::string words)
{
    SendOutcome outcome{Outcome::Accepted, {}, std::move(words)};
    // Longer than anybody's: not worth keeping with every message.
    if (provider_id.size() <= kProviderIdMax) outcome.provider_id = std::move(provider_id);
    return outcome;
}

std::string provider_words(std::string_view code, std::string_view sentence)
{
    constexpr std::size_t code_max = 24;
    auto words = without_addresses(without_digits(code.substr(0, code_max), kNumberDigits));
    if (!words.empty() && !sentence.empty()) words += ' ';
    return words + without_addresses(without_digits(sentence, kCodeDigits));
}

nlohmann::json json_of(const ProviderAnswer& answer)
{
    auto parsed = nlohmann::json::parse(answer.body, nullptr, false);
    return parsed.is_object() ? parsed : nlohmann::json::object();
}

std::string text_in(const nlohmann::json& object, const char* name)
{
    const auto found = object.find(name);
    if (found == object.end()) return {};
    if (found->is_string()) return found->get<std::string>();
    return found->is_number_integer() ? found->dump() : std::string{};
}

nlohmann::json template_components(const std::string& code)
{
    const nlohmann::json parameter{{"type", "text"}, {"text", code}};
    return nlohmann::json::array(
        {{{"type", "body"}, {"parameters", nlohmann::json::array({parameter})}},
         {{"type", "button"},
          {"sub_type", "url"},
          {"index", "0"},
          {"parameters", nlohmann::json::array({parameter})}}});
}

std::string template_language(const ProviderAccount& account, contacts::Language language)
{
    return account.setting("language_" + std::string{contacts::to_text(language)});
}

}  // namespace accessd::delivery
